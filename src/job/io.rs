//! Everything that goes into the machine and comes out of it, on one page.

use crate::error::Error;
use crate::journal::{OpId, StoreOp, Stored};
use crate::jsonl::Block;
use crate::time::{Millis, Wait};
use crate::wire::{Call, Lost, Reply};

/// Names one call among those on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(super) u32);

impl CallId {
    /// The call's number, unique within its job.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What happened outside.
#[derive(Debug)]
pub enum Input<'a> {
    /// A call was answered and its whole body read. Answers a results call only when it was refused.
    Reply(CallId, Reply),
    /// A call got no answer, or its body broke off.
    Lost(CallId, Lost),
    /// A call could not be made: not a byte of it left, and trying again would not help.
    Unsendable(CallId, Error),
    /// Bytes of the results asked for by this call.
    Chunk(CallId, &'a [u8]),
    /// The results stream ended as far as the transport can tell, which proves nothing.
    Closed(CallId),
    /// The caller has these rows for good: they need not be handed out again, whatever happens. Positions in the input.
    Taken(&'a [u32]),
    /// What came of an operation on the store.
    Stored(OpId, Stored),
    /// The driver leaves, and drives no further than [`Output::Done`] or [`Output::Failed`]: nothing is sent any more, and
    /// the job in the store is given back. One that runs fails with [`crate::error::ErrorCode::Aborted`]; it can be taken
    /// up again.
    Close,
    /// The driver cannot go on: as [`Self::Close`], and this is why.
    Fail(Error),
    /// A deadline that the machine named has come. Harmless at any time.
    Tick,
    /// The caller has looked at the pilot: whether the rest is sent.
    Proceed(bool),
    /// The caller wants the batches cancelled at the API. Work already paid for is still collected.
    Cancel,
}

/// What to do next.
#[derive(Debug)]
pub enum Output {
    /// Make this call, without waiting for others. `part` names the requests whose body a create carries.
    Call {
        /// To be handed back with the answer.
        id: CallId,
        /// The call.
        call: Call,
        /// Index into [`super::Machine::parts`] for a create; `None` otherwise.
        part: Option<u32>,
    },
    /// Give up on this call: its answer is of no use any more.
    Abandon(CallId),
    /// Perform this operation on the store, without waiting for it. There is one on its way at a time.
    Store {
        /// To be handed back with the answer.
        id: OpId,
        /// The operation.
        op: StoreOp,
    },
    /// Rows that are final: every request of the job comes out here exactly once. `requests` are the rows' positions in
    /// the input, in the rows' order. Until [`Input::Taken`] they count as owed to whoever takes the job up again.
    Rows {
        /// The rows, as the API wrote them.
        block: Block,
        /// Their positions in the input.
        requests: Vec<u32>,
    },
    /// Something worth telling.
    Event(Event),
    /// Nothing to do before this point in time, unless an input comes earlier.
    Wait(Millis),
    /// The job is over: the report is final. One that lives in a store takes [`Input::Taken`] still, and is to be given
    /// back with [`Input::Close`].
    Done,
    /// The job cannot go on. What is finished stays finished, and a snapshot can be resumed once the cause is mended.
    Failed(Error),
}

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The API accepted a part.
    Created {
        /// Index of the part.
        part: u32,
        /// The batch.
        batch: String,
        /// Whether the batch was found in the list after its create went unanswered.
        adopted: bool,
    },
    /// A create went unanswered: the list is searched before anything else is sent.
    Uncertain {
        /// Index of the part.
        part: u32,
    },
    /// The API accepted nothing although a create went unanswered: it is sent again.
    Settled {
        /// Index of the part.
        part: u32,
    },
    /// A part was too large for the way to the API and was halved.
    Split {
        /// Index of the part that was replaced.
        part: u32,
    },
    /// A batch ended.
    Ended {
        /// Index of the part.
        part: u32,
    },
    /// A results file was cut, short or damaged, and is read again.
    Reread {
        /// Index of the part.
        part: u32,
        /// Rows still missing.
        missing: u32,
    },
    /// The store cannot compare and swap: nothing but the caller's care keeps a second owner out.
    SingleOwner,
    /// The pilot is done. Nothing more is sent before [`Input::Proceed`].
    Pilot {
        /// What to answer where nobody is there to decide: no where most of the pilot failed for good.
        go_on: bool,
    },
    /// Failed requests are sent once more.
    Round {
        /// The round that begins, from 1.
        round: u32,
        /// Requests in it.
        requests: u32,
    },
    /// A batch of ours was found that no part knew of: its create had gone unanswered and was sent again.
    Orphan {
        /// Index of the part whose requests it holds.
        part: u32,
        /// The batch.
        batch: String,
        /// Requests that have their answer from it.
        rescued: u32,
        /// Answers in it that were paid for nothing.
        paid_twice: u32,
    },
    /// The search for such batches could not be finished.
    Unswept {
        /// What went wrong, in words.
        why: String,
    },
    /// Failures that might have passed stand: the share of the job that may be sent again is used up.
    Exhausted {
        /// How many of them.
        requests: u32,
    },
    /// The API asks for a wait of more than a quarter of an hour.
    LongWait {
        /// Index of the part.
        part: u32,
        /// What it asks for.
        asked: Wait,
    },
    /// An answer with a status of success was not what the API sends.
    Unexpected {
        /// Index of the part.
        part: u32,
        /// What was wrong with it, in words.
        why: String,
    },
    /// A batch has a status that this version does not know. It is taken for not ended.
    UnknownStatus {
        /// Index of the part.
        part: u32,
        /// The status as the API wrote it.
        status: String,
    },
    /// A batch has not ended although its time is over. It is waited for, and nothing is sent again before it has.
    Overdue {
        /// Index of the part.
        part: u32,
        /// The batch.
        batch: String,
    },
    /// The results of a batch go away soon and have not been read.
    Unharvested {
        /// Index of the part.
        part: u32,
        /// The batch.
        batch: String,
        /// How old it is, in days.
        days: u32,
        /// When its results go away, by the server's clock.
        until: Millis,
    },
    /// The results of a batch that has ended are gone: archived, or deleted. Its requests end as missing.
    ResultsGone {
        /// Index of the part.
        part: u32,
        /// The batch.
        batch: String,
        /// Requests whose results are gone.
        requests: u32,
    },
    /// A call failed and will be made again.
    Retrying {
        /// What went wrong, in words.
        reason: String,
        /// When it is made again.
        at: Millis,
    },
}
