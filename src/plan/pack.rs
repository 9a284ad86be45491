//! Some requests of a plan become bodies: the same rule as the planner's, for the rounds after the first.

use super::part::PlanOptions;
use crate::request::Measure;

/// Cuts `requests` into bodies, greedily and in order, by count and exact bytes. `bytes_in` tells the bytes of a request
/// in the body with this number, from 0: an id made for the wire may be longer in a later part.
///
/// Nothing is lost: a request that is too large even alone, which no planner lets pass, gets a body of its own.
pub fn pack(
    requests: impl Iterator<Item = u32>,
    bytes_in: impl Fn(u32, u32) -> u32,
    options: &PlanOptions,
) -> Vec<Vec<u32>> {
    let mut bodies = Vec::new();
    let mut open = Vec::new();
    let mut measure = Measure::default();
    for request in requests {
        let mut larger = measure.with(bytes_in(request, bodies.len() as u32));
        if !open.is_empty() && !fits(larger, options) {
            bodies.push(core::mem::take(&mut open));
            larger = Measure::default().with(bytes_in(request, bodies.len() as u32));
        }
        open.push(request);
        measure = larger;
    }
    if !open.is_empty() {
        bodies.push(open);
    }
    bodies
}

/// Whether a body of this measure may be sent.
pub(super) const fn fits(measure: Measure, options: &PlanOptions) -> bool {
    measure.count() <= options.max_requests && measure.body_bytes() <= options.max_body_bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::envelope;
    use proptest::prelude::*;

    #[test]
    fn a_request_too_large_for_any_body_stands_alone() {
        let options = PlanOptions { max_body_bytes: 30, ..PlanOptions::default() };
        let bytes_in = |request, _| if request == 2 { 99 } else { 5 };
        assert_eq!(pack(0..4, bytes_in, &options), [vec![0, 1], vec![2], vec![3]]);
        assert!(pack(0..0, bytes_in, &options).is_empty());
    }

    proptest! {
        #[test]
        fn packing_keeps_all_in_order_and_passes_no_limit(
            sizes in proptest::collection::vec(2u32..40, 0..200), max_requests in 1u32..20, room in 55u64..300,
        ) {
            let options = PlanOptions { max_requests, max_body_bytes: room, ..PlanOptions::default() };
            let bytes_in = |request: u32, body: u32| sizes[request as usize] + body / 2;
            let bodies = pack(0..sizes.len() as u32, bytes_in, &options);
            let all: Vec<u32> = bodies.iter().flatten().copied().collect();
            prop_assert_eq!(all, (0..sizes.len() as u32).collect::<Vec<_>>());
            let bytes = |at: usize, body: &[u32]| {
                let sum = body.iter().map(|&request| u64::from(bytes_in(request, at as u32))).sum();
                envelope::body_bytes(body.len() as u64, sum)
            };
            for (at, body) in bodies.iter().enumerate() {
                prop_assert!(!body.is_empty() && body.len() <= max_requests as usize);
                prop_assert!(bytes(at, body) <= room || body.len() == 1);
                if let Some(next) = bodies.get(at + 1) {
                    let more: Vec<u32> = body.iter().copied().chain(next.first().copied()).collect();
                    prop_assert!(more.len() > max_requests as usize || bytes(at, &more) > room, "cut too early");
                }
            }
        }
    }
}
