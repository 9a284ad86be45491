//! Lines that are there and cannot be read, lines that contradict one another, files that contradict their batch.

use batchwise::job::Counts;

use super::*;

/// A batch of `requests` requests that has ended, its results asked for.
fn ended(requests: u32, set: impl FnOnce(&mut Options)) -> Scene {
    let mut scene = Scene::with(requests, requests, set);
    let all: Vec<_> = (0..requests).map(|n| format!("r{n}")).collect();
    scene.create("b1", &all.join(" "));
    scene.wait();
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", requests)));
    scene
}

/// The row of a request, cut in the middle.
fn broken(id: &str) -> String {
    succeeded(id)[..60].to_owned()
}

#[test]
fn a_line_that_cannot_be_read_is_fetched_once_more_and_then_has_an_outcome_of_its_own() {
    let mut scene = ended(2, |_| {});
    let lines = [broken("r1"), succeeded("r0")];
    scene.results("b1", &lines);
    assert_eq!(scene.rows.len(), 1);
    scene.wait();
    scene.results("b1", &lines);
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned()), (1, "unreadable".to_owned())]);
    let summary = scene.machine.summary();
    assert_eq!((summary.outcomes.unreadable, summary.outcomes.missing), (1, 0));
    let line = &summary.bad_lines[0];
    assert_eq!((line.line, line.offset, line.length), (1, 0, 60));
    assert_eq!(line.custom_id.as_deref(), Some("r1"));
    assert!(scene.restart(|_| {}).machine.report().outcomes.unreadable == 1);
}

#[test]
fn a_line_that_is_whole_the_second_time_is_a_row_like_any_other() {
    let mut scene = ended(2, |_| {});
    scene.results("b1", &[broken("r1"), succeeded("r0")]);
    scene.wait();
    scene.results("b1", &[succeeded("r1"), succeeded("r0")]);
    scene.assert_done();
    assert_eq!(scene.machine.summary().outcomes.succeeded, 2);
    assert!(scene.machine.summary().bad_lines.is_empty());
}

#[test]
fn a_line_longer_than_is_kept_is_passed_over_and_its_request_ends_as_oversized() {
    let mut scene = ended(2, |options| options.max_line_bytes = 300);
    let huge = succeeded("r0").replace('!', &"x".repeat(100_000));
    for _ in 0..2 {
        scene.results("b1", &[huge.clone(), succeeded("r1")]);
        if scene.end.is_none() {
            scene.wait();
        }
    }
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "oversized".to_owned()), (1, "succeeded".to_owned())]);
    assert_eq!(scene.machine.summary().bad_lines[0].length, huge.len() as u64);
}

#[test]
fn a_bad_line_without_an_id_leaves_its_request_missing() {
    let mut scene = ended(2, |_| {});
    for _ in 0..3 {
        scene.results("b1", &["{\"result\":".to_owned(), succeeded("r0")]);
        if scene.end.is_none() {
            scene.wait();
        }
    }
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned()), (1, "missing".to_owned())]);
}

#[test]
fn a_bad_line_that_names_a_stranger_says_nothing_of_our_requests() {
    let mut scene = ended(1, |_| {});
    scene.results("b1", &[broken("elsewhere"), succeeded("r0")]);
    scene.assert_done();
    assert_eq!(scene.machine.summary().outcomes.succeeded, 1);
}

#[test]
fn a_second_line_with_other_content_is_a_conflict_and_the_first_one_counts() {
    let mut scene = ended(2, |_| {});
    let other = errored("r0", "api_error");
    scene.results("b1", &[succeeded("r0"), other, succeeded("r1"), succeeded("r1")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!(
        (summary.duplicate_ids, summary.conflicting_ids),
        (vec!["r0".to_owned(), "r1".to_owned()], vec!["r0".to_owned()],)
    );
    assert_eq!(summary.outcomes.succeeded, 2);
}

#[test]
fn a_second_download_that_says_something_else_of_a_row_is_a_conflict_and_the_first_one_counts() {
    let mut scene = ended(3, |_| {});
    scene.results("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.wait();
    let longer = succeeded("r1").replace('!', "another answer");
    scene.results("b1", &[errored("r0", "api_error"), longer, succeeded("r2")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!(summary.conflicting_ids, ["r0", "r1"]);
    assert_eq!((summary.outcomes.succeeded, summary.duplicate_ids), (3, Vec::new()));
}

#[test]
fn a_download_in_a_later_life_that_says_something_else_of_a_counted_row_is_a_conflict() {
    for takes in [true, false] {
        let mut scene = ended(2, |_| {});
        scene.takes = takes;
        scene.results("b1", &[succeeded("r0")]);
        let mut again = scene.restart(|_| {});
        again.rows = if takes { std::mem::take(&mut scene.rows) } else { Vec::new() };
        again.pass(HOUR);
        again.results("b1", &[errored("r0", "invalid_request_error"), succeeded("r1")]);
        again.assert_done();
        let summary = again.machine.summary();
        assert_eq!(
            (summary.conflicting_ids, summary.outcomes.succeeded),
            (vec!["r0".to_owned()], 2),
            "{takes}"
        );
    }
}

#[test]
fn a_file_that_contradicts_the_counts_of_its_batch_is_reported_and_its_ids_decide() {
    let mut scene = ended(2, |_| {});
    scene.results("b1", &[succeeded("r0"), errored("r1", "invalid_request_error")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    let [differs] = summary.discrepancies.as_slice() else { panic!("{:?}", summary.discrepancies) };
    assert_eq!((differs.part, differs.batch.as_str()), (0, "b1"));
    assert_eq!(differs.said, Counts { succeeded: 2, ..Counts::default() });
    assert_eq!(differs.read, Counts { succeeded: 1, errored: 1, ..Counts::default() });
    assert_eq!(scene.restart(|_| {}).machine.summary().discrepancies, summary.discrepancies);
}

#[test]
fn what_was_wrong_with_results_survives_a_restart() {
    let mut scene = ended(2, |_| {});
    scene.results("b1", &[succeeded("r0"), errored("r0", "api_error"), succeeded("stray"), succeeded("r1")]);
    scene.assert_done();
    let (before, after) = (scene.machine.summary(), scene.restart(|_| {}).machine.summary());
    assert_eq!(serde_json::to_value(before).unwrap(), serde_json::to_value(after).unwrap());
}

#[test]
fn a_last_line_that_was_cut_is_no_line_that_cannot_be_read() {
    let mut scene = ended(2, |_| {});
    for _ in 0..3 {
        scene.results("b1", &[succeeded("r0"), broken("r1")]);
        if scene.end.is_none() {
            scene.wait();
        }
    }
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned()), (1, "missing".to_owned())]);
}

#[test]
fn a_line_that_breaks_in_another_place_each_time_is_damaged_on_its_way_and_read_once_more() {
    let mut scene = ended(2, |_| {});
    scene.results("b1", &[broken("r1"), succeeded("r0")]);
    scene.wait();
    scene.results("b1", &[succeeded("r0"), broken("r1"), String::new()]);
    assert!(scene.end.is_none());
    scene.wait();
    scene.results("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
    assert_eq!(scene.machine.summary().outcomes.succeeded, 2);
}
