//! Cancelling: nothing more is sent, every batch is told, what was done is collected.

use super::*;

const CANCEL: &str = "POST /b1/cancel";

fn half_sent() -> Scene {
    let mut scene = Scene::with(2, 1, |options| options.concurrency = 1);
    scene.create("b1", "r0");
    scene
}

#[test]
fn parts_not_yet_sent_are_withdrawn_and_batches_are_told() {
    let mut scene = half_sent();
    scene.handle(Input::Cancel);
    assert_eq!((scene.calls(), scene.states()), (vec![CANCEL.to_owned()], vec!["processing", "dropped"]));
    assert_eq!(scene.handed_out(), [(1, "canceled".to_owned())]);
    scene.answer(CANCEL, &Answer::ok(batch("b1", "canceling", 1)));
    scene.finish("b1", &[ended_as("r0", "canceled")]);
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.canceled, 2);
}

#[test]
fn a_cancel_that_comes_too_late_is_no_failure() {
    for status in [400, 404, 409, 410] {
        let mut scene = half_sent();
        scene.handle(Input::Cancel);
        scene.answer(CANCEL, &Answer::refused(status, "invalid_request_error", "it has ended"));
        assert_eq!((scene.calls(), scene.end.is_none()), (vec!["GET /b1".to_owned()], true), "{status}");
        scene.finish("b1", &[succeeded("r0")]);
        scene.assert_done();
        assert_eq!(scene.handed_out()[0], (0, "succeeded".to_owned()));
    }
}

#[test]
fn a_cancel_that_got_lost_or_failed_is_sent_again() {
    let mut scene = half_sent();
    scene.handle(Input::Cancel);
    for sent in [MAYBE_SENT, NOT_SENT].repeat(10) {
        scene.lose(CANCEL, sent);
        scene.wait();
    }
    for status in [500, 529, 429, 408, 200].repeat(5) {
        scene.answer(CANCEL, &Answer::gateway(status));
        scene.wait();
    }
    assert!(!scene.machine.progress().parts[0].canceling);
    scene.answer(CANCEL, &Answer::ok(batch("b1", "canceling", 1)));
    assert!(scene.machine.progress().parts[0].canceling);
    scene.finish("b1", &[ended_as("r0", "canceled")]);
    scene.assert_done();
}

#[test]
fn a_job_cancelled_before_its_create_left_sends_nothing() {
    let mut scene = Scene::new(2, 2);
    scene.handle(Input::Cancel);
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    scene.answer("GET ?limit=20", &page(&[]));
    assert_eq!(scene.calls(), [""; 0]);
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.canceled, 2);
    for end in ["lost", "refused"] {
        let mut scene = Scene::new(2, 2);
        scene.handle(Input::Cancel);
        match end {
            "lost" => scene.lose("GET ?limit=20", MAYBE_SENT),
            _ => scene.answer("GET ?limit=20", &Answer::gateway(500)),
        }
        scene.assert_done();
    }
}

#[test]
fn a_create_on_its_way_is_waited_for_and_its_batch_told() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.handle(Input::Cancel);
    scene.answer("POST r0", &Answer::ok(batch("b1", "in_progress", 1)));
    assert_eq!(scene.calls(), [CANCEL]);
}

#[test]
fn a_create_whose_fate_is_unknown_is_searched_for_before_the_job_ends() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.handle(Input::Cancel);
    scene.lose("POST r0", MAYBE_SENT);
    assert!(scene.events.contains(&Event::Uncertain { part: 0 }), "{:?}", scene.events);
    scene.answer("GET ?limit=100", &page(&[batch("b1", "in_progress", 1)]));
    // It may be somebody else's: a batch adopted by its size is never cancelled.
    assert_eq!(scene.calls(), ["GET /b1"]);
    let lines = [succeeded("r0")];
    scene.finish("b1", &lines);
    scene.results("b1", &lines);
    scene.assert_done();
}

#[test]
fn a_create_that_was_never_accepted_is_withdrawn_after_the_window() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.handle(Input::Cancel);
    while scene.end.is_none() {
        if scene.calls().is_empty() {
            scene.wait();
        } else {
            scene.answer("GET ?limit=100", &page(&[]));
        }
    }
    scene.assert_done();
    assert!(scene.now - BEGIN >= 15 * MINUTE);
}

#[test]
fn failures_are_not_sent_again_after_a_cancel() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.finish("b1", &[errored("r0", "overloaded_error")]);
    assert!(scene.rows.is_empty());
    scene.handle(Input::Cancel);
    scene.handle(Input::Cancel);
    for call in scene.calls().iter().filter(|call| *call == "GET /b2") {
        scene.answer(call, &Answer::ok(batch("b2", "in_progress", 1)));
    }
    while scene.calls().is_empty() {
        scene.wait();
    }
    scene.answer("POST /b2/cancel", &Answer::ok(batch("b2", "canceling", 1)));
    scene.finish("b2", &[errored("r1", "overloaded_error")]);
    scene.assert_done();
    assert_eq!(scene.machine.report().rounds, 1);
}

#[test]
fn a_cancel_after_the_end_changes_nothing() {
    let mut scene = Scene::new(1, 1);
    scene.create("b1", "r0");
    scene.finish("b1", &[succeeded("r0")]);
    scene.handle(Input::Cancel);
    scene.assert_done();
    assert!(scene.calls().is_empty());
}

#[test]
fn a_resumed_job_goes_on_cancelling() {
    let mut scene = half_sent();
    scene.handle(Input::Cancel);
    let mut again = scene.restart(|_| {});
    assert_eq!(again.calls(), [CANCEL]);
    again.answer(CANCEL, &Answer::ok(batch("b1", "canceling", 1)));
    let mut again = again.restart(|_| {});
    assert_eq!(again.calls(), ["GET /b1"]);
    again.finish("b1", &[ended_as("r0", "canceled")]);
    assert_eq!(again.machine.report().outcomes.canceled, 2);
}
