//! A whole source becomes a plan: the lines or rows in its bytes, one after the other, into the planner.

use super::part::PlanOptions;
use super::planned::Plan;
use super::planner::{Origin, Planner, Rejected, RowSpan};
use super::spans::Place;
use crate::limits::MAX_BODY_BYTES;
use crate::request::{HALVED, Violation, ViolationCode as Code};
use crate::rows::{BadRow, Fault, Lines, NextLine, NextRequest, RowRequest, Table};

/// How people find a request in its source again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// By its line, from 1: the source is a file.
    Lines,
    /// By its position, from 0: the source is a list, whose items reach us one a line.
    Index,
}

/// Takes a source's bytes, cut anywhere, and ends as a plan.
#[derive(Debug)]
pub struct Intake {
    planner: Planner,
    feed: Feed,
    numbering: Numbering,
    request: Vec<u8>,
}

#[derive(Debug)]
enum Feed {
    Requests(Lines),
    Table(Table),
}

impl Intake {
    /// An intake of requests, one JSON object a line.
    pub fn requests(options: PlanOptions, numbering: Numbering) -> Self {
        let longest = usize::try_from(MAX_BODY_BYTES).unwrap_or(usize::MAX);
        Self::new(options, Feed::Requests(Lines::new(longest)), numbering)
    }

    /// An intake of rows, each of which `table` renders as a request.
    pub fn table(options: PlanOptions, table: Table, numbering: Numbering) -> Self {
        Self::new(options, Feed::Table(table), numbering)
    }

    fn new(options: PlanOptions, feed: Feed, numbering: Numbering) -> Self {
        Self { planner: Planner::new(options), feed, numbering, request: Vec::new() }
    }

    /// Takes the next bytes of the source. Those of a `Vec` are not copied.
    pub fn push(&mut self, chunk: impl Into<Vec<u8>>) {
        let chunk = chunk.into();
        match &mut self.feed {
            Feed::Requests(lines) => lines.push(chunk),
            Feed::Table(table) => table.push(&chunk),
        }
        self.drain();
    }

    /// Records something wrong that no request has: the options, for example.
    pub fn note(&mut self, violation: Violation) {
        self.planner.note(violation);
    }

    /// Records an item of a list that cannot be written as JSON. A blank line stands for it in the bytes.
    pub fn unwritable(&mut self, index: u64, path: String, message: String) {
        let hint =
            Some("JSON knows strings, finite numbers, true, false, null, lists and objects".to_owned());
        let violation = Violation::error(Code::JsonValue, message);
        self.planner.note(Violation { index: Some(index), path, hint, ..violation });
    }

    /// The plan of everything that was pushed.
    ///
    /// # Errors
    /// As [`Planner::finish`].
    pub fn finish(mut self) -> Result<Plan, Rejected> {
        match &mut self.feed {
            Feed::Requests(lines) => lines.finish(),
            Feed::Table(table) => table.finish(),
        }
        self.drain();
        let mut plan = self.planner.finish()?;
        if let Feed::Table(table) = self.feed {
            plan.table = Some(table);
        }
        Ok(plan)
    }

    fn drain(&mut self) {
        let Self { planner, feed, numbering, request } = self;
        loop {
            match feed {
                Feed::Requests(lines) => match lines.next() {
                    NextLine::NeedBytes | NextLine::End => return,
                    NextLine::Line { bytes, number, offset } => {
                        planner.push(bytes, Origin { place: place(*numbering, number), offset });
                    }
                    NextLine::TooLong { number, offset, length } => {
                        let message =
                            format!("the line has {length} bytes, which is more than any batch takes");
                        let bad = BadRow { fault: Fault::TooLong, line: number, offset, message };
                        planner.note(violation(*numbering, bad));
                    }
                },
                Feed::Table(table) => {
                    request.clear();
                    match table.next(request) {
                        NextRequest::NeedBytes | NextRequest::End => return,
                        NextRequest::Bad(bad) => planner.note(violation(*numbering, bad)),
                        NextRequest::Request(row) => {
                            let place = place(*numbering, row.line);
                            let span = RowSpan { offset: row.offset, bytes: row.bytes as u32 };
                            planner.push_row(request, place, span);
                            note_empty(planner, *numbering, &row);
                        }
                    }
                }
            }
        }
    }
}

fn note_empty(planner: &mut Planner, numbering: Numbering, row: &RowRequest) {
    for column in &row.empty {
        let (line, index, offset) = spot(numbering, row.line, row.offset);
        let violation = Violation::warning(Code::TemplateEmpty, format!("the column {column:?} is empty"));
        let hint = Some("fill it in or leave the row out".to_owned());
        planner.note(Violation { line, index, hint, offset, ..violation });
    }
}

fn violation(numbering: Numbering, bad: BadRow) -> Violation {
    let (code, hint) = match bad.fault {
        Fault::Encoding => (Code::Encoding, "save the file as UTF-8"),
        Fault::Ragged => {
            (Code::Ragged, "give every row as many cells as the header; quote cells that hold delimiters")
        }
        Fault::Syntax => (Code::JsonSyntax, "each line holds one whole JSON object"),
        Fault::NotAnObject => (Code::RequestType, "each row is an object with a member for every column"),
        Fault::Halved => (Code::JsonSurrogate, HALVED),
        Fault::TooLong => (Code::SizeChunk, "make it smaller or leave it out"),
        Fault::UnknownColumn => (
            Code::TemplateUnknownColumn,
            "name a column that the table has; where it is the key, name none: ids are then row-1, row-2 and so on",
        ),
    };
    let (line, mut index, offset) = spot(numbering, bad.line, bad.offset);
    if bad.fault == Fault::UnknownColumn {
        index = None; // No item of a list is to blame for it.
    }
    Violation { line, index, offset, hint: Some(hint.to_owned()), ..Violation::error(code, bad.message) }
}

fn spot(numbering: Numbering, line: u64, offset: u64) -> (Option<u64>, Option<u64>, Option<u64>) {
    match place(numbering, line) {
        Place::Line(line) => (Some(line), None, Some(offset)),
        Place::Index(index) => (None, Some(index), None),
    }
}

const fn place(numbering: Numbering, line: u64) -> Place {
    match numbering {
        Numbering::Lines => Place::Line(line),
        Numbering::Index => Place::Index(line.saturating_sub(1)),
    }
}
