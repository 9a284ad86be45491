//! Requests of any bytes: judged alike alone and after others, and however their source was cut.

use batchwise::plan::{Intake, Numbering, PlanOptions, Validate};
use batchwise::request::{Checker, Depth, Terms, Violations, check};

use super::cuts::pieces;

pub fn run(data: &[u8]) {
    let (cut, whole) = pieces(data);
    in_a_row(whole);
    assert_eq!(planned(&cut), planned(&[whole]), "a cutting changed what was planned");
}

/// What was checked before must not show.
fn in_a_row(source: &[u8]) {
    let mut checker = Checker::new(Terms::default());
    let (mut found, mut alone) = (Violations::default(), Violations::default());
    // Twice: each request follows on every other, and on itself.
    for request in source.split(|&byte| byte == b'\n').chain(source.split(|&byte| byte == b'\n')) {
        let facts = checker.check(request, Depth::Full, &mut found);
        assert_eq!(facts, check(request, Depth::Full, Terms::default(), &mut alone));
        assert_eq!(format!("{found:?}"), format!("{alone:?}"));
        assert!(facts.is_object || !found.is_empty(), "what is no request is refused");
        for violation in found.kept() {
            assert!(violation.offset.is_some_and(|at| at <= request.len() as u64), "{violation:?}");
        }
    }
}

/// Everything that can be told of the plan or its refusal.
fn planned(pieces: &[&[u8]]) -> String {
    let options = PlanOptions { validate: Validate::Warn, max_requests: 2, ..PlanOptions::default() };
    let mut intake = Intake::requests(options, Numbering::Lines);
    for piece in pieces {
        intake.push(*piece);
    }
    intake.finish().map_or_else(|rejected| format!("{rejected:?}"), |plan| format!("{plan:?}"))
}
