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

/// A fifth of a simulation is memory taken and given back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod conditions;
mod lies;
mod points;
mod size;

#[cfg(mutants)]
mod mutants;

use sim::{Config, run_all};

/// A number that whoever runs the tests may set.
fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

#[test]
fn a_hundred_thousand_jobs_lose_nothing_and_pay_nothing_twice() {
    let jobs = number("JOBS").unwrap_or(100_000);
    let first = number("FIRST").unwrap_or(0);
    let outcome = run_all(first..first + jobs, Config::of);
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

/// `SEED=7 cargo test … one_seed` prints it.
#[test]
fn one_seed_tells_its_story() {
    let asked = number("SEED");
    let seed = asked.unwrap_or(7);
    let mut world = sim::World::new(Config::of(seed));
    world.tell_all();
    let verdict = world.run();
    let story = world.story();
    if asked.is_some() || verdict.is_err() {
        println!("{story}");
    }
    assert!(story.lines().count() > 10, "{story}");
    assert!(verdict.is_ok(), "seed {seed}: {verdict:?}");
}
