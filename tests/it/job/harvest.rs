//! Reading results: whole only when the ids account for the part.

use super::*;

const RESULTS: &str = "GET /b1/results";

/// A batch of `requests` requests that has ended, its results asked for.
fn ended(requests: u32) -> Scene {
    let mut scene = Scene::new(requests, requests);
    let all: Vec<_> = (0..requests).map(|n| format!("r{n}")).collect();
    scene.create("b1", &all.join(" "));
    scene.wait();
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", requests)));
    assert_eq!(scene.calls(), [RESULTS]);
    scene
}

fn rows(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| succeeded(id)).collect()
}

#[test]
fn a_results_file_that_ends_early_without_an_error_is_read_again() {
    let mut scene = ended(3);
    scene.results("b1", &rows(&["r2", "r0"]));
    assert_eq!((scene.rows.len(), scene.states()), (2, vec!["ended"]));
    assert!(scene.events.contains(&Event::Reread { part: 0, missing: 1 }));
    scene.wait();
    scene.results("b1", &rows(&["r2", "r0", "r1"]));
    scene.assert_done();
    assert!(scene.machine.report().duplicate_ids.is_empty());
}

#[test]
fn three_readings_that_bring_nothing_new_leave_what_is_not_there_as_missing() {
    let mut scene = ended(3);
    for _ in 0..2 {
        scene.results("b1", &rows(&["r2", "r0"]));
        assert!(scene.end.is_none());
        scene.wait();
    }
    scene.results("b1", &rows(&["r2", "r0"]));
    scene.assert_done();
    let report = scene.machine.report();
    assert_eq!((report.missing.as_slice(), report.outcomes.missing), (["r1".to_owned()].as_slice(), 1));
    assert_eq!(scene.handed_out()[1], (1, "missing".to_owned()));
    // What is missing may have been paid for: no round is made for it.
    assert_eq!(report.rounds, 1);
}

#[test]
fn a_reading_that_brings_something_new_starts_the_count_again() {
    let mut scene = ended(4);
    for ids in [&["r0"][..], &["r0"], &["r1", "r0"], &["r0"], &["r0", "r2"], &["r0"]] {
        scene.results("b1", &rows(ids));
        assert!(scene.end.is_none());
        scene.wait();
    }
    scene.results("b1", &rows(&["r3"]));
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.missing, 0);
}

#[test]
fn a_connection_that_breaks_never_makes_a_row_missing() {
    let mut scene = ended(2);
    let line = succeeded("r1");
    for n in 0..20 {
        let id = scene.take(RESULTS);
        scene.handle(Input::Chunk(id, &line.as_bytes()[..line.len() - n]));
        scene.calls.push((id, Call::results(&"b1".parse_id()), None));
        scene.lose(RESULTS, MAYBE_SENT);
        assert!(scene.rows.is_empty(), "half a line is no row");
        scene.wait();
    }
    scene.results("b1", &rows(&["r0", "r1"]));
    scene.assert_done();
}

#[test]
fn rows_of_a_reading_that_broke_off_are_handed_out_at_once_and_never_again() {
    let mut scene = ended(2);
    let id = scene.take(RESULTS);
    scene.handle(Input::Chunk(id, format!("{}\n{{\"custom", succeeded("r1")).as_bytes()));
    assert_eq!(scene.handed_out(), [(1, "succeeded".to_owned())]);
    let lost = Lost { sent: MAYBE_SENT, reason: LostReason::Idle, message: "silent".to_owned() };
    scene.handle(Input::Lost(id, lost));
    scene.wait();
    scene.results("b1", &rows(&["r1", "r0"]));
    scene.assert_done();
}

#[test]
fn what_is_wrong_in_a_file_is_recorded_once_however_often_it_is_read() {
    let mut scene = ended(3);
    let lines = [
        succeeded("r0"),
        "no json".to_owned(),
        succeeded("r0"),
        succeeded("stray"),
        "{}".to_owned(),
        succeeded("r1"),
    ];
    for _ in 0..2 {
        scene.results("b1", &lines);
        scene.wait();
    }
    scene.results("b1", &lines);
    scene.assert_done();
    let report = scene.machine.report();
    let lines: Vec<_> = report.bad_lines.iter().map(|(part, line)| (*part, line.line)).collect();
    assert_eq!(lines, [(0, 2), (0, 5)]);
    assert!(report.duplicate_ids.iter().eq(["r0"]));
    assert!(report.unknown_ids.iter().eq(["stray"]));
    assert_eq!(report.missing, ["r2"]);
}

