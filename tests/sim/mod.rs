//! The engine against the model of the API, under a virtual clock with seeded faults.
//!
//! Every job is decided by its seed: its size, its options, the network, the faults of the API, the crashes of our own
//! process. `SEED=n cargo test --features emulator --test it one_seed -- --nocapture` replays one and tells its story.
//! Start with [`Config`], what a seed stands for; [`World`] is the loop; `judge.rs` says what right is.

mod calls;
pub(crate) mod config;
mod faults;
mod judge;
pub(crate) mod keeping;
mod kept;
mod network;
mod owners;
pub(crate) mod points;
mod process;
pub(crate) mod store;
mod strangers;
mod tally;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use config::Config;
pub(crate) use tally::Tally;
pub(crate) use world::World;

/// What many jobs came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) total: Tally,
    /// Every job that went wrong, by its seed.
    pub(crate) failures: Vec<(u64, String)>,
}

/// Runs the jobs of many seeds on all cores.
pub(crate) fn run_all(seeds: std::ops::Range<u64>, config: impl Fn(u64) -> Config + Sync) -> Outcome {
    let outcome = Mutex::new(Outcome::default());
    // One job takes a hundred times as long as another: whoever is free takes the next.
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut total = Tally::default();
                while let seed = next.fetch_add(1, Ordering::Relaxed)
                    && seed < seeds.end
                {
                    let mut world = World::new(config(seed));
                    if let Err(why) = world.run() {
                        outcome.lock().unwrap().failures.push((seed, why));
                    }
                    total.add(&world.seen);
                }
                outcome.lock().unwrap().total.add(&total);
            });
        }
    });
    let mut outcome = outcome.into_inner().unwrap();
    outcome.failures.sort();
    outcome
}

impl Outcome {
    #[track_caller]
    pub(crate) fn assert_all_right(&self) {
        if let Some((seed, why)) = self.failures.first() {
            panic!("{} jobs went wrong, first seed {seed}: {why:.3000}", self.failures.len());
        }
    }
}
