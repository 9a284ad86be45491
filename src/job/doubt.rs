//! Creates of which nobody can tell whether they were accepted: what is said to whoever has to decide.

use serde::Serialize;

use crate::error::{At, Error, ErrorCode};
use crate::limits::RETENTION;
use crate::time::Millis;
use crate::wire::write_timestamp;

use super::machine::Machine;
use super::options::OnAmbiguousCreate;
use super::state::PartEvent;

/// A create whose fate is unknown, as far as it can be told to somebody who has to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Doubt {
    /// Index of the part.
    pub part: u32,
    /// When its create left, by our clock; null where it left in an earlier life of the job.
    pub sent_at: Option<Millis>,
    /// The newest batch of the list just before; null where there was none.
    pub mark: Option<String>,
    /// Names the exchange, where it was answered, when asking Anthropic for help.
    pub request_ids: Vec<String>,
    /// Batches that may be its, newest first.
    pub candidates: Vec<String>,
}

impl Machine {
    pub(super) fn ambiguous(&self, part: u32) -> Error {
        let Doubt { sent_at, mark, request_ids, candidates, .. } = self.doubt(part);
        let sent = sent_at.map_or_else(String::new, |at| format!(" at {}", write_timestamp(at)));
        let asked = if request_ids.is_empty() {
            "went unanswered".to_owned()
        } else {
            format!("failed with an answer that proves nothing (request id {})", request_ids.join(", "))
        };
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        let message = format!(
            "the create of part {part} was sent{sent} and {asked}; the list does not tell whether it was accepted. Newest \
             batch before it: {}; batches that fit: {}. Resume the job with onAmbiguousCreate \"wait\": it searches until \
             it knows. Or look in the Console: where there is no such batch, \"resubmit\" sends it again",
            or_none(mark.unwrap_or_default()),
            or_none(candidates.join(", ")),
        );
        Error::new(ErrorCode::AmbiguousCreate, message).at(At { part: Some(part), ..At::default() })
    }

    /// The results of a batch that was adopted by its size alone are gone. One that was deleted was its maker's, and the
    /// search goes on. Of one that is archived nobody can say any more whose it was: sending again might pay twice, so
    /// somebody has to decide.
    pub(super) fn on_adopted_gone(&mut self, now: Millis, part: u32, date: Option<Millis>) {
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let Some(batch) = it.batch.as_ref() else { return };
        let kept_until = batch.created_at.map(|at| at.after(RETENTION));
        let is_archived =
            batch.archived_at.is_some() || kept_until.is_none_or(|until| date.unwrap_or(now) >= until);
        let may_send_again = self.options.on_ambiguous_create == OnAmbiguousCreate::Resubmit;
        if !is_archived || may_send_again {
            return self.disown(now, part);
        }
        let message = format!(
            "the create of part {part} went unanswered, and batch {} was taken for its own by its size; its results are              archived, so nobody can tell any more whether it was. Nothing was sent again. Look in the Console; to send              these requests once more, and perhaps pay twice, resume the job with onAmbiguousCreate \"resubmit\"",
            batch.id
        );
        it.gone = 0;
        it.due = Millis::NEVER;
        self.apply(part, PartEvent::Broken);
        self.stop(
            Error::new(ErrorCode::AmbiguousCreate, message).at(At { part: Some(part), ..At::default() }),
        );
    }

    /// What is known of a create of `part` whose fate is unknown.
    pub fn doubt(&self, part: u32) -> Doubt {
        let Some(it) = self.parts.get(part as usize) else { return Doubt::default() };
        let mark = it.mark.as_ref().and_then(|mark| mark.known.first()).map(ToString::to_string);
        let adopted = it.batch.as_ref().filter(|batch| batch.tentative).map(|batch| &batch.id);
        let candidates = it.search.iter().flat_map(|search| &search.candidates).map(|batch| &batch.id);
        Doubt {
            part,
            sent_at: it.sent_at,
            mark,
            request_ids: it.request_ids.clone(),
            candidates: adopted.into_iter().chain(candidates).map(ToString::to_string).collect(),
        }
    }
}
