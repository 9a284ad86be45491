//! What a seed stands for where its job lives in a store.

use batchwise::pace::Rng;

use super::config::{Config, HOUR, MINUTE, SECOND};

/// How a job is kept: what its store and its sink are like, and who else drives it.
#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    pub(crate) seed: u64,
    /// Whether the store can compare and swap.
    pub(crate) fenced: bool,
    /// Whether whoever opens the job holds a lock that an owner before would hold.
    pub(crate) alone: bool,
    pub(crate) lease: u64,
    /// An operation takes up to so long.
    pub(crate) latency: u64,
    /// Chance that an operation fails.
    pub(crate) failing: f64,
    /// Whether a write of a process that dies may be cut.
    pub(crate) tears: bool,
    /// Chance that a write is acknowledged and lost, and that a read gives what was there before.
    pub(crate) lies: f64,
    /// Whether there is a sink, and the chance that a put fails.
    pub(crate) sink: Option<f64>,
    /// When somebody else takes the job up, too.
    pub(crate) rival_after: Option<u64>,
    /// How far his clock is off.
    pub(crate) rival_offset: i64,
    /// Chance at a turn that a process stands still, and for how long at most.
    pub(crate) freezes: (f64, u64),
    /// How long the body of a create is being made, and its call in the network, at most.
    pub(crate) slowness: u64,
}

impl Keeping {
    /// How the job of this seed is kept: one in four lives in a store. Drawn apart, so that a seed stands for the same
    /// job otherwise.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let mut rng = Rng::new(config.seed ^ 0x0057_04E5);
        (rng.below(4) == 0).then(|| Self::drawn(config, &mut rng))
    }

    /// No fault strikes any more.
    pub(super) fn be_fair(&mut self) {
        self.failing = 0.0;
        self.lies = 0.0;
        self.freezes = (0.0, 0);
        self.sink = self.sink.map(|_| 0.0);
    }

    /// How a job is kept in a store that keeps every promise, and now and then fails.
    pub(crate) fn drawn(config: &Config, rng: &mut Rng) -> Self {
        let foul = !config.seed.is_multiple_of(8);
        let fenced = rng.below(4) > 0;
        let has_rival = fenced && rng.below(2) == 0;
        let within = [2 * MINUTE, 2 * HOUR][rng.below(2) as usize];
        let far = [0, 0, -600_000, 600_000][rng.below(4) as usize];
        // An owner who stands still for longer than the window, with a clock that was put back meanwhile, is outside of
        // the promise.
        let standstill = if config.jumps > 0.0 { 3 * MINUTE } else { HOUR };
        let lease = [MINUTE, 5 * MINUTE, 20 * MINUTE][rng.below(3) as usize];
        let takes_days = config.server.processing_ms > Some(HOUR);
        Self {
            seed: rng.next_u64(),
            fenced,
            alone: !has_rival && rng.below(4) == 0,
            lease: if takes_days { 20 * MINUTE } else { lease },
            latency: [20, 2 * SECOND][rng.below(2) as usize],
            failing: if foul { [0.0, 0.001, 0.004][rng.below(3) as usize] } else { 0.0 },
            tears: !fenced && rng.below(2) == 0,
            lies: 0.0,
            sink: (rng.below(3) > 0).then_some(if foul { 0.02 } else { 0.0 }),
            rival_after: has_rival.then(|| rng.below(within)),
            rival_offset: far,
            freezes: if has_rival && rng.below(2) == 0 { (0.002, standstill) } else { (0.0, 0) },
            slowness: if has_rival { 2 * MINUTE } else { 2 * SECOND },
        }
    }
}
