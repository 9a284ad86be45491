//! The engine against the model of the API, under a virtual clock with seeded faults.
//!
//! Every job is decided by its seed: its size, its options, the network, the faults of the API, the crashes of our own
//! process. `SEED=n cargo test --features emulator --test it one_seed -- --nocapture` replays one and tells its story.

mod config;
mod network;
mod world;

use std::sync::Mutex;

use config::Config;
use world::{Verdict, World};

fn run(seed: u64) -> Result<Verdict, String> {
    World::new(Config::of(seed)).run()
}

/// Runs seeds on both cores; answers the failures and the sums of what was seen.
fn run_all(seeds: std::ops::Range<u64>) -> (Vec<String>, Verdict) {
    let failures = Mutex::new(Vec::new());
    let total = Mutex::new(Verdict::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        for offset in 0..threads {
            let (failures, total, seeds) = (&failures, &total, seeds.clone());
            scope.spawn(move || {
                for seed in seeds.skip(offset as usize).step_by(threads as usize) {
                    match run(seed) {
                        Ok(verdict) => total.lock().unwrap().add(&verdict),
                        Err(why) => failures.lock().unwrap().push(format!("seed {seed}: {why}")),
                    }
                }
            });
        }
    });
    (failures.into_inner().unwrap(), total.into_inner().unwrap())
}

#[test]
fn ten_thousand_jobs_lose_nothing_and_pay_nothing_twice() {
    let (failures, total) = run_all(0..10_000);
    println!("10000 jobs: {total:?}");
    assert!(failures.is_empty(), "{} of 10000 went wrong, first: {:.3000}", failures.len(), failures[0]);
    // A simulation in which nothing goes wrong proves nothing.
    assert!(
        total.faults > 100_000 && total.crashes > 1_000 && total.uncertain > 3_000 && total.adopted > 1_000
    );
    assert!(
        total.rounds > 15_000
            && total.rereads > 1_000
            && total.splits > 100
            && total.canceled > 100
            && total.pilots > 500
    );
}

#[test]
fn a_seed_replays_to_the_letter() {
    for seed in [3, 77, 4242] {
        let story = |mut world: World| {
            world.tell_all();
            world.run().unwrap();
            world.story()
        };
        assert_eq!(story(World::new(Config::of(seed))), story(World::new(Config::of(seed))));
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
