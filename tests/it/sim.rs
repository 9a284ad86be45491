//! Ten thousand simulated jobs; `make test-deep` runs more of them, and worse.

#[path = "../sim/mod.rs"]
mod simulation;

use simulation::{Config, World, points, run_all};

#[test]
fn ten_thousand_jobs_lose_nothing_and_pay_nothing_twice() {
    let outcome = run_all(0..10_000, Config::of);
    let total = outcome.total;
    println!("note: simulation: {total}");
    outcome.assert_all_right();
    // A simulation in which nothing goes wrong proves nothing.
    assert!(total.faults > 2_500_000 && total.crashes > 1_000 && total.uncertain > 3_000);
    assert!(total.rounds > 12_000 && total.rereads > 1_000 && total.splits > 100 && total.canceled > 100);
    assert!(total.merged > 10_000, "{total}");
    assert!(total.adopted > 1_000 && total.pilots > 500 && total.resumes > 100 && total.strangers > 1_000);
}

#[test]
fn a_store_that_fails_and_a_process_that_dies_at_any_operation_lose_nothing() {
    for is_rough in [false, true] {
        let strikes: Vec<_> = points::FAILURES.into_iter().chain(points::DEATHS).collect();
        let (ops, runs) = points::at_every_operation(&points::reference(is_rough), &strikes);
        println!("note: points: {ops} operations on the store, {runs} runs struck at one");
        assert!(ops > 15, "{ops}");
    }
}

#[test]
fn a_process_that_dies_at_any_two_operations_on_its_store_loses_nothing() {
    let runs = points::at_every_pair(&points::reference(false), &points::DEATHS);
    println!("note: points: {runs} runs in which our process dies at two");
    assert!(runs > 1_000, "{runs}");
}

#[test]
fn a_normal_build_holds_no_bug_made_on_purpose() {
    let tag: Vec<u8> = ":tnatum".bytes().rev().collect();
    let built = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(!built.windows(tag.len()).any(|bytes| bytes == tag));
}

#[test]
fn a_seed_replays_to_the_letter() {
    for seed in [3, 77, 4242] {
        let story = || {
            let mut world = World::new(Config::of(seed));
            world.tell_all();
            world.run().unwrap();
            world.story()
        };
        assert_eq!(story(), story());
    }
}

#[test]
fn one_seed_tells_its_story() {
    let seed = std::env::var_os("SEED").and_then(|seed| seed.to_str()?.parse().ok()).unwrap_or(7);
    let mut world = World::new(Config::of(seed));
    world.tell_all();
    let verdict = world.run();
    println!("{}", world.story());
    assert!(verdict.is_ok(), "seed {seed}: {verdict:?}");
}
