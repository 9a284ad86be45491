//! What requests are called: by their callers, and on the wire where ids are made for it.
//!
//! Only what crosses to the API carries made ids. Rows, reports and errors speak of the caller's own.

use std::borrow::Cow;

use crate::jsonl::Record;
use crate::wire::Refusal;

use super::machine::Machine;

impl Machine {
    /// What the ids in the body of a part begin with, where ids are made for the wire.
    pub fn id_prefix(&self, part: u32) -> Option<String> {
        self.nonce.map(|nonce| nonce.prefix(part))
    }

    /// The request of this part that a row belongs to.
    pub(super) fn request_of(&self, part: u32, record: &Record<'_>) -> Option<u32> {
        self.request_named(part, &record.custom_id())
    }

    /// The request of this part that goes by this id on the wire.
    pub(super) fn request_named(&self, part: u32, id: &str) -> Option<u32> {
        let it = self.parts.get(part as usize)?;
        let request = match self.nonce {
            None => self.plan.ids.find(id)?,
            Some(nonce) => nonce.read(id).filter(|(of, _)| *of == it.sent_as.unwrap_or(part))?.1,
        };
        it.requests.contains(request).then_some(request)
    }

    /// Whether a request of any part goes by this id on the wire.
    pub(super) fn is_of_ours(&self, id: &str) -> bool {
        self.nonce.map_or_else(|| self.plan.ids.find(id).is_some(), |nonce| nonce.read(id).is_some())
    }

    /// Whether a row of these results is of no use here: answers that a sweep found, beside those that were wanted.
    pub(super) fn is_beside(&self, part: u32, id: &str) -> bool {
        self.parts.get(part as usize).is_some_and(|it| it.sent_as.is_some()) && self.is_of_ours(id)
    }

    /// A text of the API's with our requests called by the caller's ids.
    pub(super) fn in_own_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let own = |request| self.plan.ids.get(request);
        self.nonce.map_or(Cow::Borrowed(text), |nonce| nonce.translate(text, own))
    }

    /// The API names requests by the ids that were made for it.
    pub(super) fn refusal_in_own_words(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Api(mut error) => {
                error.message = self.in_own_words(&error.message).into_owned();
                Refusal::Api(error)
            }
            other => other,
        }
    }
}
