//! Polling: it outlives failures, and only an answer that no repetition can change ends it.

use super::*;

const POLL: &str = "GET /b1";

fn processing() -> Scene {
    let mut scene = Scene::new(1, 1);
    scene.create("b1", "r0");
    scene
}

#[test]
fn polls_outlive_hours_of_failures() {
    let mut scene = processing();
    let begin = scene.now;
    for status in [500, 502, 503, 529, 408, 409, 429, 410, 302, 200].repeat(40) {
        scene.wait();
        scene.answer(POLL, &Answer::gateway(status));
        scene.wait();
        scene.lose(POLL, MAYBE_SENT);
        assert!(scene.end.is_none(), "{:?} after {status}", scene.end);
    }
    assert!(scene.now - begin > HOUR, "{} ms for 800 failures", scene.now - begin);
    let told = scene.events.iter().filter(|event| matches!(event, Event::Retrying { .. })).count();
    assert_eq!(told, 800);
    scene.finish("b1", &[succeeded("r0")]);
    scene.assert_done();
}

#[test]
fn a_poll_is_never_earlier_than_the_last_answer_asked_for() {
    let mut scene = processing();
    scene.wait();
    for answer in [Answer::ok(batch("b1", "in_progress", 1)), Answer::gateway(529)] {
        scene.answer(POLL, &answer.header("retry-after", 900));
        scene.pass(900 * SECOND - 1);
        assert_eq!(scene.calls(), [""; 0]);
        scene.pass(1);
        assert_eq!(scene.calls(), [POLL]);
    }
}

#[test]
fn a_batch_that_does_not_show_yet_is_asked_for_again_for_a_while() {
    let mut scene = processing();
    let created = scene.now;
    scene.wait();
    while scene.now - created < 5 * MINUTE {
        scene.answer(POLL, &Answer::refused(404, "not_found_error", "no such batch"));
        assert!(scene.end.is_none(), "{} ms after the create", scene.now - created);
        scene.wait();
    }
    scene.answer(POLL, &Answer::refused(404, "not_found_error", "no such batch"));
    assert_eq!(scene.failure(), ErrorCode::NotFound);
    assert!(scene.calls().is_empty());
}

#[test]
fn whether_a_batch_may_yet_show_is_told_by_the_servers_clock() {
    let missing = |date: &str| {
        let mut answer = Answer::refused(404, "not_found_error", "no such batch");
        answer.headers.push(("date", date.to_owned()));
        answer
    };
    let mut scene = processing();
    scene.pass(HOUR);
    // An answer of long ago, or a jump of our clock; and a restart does not begin the wait anew.
    scene.answer(POLL, &missing("Sat, 21 Nov 2026 00:09:59 GMT"));
    assert!(scene.end.is_none(), "{:?}", scene.end);
    let mut again = scene.restart(|_| {});
    again.answer(POLL, &missing("Sat, 21 Nov 2026 00:10:00 GMT"));
    assert_eq!(again.failure(), ErrorCode::NotFound);
}

#[test]
fn a_batch_that_is_gone_is_never_created_again() {
    let mut scene = processing();
    scene.pass(HOUR);
    scene.answer(POLL, &Answer::ok(batch("b1", "in_progress", 1)));
    scene.wait();
    scene.answer(POLL, &Answer::refused(404, "not_found_error", "no such batch"));
    assert_eq!(scene.failure(), ErrorCode::NotFound);
    let Some(Err(error)) = &scene.end else { panic!() };
    assert!(error.message().contains("b1") && error.message().contains("nothing is sent again"));
}

#[test]
fn a_key_that_is_refused_while_waiting_ends_the_job_and_a_snapshot_takes_it_up_again() {
    let mut scene = processing();
    scene.wait();
    scene.answer(POLL, &Answer::refused(401, "authentication_error", "revoked"));
    assert_eq!(scene.failure(), ErrorCode::KeyRefused);
    let mut again = scene.restart(|_| {});
    again.finish("b1", &[succeeded("r0")]);
    again.assert_done();
}

#[test]
fn a_status_nobody_knows_yet_is_not_the_end() {
    let mut scene = processing();
    for status in ["canceling", "paused_for_review", ""] {
        scene.wait();
        scene.answer(POLL, &Answer::ok(batch("b1", status, 1)));
        assert_eq!(scene.states(), ["processing"]);
    }
    scene.finish("b1", &[succeeded("r0")]);
    scene.assert_done();
}

#[test]
fn a_batch_past_its_expiry_is_waited_for_and_not_sent_again() {
    let mut scene = processing();
    for _ in 0..30 {
        scene.pass(HOUR);
        scene.answer(POLL, &Answer::ok(batch("b1", "in_progress", 1)));
    }
    assert_eq!((scene.states(), scene.calls()), (vec!["processing"], vec![]));
}

#[test]
fn every_batch_is_polled_at_its_own_pace() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.pass(10 * SECOND);
    assert_eq!(scene.calls().len(), 2);
    scene.answer("GET /b1", &Answer::ok(batch("b1", "in_progress", 1)).header("retry-after", 3600));
    scene.answer("GET /b2", &Answer::ok(batch("b2", "in_progress", 1)));
    scene.wait();
    assert_eq!(scene.calls(), ["GET /b2"]);
}