#[test]
fn a_line_that_was_cut_off_and_came_whole_the_next_time_is_no_bad_line() {
    let mut scene = ended(2);
    scene.results("b1", &[succeeded("r0"), r#"{"custom_id":"r1","resu"#.to_owned()]);
    assert_eq!(scene.machine.report().bad_lines.len(), 1);
    scene.wait();
    scene.results("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
    assert!(scene.machine.report().bad_lines.is_empty());
}

#[test]
fn a_row_for_a_request_of_another_part_is_a_stray() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.finish("b1", &[succeeded("r1"), succeeded("r0")]);
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned())]);
    assert!(scene.machine.report().unknown_ids.iter().eq(["r1"]));
    scene.finish("b2", &[succeeded("r1")]);
    scene.assert_done();
}

#[test]
fn results_that_are_refused_are_asked_for_again_for_ever() {
    let mut scene = ended(1);
    for status in [500, 529, 429, 408, 302, 400].repeat(5) {
        scene.answer(RESULTS, &Answer::gateway(status));
        assert!(scene.end.is_none(), "{status}");
        scene.wait();
    }
    scene.results("b1", &rows(&["r0"]));
    scene.assert_done();
}

#[test]
fn results_that_are_gone_three_times_over_are_missing() {
    for status in [404, 410] {
        let mut scene = ended(2);
        for _ in 0..2 {
            scene.answer(RESULTS, &Answer::refused(status, "not_found_error", "archived"));
            assert!(scene.end.is_none());
            scene.wait();
        }
        scene.answer(RESULTS, &Answer::refused(status, "not_found_error", "archived"));
        scene.assert_done();
        assert_eq!(scene.machine.report().missing, ["r0", "r1"]);
    }
}

#[test]
fn failures_of_another_kind_do_not_count_towards_gone() {
    let mut scene = ended(1);
    for _ in 0..5 {
        scene.lose(RESULTS, MAYBE_SENT);
        scene.wait();
    }
    scene.answer(RESULTS, &Answer::refused(404, "not_found_error", "a replica lags"));
    assert!(scene.end.is_none());
    scene.wait();
    scene.results("b1", &rows(&["r0"]));
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.missing, 0);
}

#[test]
fn a_key_that_is_refused_at_the_results_ends_the_job_and_loses_nothing() {
    let mut scene = ended(1);
    scene.answer(RESULTS, &Answer::refused(401, "authentication_error", "revoked"));
    assert_eq!(scene.failure(), ErrorCode::KeyRefused);
    let mut again = scene.restart(|_| {});
    while again.calls() != [RESULTS] {
        again.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
    }
    again.results("b1", &rows(&["r0"]));
    again.assert_done();
}

#[test]
fn an_outcome_nobody_knows_yet_passes_through_and_is_not_sent_again() {
    let mut scene = ended(1);
    scene.results("b1", &[ended_as("r0", "deferred")]);
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.unknown, 1);
    assert_eq!(scene.handed_out(), [(0, "deferred".to_owned())]);
}

#[test]
fn an_adopted_batch_whose_results_stay_empty_does_not_hang_the_job() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer("GET ?limit=100", &page(&[batch("b1", "ended", 1)]));
    for _ in 0..100 {
        match scene.calls().first().map(String::as_str) {
            Some("GET /b1") => scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1))),
            Some(RESULTS) => scene.results("b1", &[]),
            _ if scene.end.is_some() => break,
            _ => scene.wait(),
        }
    }
    scene.assert_done();
    assert_eq!(scene.machine.report().missing, ["r0"]);
}

#[test]
fn bad_lines_in_the_file_of_a_stranger_are_not_ours_to_report() {
    let mut scene = Scene::new(2, 2);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0 r1", MAYBE_SENT);
    scene.answer("GET ?limit=100", &page(&[batch("theirs", "in_progress", 2)]));
    scene.finish("theirs", &[succeeded("s0"), succeeded("s1"), "no json".to_owned()]);
    assert_eq!(scene.states(), ["uncertain"]);
    assert!(scene.machine.report().bad_lines.is_empty());
}

#[test]
fn one_results_file_is_read_at_a_time() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.pass(10 * SECOND);
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
    scene.answer("GET /b2", &Answer::ok(batch("b2", "ended", 1)));
    assert_eq!(scene.calls(), [RESULTS]);
    scene.results("b1", &rows(&["r0"]));
    assert_eq!(scene.calls(), ["GET /b2/results"]);
}

trait ParseId {
    fn parse_id(&self) -> batchwise::wire::BatchId;
}

impl ParseId for str {
    fn parse_id(&self) -> batchwise::wire::BatchId {
        batchwise::wire::BatchId::parse(self).unwrap()
    }
}
