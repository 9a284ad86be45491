//! What takes minutes: `make test-deep`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "../sim/mod.rs"]
mod sim;

mod conditions;

#[cfg(mutants)]
mod mutants;

use sim::{Config, run_all};

#[test]
fn a_hundred_thousand_jobs_lose_nothing_and_pay_nothing_twice() {
    let jobs = std::env::var("JOBS").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(100_000);
    let outcome = run_all(0..jobs, Config::of);
    let total = outcome.total;
    let count = |word: &str| outcome.failures.iter().filter(|(_, why)| why.contains(word)).count();
    println!("{total}; {} faults a job", total.faults / jobs);
    println!("lost {}, paid twice {}, without end {}", count("lost:"), count("twice:"), count("no end"));
    for (seed, why) in outcome.failures.iter().take(20) {
        println!("seed {seed}: {why:.300}");
    }
    outcome.assert_all_right();
    assert!(total.faults >= 300 * jobs, "{} faults a job", total.faults / jobs);
}

#[test]
fn one_seed_tells_its_story() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut world = sim::World::new(Config::of(seed));
    world.tell_all();
    let verdict = world.run();
    println!("{}", world.story());
    assert!(verdict.is_ok(), "seed {seed}: {verdict:?}");
}
