//! What a request is judged by, beside itself: all that the create call says once for the whole batch, and the day.

use super::betas::{Beta, Betas};
use super::check::clip;
use super::codes::ViolationCode as Code;
use super::custom_id::{IdProblem, examine};
use super::models;
use super::violation::Violation;
use crate::limits::{API_VERSION, API_VERSION_2023};
use crate::nearest::nearest;
use crate::time::Millis;

/// The API version, as far as it changes what a request may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `2023-06-01`: with sampling parameters.
    V2023,
    /// `2026-10-21`: without.
    #[default]
    V2026,
    /// Another: what it knows, we do not.
    Other,
}

/// The terms of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The API version it is created under.
    pub version: Version,
    /// Its betas.
    pub betas: Betas,
    /// The day on which it is sent, for models that are retired.
    pub today: Millis,
    /// Whether the API never sees the callers' ids, because others are made for the wire: then any name will do.
    pub any_id: bool,
}

impl Default for Terms {
    /// The newest version, no betas, the day on which the table of models was read.
    fn default() -> Self {
        Self { version: Version::default(), betas: Betas::default(), today: models::AS_OF, any_id: false }
    }
}

impl Version {
    /// The version of this name.
    pub fn named(name: &str) -> Self {
        match name {
            API_VERSION => Self::V2026,
            API_VERSION_2023 => Self::V2023,
            _ => Self::Other,
        }
    }
}

impl Terms {
    /// The terms of a batch under this version, or the newest, with these betas; and a warning for each name that we
    /// do not know.
    pub fn of_batch(self, version: Option<&str>, betas: &[String]) -> (Self, Vec<Violation>) {
        let mut terms = Self { version: version.map_or(self.version, Version::named), ..self };
        let mut strangers = Vec::new();
        let mut stranger = |what: &str, name: &str, near: Option<&str>| {
            let hint = match near {
                Some(near) => format!("did you mean {near:?}? What we cannot know is only warned about"),
                None => "what we cannot know is only warned about; the API decides".to_owned(),
            };
            let message = format!("{:?} is not {what} we know", clip(name));
            strangers.push(Violation { hint: Some(hint), ..Violation::warning(Code::BetaUnknown, message) });
        };
        if let (Version::Other, Some(name)) = (terms.version, version) {
            stranger("an API version", name, nearest(name, [API_VERSION, API_VERSION_2023].into_iter()));
        }
        for beta in
            betas.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|beta| !beta.is_empty())
        {
            if !terms.betas.add(beta) {
                stranger("a beta", beta, nearest(beta, Beta::ALL.iter().map(|beta| beta.as_str())));
            }
        }
        (terms, strangers)
    }

    /// What is wrong with an id, as far as the API gets to see it.
    pub(super) fn id_problem(&self, id: &str) -> Option<IdProblem> {
        examine(id).filter(|problem| !self.any_id || *problem == IdProblem::Empty)
    }

    /// Whether the API may know more than we do: then what we do not know is no error.
    pub const fn may_know_more(&self) -> bool {
        matches!(self.version, Version::Other) || self.betas.has_strangers()
    }
}
