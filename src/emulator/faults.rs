//! The rules in force and what they make of one call.

use std::collections::BTreeMap;

use super::call::Endpoint;
use super::dice::{For, throw, unit};
use super::fault::{Ending, Fault, FaultRule, Hits, StatusFault, When};
use super::response::Pace;
use super::setting;

/// The faults that are switched on. They can be changed between any two calls.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    rules: Vec<FaultRule>,
    struck: BTreeMap<&'static str, u64>,
    strikes: u64,
}

/// Something in place of the API's own answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Instead {
    Status(StatusFault),
    Reset,
    Stall(u64),
    Html,
}

impl Instead {
    /// Whether the call may have had its effect all the same. A refusal by the API itself is a definite no.
    pub(super) const fn leaves_doubt(&self) -> bool {
        match self {
            Self::Status(status) => matches!(status.code, 408 | 409 | 500..),
            Self::Reset | Self::Stall(_) | Self::Html => true,
        }
    }
}

/// What happens to one call.
#[derive(Debug, Default)]
pub(super) struct Strike {
    pub(super) before: Option<Instead>,
    pub(super) after: Option<Instead>,
    pub(super) slow_ms: Option<u64>,
    pub(super) pace: Option<Pace>,
    pub(super) cut_reply: Option<Ending>,
    pub(super) damage: Damage,
    pub(super) late_commit: Option<u64>,
    pub(super) list_lag: u64,
    pub(super) hidden: u64,
}

/// What is wrong with the lines of a results body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Damage {
    pub(super) cut: Option<(Cut, Ending)>,
    pub(super) has_blank_lines: bool,
    pub(super) has_crlf: bool,
    pub(super) bad: u32,
    pub(super) duplicate: u32,
    pub(super) unknown: u32,
    pub(super) missing: u32,
    pub(super) new_type: u32,
    pub(super) huge: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    AtLine,
    MidLine,
}

impl Faults {
    /// Those rules and no others.
    pub fn new(rules: Vec<FaultRule>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// One rule more.
    pub fn add(&mut self, on: Option<Endpoint>, fault: Fault, hits: Hits) {
        self.rules.push(FaultRule { on, fault, hits });
    }

    /// The rules of one endpoint (`None`: those that strike on every one) give way to these.
    pub fn set(&mut self, on: Option<Endpoint>, faults: Vec<(Fault, Hits)>) {
        self.rules.retain(|rule| rule.on != on);
        self.rules.extend(faults.into_iter().map(|(fault, hits)| FaultRule { on, fault, hits }));
    }

    /// As [`set`](Self::set), from JSON: `{"reset": {"rate": 0.1, "when": "after"}, "crlf": true}`. `on` is the name of an
    /// endpoint or `*`.
    ///
    /// # Errors
    /// One sentence that names what is not understood.
    pub fn set_json(&mut self, on: &str, faults: &str) -> Result<(), String> {
        let endpoint = Endpoint::parse(on);
        if endpoint.is_none() && on != "*" {
            return Err(format!("faults: there is no endpoint `{on}`"));
        }
        self.set(endpoint, setting::read(faults)?);
        Ok(())
    }

    /// No faults any more.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// How often each fault struck so far, by its name.
    pub fn struck(&self) -> &BTreeMap<&'static str, u64> {
        &self.struck
    }

    /// How often any of them did.
    pub fn strikes(&self) -> u64 {
        self.strikes
    }

    pub(super) fn draw(&mut self, seed: u64, on: Endpoint, call: u64) -> Strike {
        let mut strike = Strike::default();
        for (place, rule) in self.rules.iter().enumerate() {
            if rule.on.is_some_and(|only| only != on) || !rule.fault.concerns(on) {
                continue;
            }
            let hits = match &rule.hits {
                Hits::Rate(rate) => {
                    let about = call * 8 + on as u64;
                    unit(throw(seed, For::Fault, about, place as u64)) < *rate
                }
                Hits::Calls(calls) => calls.contains(&call),
            };
            if hits {
                *self.struck.entry(rule.fault.name()).or_default() += 1;
                self.strikes += 1;
                strike.suffer(&rule.fault);
            }
        }
        strike
    }
}

