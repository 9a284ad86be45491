//! Rounds: what failed in a way that may pass is sent once more.

use super::*;

const PASSING: &str = "overloaded_error";
const NOBODY_KNOWS: &str = "some_new_error";

#[test]
fn what_may_pass_is_sent_again_and_comes_out_once() {
    let mut scene = Scene::new(4, 2);
    scene.create("b1", "r0 r1");
    scene.create("b2", "r2 r3");
    scene.finish("b1", &[errored("r0", PASSING), errored("r1", "invalid_request_error")]);
    scene.finish("b2", &[succeeded("r2"), ended_as("r3", "expired")]);
    assert_eq!(scene.handed_out(), [(1, "errored".to_owned()), (2, "succeeded".to_owned())]);
    assert_eq!(scene.events.last(), Some(&Event::Round { round: 2, requests: 2 }));
    scene.create("b3", "r0 r3");
    scene.finish("b3", &[succeeded("r3"), succeeded("r0")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!((summary.rounds, summary.stopped), (2, None));
    assert_eq!((summary.outcomes.succeeded, summary.outcomes.errored, summary.outcomes.expired), (3, 1, 0));
}

#[test]
fn held_rows_get_their_last_word_when_the_rounds_end() {
    let mut scene = Scene::with(2, 2, |options| options.rounds = 2);
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[errored("r0", PASSING), errored("r1", PASSING)]);
    assert!(scene.rows.is_empty());
    scene.create("b2", "r0 r1");
    scene.finish("b2", &[ended_as("r0", "expired"), errored("r1", PASSING)]);
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "expired".to_owned()), (1, "errored".to_owned())]);
}

#[test]
fn one_round_means_no_second_try() {
    let mut scene = Scene::with(1, 1, |options| options.rounds = 1);
    scene.create("b1", "r0");
    scene.finish("b1", &[errored("r0", PASSING)]);
    scene.assert_done();
}

#[test]
fn an_error_of_which_nobody_can_say_is_tried_once_more_and_not_twice() {
    let mut scene = Scene::with(2, 2, |options| options.rounds = 9);
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[errored("r0", NOBODY_KNOWS), errored("r1", PASSING)]);
    scene.create("b2", "r0 r1");
    scene.finish("b2", &[errored("r0", NOBODY_KNOWS), errored("r1", PASSING)]);
    assert_eq!(scene.handed_out(), [(0, "errored".to_owned())]);
    scene.create("b3", "r1");
    scene.finish("b3", &[succeeded("r1")]);
    scene.assert_done();
}

#[test]
fn a_limit_on_cost_refuses_before_anything_is_asked() {
    let scene = Scene::with(1, 1, |options| options.max_cost = Some(0.000_001));
    assert_eq!((scene.failure(), scene.calls()), (ErrorCode::SpendGuard, vec![]));
    let scene = Scene::with(1, 1, |options| options.max_cost = Some(1.0));
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
}

#[test]
fn a_limit_on_cost_ends_the_rounds_and_says_so() {
    // A million input tokens cost more than the ceiling of the second round leaves.
    let mut scene = Scene::with(2, 2, |options| options.max_cost = Some(0.4));
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[succeeded("r0"), errored("r1", PASSING)]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!(summary.rounds, 1);
    assert!(summary.stopped.is_some_and(|why| why.contains("$0.4000")));
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned()), (1, "errored".to_owned())]);
}

#[test]
fn a_limit_below_the_whole_does_not_keep_a_resumed_job_from_what_is_paid_for() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    let mut again = scene.restart(|options| options.max_cost = Some(0.000_001));
    again.finish("b1", &[succeeded("r0")]);
    again.finish("b2", &[succeeded("r1")]);
    again.assert_done();
}

#[test]
fn a_resumed_job_sends_nothing_more_above_its_limit_and_collects_what_was_sent() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    let mut again = scene.restart(|options| options.max_cost = Some(0.000_001));
    assert_eq!(again.calls(), ["GET /b1"]);
    again.finish("b1", &[succeeded("r0")]);
    assert_eq!(again.failure(), ErrorCode::SpendGuard);
    assert_eq!(again.handed_out(), [(0, "succeeded".to_owned())]);
}

#[test]
fn a_round_that_was_begun_under_the_limit_goes_on_after_a_crash_whatever_its_rows_cost() {
    // A million input tokens cost more than any estimate of this input.
    let limit = |options: &mut Options| (options.max_cost, options.concurrency) = (Some(0.1), 1);
    let mut scene = Scene::with(2, 1, limit);
    scene.create("b1", "r0");
    scene.finish("b1", &[succeeded("r0")]);
    let lower = |options: &mut Options| options.max_cost = Some(0.09);
    for twice in [scene.restart(limit).restart(limit), scene.restart(lower).restart(limit)] {
        assert_eq!(twice.calls(), ["GET ?limit=20"]);
    }
    // A lower limit is asked about, each time.
    assert_eq!(scene.restart(lower).restart(lower).failure(), ErrorCode::SpendGuard);
}

