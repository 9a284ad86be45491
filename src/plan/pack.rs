//! Some requests of a plan become bodies: the same rule as the planner's, for the rounds after the first.

use super::part::PlanOptions;
use crate::request::Measure;

/// Cuts `sizes` (a request's number, its bytes) into bodies, greedily and in order, by count and exact bytes.
///
/// Nothing is lost: a request that is too large even alone, which no planner lets pass, gets a body of its own.
pub fn pack(sizes: impl Iterator<Item = (u32, u32)>, options: &PlanOptions) -> Vec<Vec<u32>> {
    let mut bodies = Vec::new();
    let mut open = Vec::new();
    let mut measure = Measure::default();
    for (request, bytes) in sizes {
        if !open.is_empty() && !fits(measure.with(bytes), options) {
            bodies.push(core::mem::take(&mut open));
            measure = Measure::default();
        }
        open.push(request);
        measure = measure.with(bytes);
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
        let sizes = [(0, 5), (1, 5), (2, 99), (3, 5)];
        assert_eq!(pack(sizes.into_iter(), &options), [vec![0, 1], vec![2], vec![3]]);
        assert!(pack(core::iter::empty(), &options).is_empty());
    }

    proptest! {
        #[test]
        fn packing_keeps_all_in_order_and_passes_no_limit(
            sizes in proptest::collection::vec(2u32..40, 0..200), max_requests in 1u32..20, room in 55u64..300,
        ) {
            let options = PlanOptions { max_requests, max_body_bytes: room, ..PlanOptions::default() };
            let bodies = pack((0..).zip(sizes.iter().copied()), &options);
            let all: Vec<u32> = bodies.iter().flatten().copied().collect();
            prop_assert_eq!(all, (0..sizes.len() as u32).collect::<Vec<_>>());
            let bytes = |body: &[u32]| {
                envelope::body_bytes(body.len() as u64, body.iter().map(|&i| u64::from(sizes[i as usize])).sum())
            };
            for (at, body) in bodies.iter().enumerate() {
                prop_assert!(!body.is_empty() && body.len() <= max_requests as usize && bytes(body) <= room);
                if let Some(next) = bodies.get(at + 1) {
                    let more: Vec<u32> = body.iter().copied().chain(next.first().copied()).collect();
                    prop_assert!(more.len() > max_requests as usize || bytes(&more) > room, "cut too early");
                }
            }
        }
    }
}
