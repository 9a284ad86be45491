//! Every operation on the store of a small job, and every pair of them, struck in every way and pair of ways.

use std::time::Instant;

use crate::sim::points::{DEATHS, FAILURES, at_every_operation, at_every_pair, reference};

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it took is told")]
fn a_job_that_is_struck_at_any_two_operations_on_its_store_loses_nothing() {
    let (rough, calm) = (reference(true), reference(false));
    for (title, config, strikes) in [
        ("failures", &calm, &FAILURES[..]),
        ("deaths", &calm, &DEATHS[..]),
        ("deaths in rough weather", &rough, &DEATHS[..]),
    ] {
        let begun = Instant::now();
        let (ops, singles) = at_every_operation(config, strikes);
        let pairs = at_every_pair(config, strikes);
        let took = begun.elapsed();
        println!(
            "{title}: {ops} operations, struck at each in {singles} runs, at every pair in {pairs}: {took:.0?}"
        );
        assert!(pairs > 1_000);
    }
}
