//! Stores that lie: a write that is acknowledged and lost, a read that gives what was there before. No promise holds over
//! them, and what comes of it is counted; but no job hangs, and none panics.

use std::collections::BTreeMap;

use batchwise::pace::Rng;

use crate::sim::keeping::Keeping;
use crate::sim::{Config, World};

const JOBS: u64 = 1_000;

fn lying(seed: u64, share: f64) -> Config {
    let mut config = Config::of(seed);
    let mut keeping = Keeping::drawn(&config, &mut Rng::new(seed));
    (keeping.lies, keeping.rival_after) = (share, None);
    config.keeping = Some(keeping);
    config
}

#[test]
fn a_store_that_lies_makes_no_job_hang_and_none_panic() {
    for share in [0.001, 0.02] {
        let mut ends = BTreeMap::<String, u64>::new();
        for seed in 0..JOBS {
            let mut world = World::new(lying(seed, share));
            let end = match world.run() {
                Ok(()) => world.gave_up.map_or_else(|| "right".to_owned(), |code| code.as_str().to_owned()),
                Err(why) if why.contains("no end") || why.contains("for ever") => {
                    panic!("seed {seed}: {why:.500}")
                }
                Err(why) => why.split(':').next().unwrap_or_default().to_owned(),
            };
            *ends.entry(end).or_default() += 1;
        }
        println!("of {JOBS} jobs whose store lies in {share} of its calls: {ends:?}");
        assert!(ends["right"] > JOBS / 10 && ends.len() > 1, "{ends:?}");
    }
}
