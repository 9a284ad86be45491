//! A small job in a store, struck at every operation on it, and at every pair of operations: the store fails there in
//! each of its ways, or our process dies.

use std::collections::BTreeMap;

use batchwise::emulator::{Ending, Endpoint, Fault, FaultRule, Hits, When};
use batchwise::job::Options;
use batchwise::pace::Rng;
use batchwise::plan::PlanOptions;

use super::config::{Conditions, Config, MINUTE, SECOND};
use super::keeping::Keeping;
use super::store::Strike;
use super::world::World;

pub(crate) const FAILURES: [Strike; 4] = [Strike::Refused, Strike::Done, Strike::Lost, Strike::Late];
pub(crate) const DEATHS: [Strike; 2] = [Strike::DeathBefore, Strike::DeathAfter];

/// Five requests in three batches, in fair weather or with something going wrong at every stage.
pub(crate) fn reference(is_rough: bool) -> Config {
    let conditions = Conditions { list_lag: SECOND, late_commit: SECOND, offset: 0 };
    let mut config = Config::under(0, conditions);
    config.requests = 5;
    config.limits = PlanOptions { max_requests: 2, ..PlanOptions::default() };
    config.job = Options::new(config.limits);
    config.job.rounds = 2;
    config.job.concurrency = 2;
    config.server.processing_ms = Some(30 * SECOND);
    config.server.queue_limit = None;
    config.server.max_body_bytes = 256_000_000;
    if is_rough {
        config.server.rates.overloaded = 0.3;
        let at =
            |on, fault, calls: &[u64]| FaultRule { on: Some(on), fault, hits: Hits::Calls(calls.to_vec()) };
        config.server.faults = vec![
            at(Endpoint::Create, Fault::Reset(When::After), &[1]),
            at(Endpoint::Create, Fault::Reset(When::Before), &[3]),
            at(Endpoint::List, Fault::Reset(When::Before), &[2]),
            at(Endpoint::Retrieve, Fault::Html(When::Before), &[1]),
            at(Endpoint::Results, Fault::CutAtLine(Ending::Clean), &[2]),
            at(Endpoint::Results, Fault::CutMidLine(Ending::Reset), &[4]),
        ];
    }
    (config.cancel_after, config.revoked_after, config.budget) = (None, None, None);
    (config.strangers, config.strangers_before, config.page) = ((0, 0), 0, None);
    let mut keeping = Keeping::drawn(&config, &mut Rng::new(1));
    (keeping.fenced, keeping.alone, keeping.tears) = (true, false, false);
    (keeping.lease, keeping.latency, keeping.slowness) = (MINUTE, 20, SECOND);
    (keeping.failing, keeping.sink, keeping.rival_after, keeping.freezes) = (0.0, Some(0.0), None, (0.0, 0));
    config.keeping = Some(keeping);
    config
}

/// Runs the job with these strikes, by the number of the operation. Answers how many operations there were.
fn run(config: &Config, script: &[(u32, Strike)]) -> u32 {
    let mut world = World::new(config.clone());
    world.shelf().script = script.iter().copied().collect::<BTreeMap<_, _>>();
    world.run().unwrap_or_else(|why| panic!("{script:?}: {why:.2000}"));
    world.shelf().ops
}

/// Each of these strikes at every operation. Answers how many there were, and how many runs.
pub(crate) fn at_every_operation(config: &Config, strikes: &[Strike]) -> (u32, u64) {
    let ops = run(config, &[]);
    for (at, strike) in (0..ops).flat_map(|at| strikes.iter().map(move |strike| (at, *strike))) {
        run(config, &[(at, strike)]);
    }
    (ops, u64::from(ops) * strikes.len() as u64)
}

/// Each pair of these strikes at every pair of operations, those that the first strike brings with it included.
pub(crate) fn at_every_pair(config: &Config, strikes: &[Strike]) -> u64 {
    let ops = run(config, &[]);
    let mut runs = 0;
    for first in (0..ops).flat_map(|at| strikes.iter().map(move |strike| (at, *strike))) {
        let then = run(config, &[first]);
        for second in (first.0 + 1..then).flat_map(|at| strikes.iter().map(move |strike| (at, *strike))) {
            run(config, &[first, second]);
            runs += 1;
        }
    }
    runs
}