impl Strike {
    /// Adds one fault. Of two that cannot both be, the earlier rule wins.
    fn suffer(&mut self, fault: &Fault) {
        let damage = &mut self.damage;
        match fault {
            Fault::Status(status) => self.replace(status.when, Instead::Status(status.clone())),
            Fault::Reset(when) => self.replace(*when, Instead::Reset),
            Fault::Stall { ms, when } => self.replace(*when, Instead::Stall(*ms)),
            Fault::Html(when) => self.replace(*when, Instead::Html),
            Fault::Slow { ms } => _ = self.slow_ms.get_or_insert(*ms),
            Fault::CutReply(ending) => _ = self.cut_reply.get_or_insert(*ending),
            Fault::CutAtLine(ending) => _ = damage.cut.get_or_insert((Cut::AtLine, *ending)),
            Fault::CutMidLine(ending) => _ = damage.cut.get_or_insert((Cut::MidLine, *ending)),
            Fault::SlowBody { bytes, every_ms } => {
                self.pace.get_or_insert(Pace { bytes: *bytes, every_ms: *every_ms });
            }
            Fault::BlankLines => damage.has_blank_lines = true,
            Fault::Crlf => damage.has_crlf = true,
            Fault::BadLine(count) => damage.bad += count,
            Fault::DuplicateId(count) => damage.duplicate += count,
            Fault::UnknownId(count) => damage.unknown += count,
            Fault::MissingId(count) => damage.missing += count,
            Fault::UnknownType(count) => damage.new_type += count,
            Fault::HugeLine(bytes) => damage.huge = damage.huge.max(*bytes),
            Fault::LateCommit(ms) => _ = self.late_commit.get_or_insert(*ms),
            Fault::ListLag(ms) => self.list_lag = self.list_lag.max(*ms),
            Fault::NotFoundAfterCreate(ms) => self.hidden = self.hidden.max(*ms),
        }
    }

    fn replace(&mut self, when: When, instead: Instead) {
        match when {
            When::Before => self.before.get_or_insert(instead),
            When::After => self.after.get_or_insert(instead),
        };
    }
}

impl Fault {
    /// The name under which it is counted, and set from JavaScript.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Reset(_) => "reset",
            Self::Stall { .. } => "stall",
            Self::Slow { .. } => "slow",
            Self::Html(_) => "html",
            Self::CutReply(_) => "cutReply",
            Self::CutAtLine(_) => "cutAtLine",
            Self::CutMidLine(_) => "cutMidLine",
            Self::SlowBody { .. } => "slowBody",
            Self::BlankLines => "blankLines",
            Self::Crlf => "crlf",
            Self::BadLine(_) => "badLine",
            Self::DuplicateId(_) => "duplicateId",
            Self::UnknownId(_) => "unknownId",
            Self::MissingId(_) => "missingId",
            Self::HugeLine(_) => "hugeLine",
            Self::UnknownType(_) => "unknownType",
            Self::LateCommit(_) => "lateCommit",
            Self::ListLag(_) => "listLag",
            Self::NotFoundAfterCreate(_) => "notFoundAfterCreate",
        }
    }

    /// Whether it means anything at an endpoint.
    fn concerns(&self, on: Endpoint) -> bool {
        match self {
            Self::LateCommit(_) | Self::ListLag(_) | Self::NotFoundAfterCreate(_) => on == Endpoint::Create,
            Self::CutAtLine(_)
            | Self::CutMidLine(_)
            | Self::BlankLines
            | Self::Crlf
            | Self::BadLine(_)
            | Self::DuplicateId(_)
            | Self::UnknownId(_)
            | Self::MissingId(_)
            | Self::HugeLine(_)
            | Self::UnknownType(_) => on == Endpoint::Results,
            Self::CutReply(_) => on != Endpoint::Results,
            _ => true,
        }
    }
}
