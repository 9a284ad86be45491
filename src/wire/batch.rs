//! The server's batch, as far as the engine needs it. JavaScript gets the body itself, with every field.

use crate::json::{Scanner, SyntaxError};
use crate::time::Millis;

use super::{BatchId, read};

/// A batch at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBatch {
    /// Its name.
    pub id: BatchId,
    /// How far it is.
    pub status: ProcessingStatus,
    /// Requests by state. Until the end all of them count as processing.
    pub counts: RequestCounts,
    /// When it was made.
    pub created_at: Option<Millis>,
    /// When what has not run will expire: a day after it was made.
    pub expires_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// When its results went away.
    pub archived_at: Option<Millis>,
}

/// A page of the list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPage {
    /// The batches.
    pub data: Vec<MessageBatch>,
    /// Whether there is more in the direction that was read.
    pub has_more: bool,
    /// Id of the first batch of the page.
    pub first_id: Option<BatchId>,
    /// Id of the last batch of the page.
    pub last_id: Option<BatchId>,
}

/// `processing_status`, an enum that the API may extend.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProcessingStatus {
    /// At work.
    InProgress,
    /// Asked to end; what is in flight still finishes.
    Canceling,
    /// Done; results can be read. The only final status, whatever its rows say.
    Ended,
    /// A status this version does not know, as written: not ended.
    Other(String),
}

impl ProcessingStatus {
    /// The status of that name.
    pub fn parse(text: &str) -> Self {
        match text {
            "in_progress" => Self::InProgress,
            "canceling" => Self::Canceling,
            "ended" => Self::Ended,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The name as the API writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InProgress => "in_progress",
            Self::Canceling => "canceling",
            Self::Ended => "ended",
            Self::Other(text) => text,
        }
    }
}

/// How many requests of a batch are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestCounts {
    /// Not done.
    pub processing: u64,
    /// Done well.
    pub succeeded: u64,
    /// Failed.
    pub errored: u64,
    /// Canceled before they ran.
    pub canceled: u64,
    /// Never ran in their day.
    pub expired: u64,
}

impl RequestCounts {
    /// All requests of the batch: the API has no field for it.
    pub const fn total(&self) -> u64 {
        self.processing
            .saturating_add(self.succeeded)
            .saturating_add(self.errored)
            .saturating_add(self.canceled)
            .saturating_add(self.expired)
    }

    fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, SyntaxError> {
        let mut counts = Self::default();
        let object = read::members(scanner, |key, scanner| {
            let count = read::count(scanner)?.unwrap_or(0);
            match key.decode().as_ref() {
                "processing" => counts.processing = count,
                "succeeded" => counts.succeeded = count,
                "errored" => counts.errored = count,
                "canceled" => counts.canceled = count,
                "expired" => counts.expired = count,
                _ => {}
            }
            Ok(())
        })?;
        Ok(object.then_some(counts))
    }
}

impl MessageBatch {
    /// The batch that comes next; `None` when the value is none: without id, status or counts.
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, SyntaxError> {
        let (mut id, mut status, mut counts) = (None, None, None);
        let mut times = [None; 4];
        let [created_at, expires_at, ended_at, archived_at] = &mut times;
        read::members(scanner, |key, scanner| {
            match key.decode().as_ref() {
                "id" => id = read::string(scanner)?.and_then(|id| BatchId::parse(&id).ok()),
                "processing_status" => {
                    status = read::string(scanner)?.map(|text| ProcessingStatus::parse(&text));
                }
                "request_counts" => counts = RequestCounts::read(scanner)?,
                "created_at" => *created_at = read::moment(scanner)?,
                "expires_at" => *expires_at = read::moment(scanner)?,
                "ended_at" => *ended_at = read::moment(scanner)?,
                "archived_at" => *archived_at = read::moment(scanner)?,
                _ => read::skip(scanner)?,
            }
            Ok(())
        })?;
        let (Some(id), Some(status), Some(counts)) = (id, status, counts) else { return Ok(None) };
        let [created_at, expires_at, ended_at, archived_at] = times;
        Ok(Some(Self { id, status, counts, created_at, expires_at, ended_at, archived_at }))
    }
}

impl BatchPage {
    /// The page that comes next; `None` when the value has no list of batches.
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, SyntaxError> {
        let mut page = Self::default();
        let mut whole = false;
        read::members(scanner, |key, scanner| {
            match key.decode().as_ref() {
                "data" => {
                    let mut all_read = true;
                    let list = read::elements(scanner, |scanner| {
                        match MessageBatch::read(scanner)? {
                            Some(batch) => page.data.push(batch),
                            None => all_read = false,
                        }
                        Ok(())
                    })?;
                    whole = list && all_read;
                }
                "has_more" => page.has_more = read::truth(scanner)?.unwrap_or(false),
                "first_id" => page.first_id = read::string(scanner)?.and_then(|id| BatchId::parse(&id).ok()),
                "last_id" => page.last_id = read::string(scanner)?.and_then(|id| BatchId::parse(&id).ok()),
                _ => read::skip(scanner)?,
            }
            Ok(())
        })?;
        Ok(whole.then_some(page))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reply;
    use super::*;

    const BATCH: &str = r#"{"id":"msgbatch_01","type":"message_batch","processing_status":"ended","request_counts":{"processing":0,"succeeded":3,"errored":1,"canceled":0,"expired":2,"new":9},"ended_at":"2026-08-19T14:49:00+00:00","created_at":"2026-08-19T14:44:51.493319+00:00","expires_at":"2026-08-20T14:44:51.493319+00:00","archived_at":null,"cancel_initiated_at":null,"results_url":"https://api.anthropic.com/v1/messages/batches/msgbatch_01/results","new_field":{"a":[1]}}"#;

    fn reply(body: &str) -> Reply {
        Reply::new(200, [], body.as_bytes().to_vec(), Millis::default())
    }

    #[test]
    fn a_batch_is_read_and_what_is_new_in_it_passed_over() {
        let batch = reply(BATCH).batch().unwrap();
        assert_eq!(batch.id.as_str(), "msgbatch_01");
        assert_eq!(batch.status, ProcessingStatus::Ended);
        assert_eq!(
            batch.counts,
            RequestCounts { succeeded: 3, errored: 1, expired: 2, ..Default::default() }
        );
        assert_eq!(batch.counts.total(), 6);
        assert_eq!(batch.created_at, Some(Millis::new(1_787_150_691_493)));
        assert_eq!(
            batch.expires_at.map(|at| at.since(batch.created_at.unwrap())),
            Some(crate::time::Wait::hours(24))
        );
        assert_eq!(batch.archived_at, None);
    }

    #[test]
    fn a_status_nobody_knows_is_kept_and_is_not_the_end() {
        let batch = reply(&BATCH.replace("\"ended\"", "\"resting\"")).batch().unwrap();
        assert_eq!(batch.status, ProcessingStatus::Other("resting".into()));
        assert_eq!(batch.status.as_str(), "resting");
    }

    #[test]
    fn pages_are_read_with_their_cursors() {
        let page =
            reply(&format!(r#"{{"data":[{BATCH},{BATCH}],"has_more":true,"first_id":"a","last_id":"b"}}"#));
        let page = page.page().unwrap();
        assert_eq!((page.data.len(), page.has_more), (2, true));
        assert_eq!(page.last_id.unwrap().as_str(), "b");
        let empty = reply(r#"{"data":[],"first_id":null,"last_id":null}"#).page().unwrap();
        assert_eq!(empty, BatchPage::default());
        assert!(reply(r#"{"data":[1]}"#).page().is_err());
    }
}
