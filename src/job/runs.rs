//! Requests of a part as a snapshot keeps them.

use super::part::Requests;

/// Neighbouring requests as pairs of first and count.
pub(super) fn runs(requests: &Requests) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for request in requests.iter() {
        match runs.last_mut() {
            Some((first, count)) if first.saturating_add(*count) == request => *count += 1,
            _ => runs.push((request, 1)),
        }
    }
    runs
}

/// Whether the pairs name requests of an input of `len`, each once and in order.
pub(super) fn are_rising(runs: &[(u32, u32)], len: u32) -> bool {
    let mut end = 0;
    let rising = runs.iter().all(|(first, count)| {
        let begins_behind = *count > 0 && *first >= end;
        end = first.saturating_add(*count);
        begins_behind && end <= len
    });
    rising && !runs.is_empty()
}

/// The requests that such pairs stand for.
pub(super) fn unruns(runs: Vec<(u32, u32)>) -> Requests {
    match runs.as_slice() {
        [(first, count)] => Requests::Range { first: *first, count: *count },
        _ => Requests::List(
            runs.into_iter().flat_map(|(first, count)| first..first.saturating_add(count)).collect(),
        ),
    }
}