#[test]
fn a_duplicate_of_a_held_row_is_no_second_word() {
    let mut scene = Scene::new(2, 2);
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[errored("r0", PASSING), succeeded("r0"), succeeded("r1")]);
    scene.create("b2", "r0");
    scene.finish("b2", &[succeeded("r0")]);
    scene.assert_done();
    assert!(scene.machine.report().duplicate_ids.iter().eq(["r0"]));
}

/// The first round of a job of `requests`, all of which fail in a way that may pass.
fn all_failed(requests: u32, set: impl FnOnce(&mut Options)) -> Scene {
    let mut scene = Scene::with(requests, 100_000, set);
    let ids: Vec<_> = (0..requests).map(|n| format!("r{n}")).collect();
    scene.create("b1", &ids.join(" "));
    scene.finish("b1", &ids.iter().map(|id| errored(id, PASSING)).collect::<Vec<_>>());
    scene
}

#[test]
fn a_fifth_of_a_job_may_be_sent_again_and_the_rest_stands() {
    let mut scene = all_failed(600, |_| {});
    assert_eq!(scene.machine.parts()[1].requests.count(), 120);
    assert!(scene.events.contains(&Event::Exhausted { requests: 480 }));
    let ids: Vec<_> = (0..120).map(|n| format!("r{n}")).collect();
    scene.create("b2", &ids.join(" "));
    scene.finish("b2", &ids.iter().map(|id| errored(id, PASSING)).collect::<Vec<_>>());
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!((summary.rounds, summary.outcomes.errored), (2, 600));
    assert!(summary.stopped.is_some_and(|why| why.contains("maxResubmitShare")));
}

#[test]
fn a_small_job_may_send_again_what_a_share_of_it_would_forbid() {
    let scene = all_failed(3, |_| {});
    assert_eq!(scene.machine.parts()[1].requests.count(), 3);
}

#[test]
fn the_share_that_may_be_sent_again_is_the_callers_and_survives_a_restart() {
    let scene = all_failed(200, |options| options.max_resubmit_share = 1.0);
    assert_eq!(scene.machine.parts()[1].requests.count(), 200);
    let none = all_failed(3, |options| options.max_resubmit_share = 0.0);
    none.assert_done();
    let scene = all_failed(30, |_| {});
    assert_eq!(scene.machine.snapshot().resubmitted, 30);
    assert_eq!(scene.restart(|_| {}).machine.snapshot().resubmitted, 30);
}

#[test]
fn no_request_is_sent_more_than_three_times() {
    let mut scene = all_failed(1, |_| {});
    for batch in ["b2", "b3"] {
        scene.create(batch, "r0");
        scene.finish(batch, &[errored("r0", PASSING)]);
    }
    scene.assert_done();
}

#[test]
fn a_row_refused_over_a_bill_stops_the_run() {
    let limit = r#"{"custom_id":"r0","result":{"type":"errored","error":{"type":"error","error":{"type":"rate_limit_error","message":"spent","details":{"error_code":"enforced_spend_limit_reached"}}}}}"#;
    for row in [errored("r0", "billing_error"), limit.to_owned()] {
        // What was not sent is not sent, and the job can be resumed.
        let mut scene = Scene::with(2, 1, |options| options.concurrency = 1);
        scene.create("b1", "r0");
        while scene.calls() != ["GET /b1"] {
            scene.wait();
        }
        scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
        scene.results("b1", std::slice::from_ref(&row));
        // The mark of the next create was on its way.
        scene.answer("GET ?limit=20", &page(&[]));
        assert_eq!(scene.failure(), ErrorCode::SpendLimit);
        assert_eq!(scene.states(), ["done", "planned"]);
        let mut again = scene.restart(|_| {});
        again.create("b2", "r1");
        again.finish("b2", &[succeeded("r1")]);
        assert!(matches!(again.end, Some(Ok(()))));
        // Where only failures are left, they stand, and the report says why.
        let mut scene = Scene::new(2, 2);
        scene.create("b1", "r0 r1");
        scene.finish("b1", &[row, errored("r1", PASSING)]);
        scene.assert_done();
        assert!(scene.machine.summary().stopped.is_some_and(|why| why.contains("r0")));
    }
}

#[test]
fn rows_refused_over_the_key_or_its_rights_are_final_and_do_not_stop_the_rest() {
    for kind in ["authentication_error", "permission_error", "not_found_error", "request_too_large"] {
        let mut scene = Scene::new(2, 2);
        scene.create("b1", "r0 r1");
        scene.finish("b1", &[errored("r0", kind), succeeded("r1")]);
        scene.assert_done();
        assert_eq!(scene.machine.summary().rounds, 1, "{kind}");
    }
}
