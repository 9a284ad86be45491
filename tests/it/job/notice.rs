//! What is told while a job waits: each thing once, and nothing changes by it.

use batchwise::time::Wait;

use super::*;

const POLL: &str = "GET /b1";
const DAY: u64 = 24 * HOUR;

fn processing() -> Scene {
    let mut scene = Scene::new(1, 1);
    scene.create("b1", "r0");
    scene
}

fn told(scene: &Scene, wanted: fn(&Event) -> bool) -> Vec<Event> {
    scene.events.iter().filter(|event| wanted(event)).cloned().collect()
}

#[test]
fn a_wait_of_more_than_a_quarter_of_an_hour_is_told_wherever_it_is_asked_for() {
    let asked = |seconds| Answer::refused(429, "rate_limit_error", "slow").header("retry-after", seconds);
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &asked(900));
    assert_eq!(told(&scene, |event| matches!(event, Event::LongWait { .. })), []);
    scene.wait();
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0", &asked(86_400));
    let long = Event::LongWait { part: 0, asked: Wait::hours(24) };
    assert_eq!(told(&scene, |event| matches!(event, Event::LongWait { .. })), [long]);
    let mut scene = processing();
    scene.wait();
    scene.answer(POLL, &Answer::ok(batch("b1", "in_progress", 1)).header("retry-after", 3600));
    let long = Event::LongWait { part: 0, asked: Wait::hours(1) };
    assert_eq!(told(&scene, |event| matches!(event, Event::LongWait { .. })), [long]);
}

#[test]
fn a_wait_longer_than_the_caller_wants_stops_the_job_and_a_snapshot_takes_it_up_again() {
    let asked = Answer::refused(429, "rate_limit_error", "slow").header("retry-after", 3600);
    let cap = |options: &mut Options| options.max_retry_after = Some(Wait::minutes(30));
    for on_list in [true, false] {
        let mut scene = Scene::with(1, 1, cap);
        if on_list {
            scene.answer("GET ?limit=20", &asked);
        } else {
            scene.answer("GET ?limit=20", &page(&[]));
            scene.answer("POST r0", &asked);
        }
        assert_eq!(scene.failure(), ErrorCode::RateLimited);
        let mut again = scene.restart(cap);
        again.create("b1", "r0");
        again.finish("b1", &[succeeded("r0")]);
        again.assert_done();
    }
}

#[test]
fn a_success_that_is_not_the_apis_is_no_status_and_is_told() {
    let mut scene = processing();
    for body in ["<html>Log in</html>", "[]", ""] {
        scene.wait();
        scene.answer(POLL, &Answer::ok(body));
    }
    assert_eq!(told(&scene, |event| matches!(event, Event::Unexpected { part: 0, .. })).len(), 3);
    scene.finish("b1", &[succeeded("r0")]);
    scene.assert_done();
}

#[test]
fn a_status_nobody_knows_is_told_once_and_polled_on() {
    let mut scene = processing();
    for status in ["canceling", "paused", "paused", "in_progress", "in_review"] {
        scene.wait();
        scene.answer(POLL, &Answer::ok(batch("b1", status, 1)));
    }
    let unknown = |status: &str| Event::UnknownStatus { part: 0, status: status.to_owned() };
    let news = told(&scene, |event| matches!(event, Event::UnknownStatus { .. }));
    assert_eq!(news, [unknown("paused"), unknown("in_review")]);
}

#[test]
fn a_batch_past_its_expiry_is_told_to_be_overdue_once() {
    let mut scene = processing();
    for _ in 0..30 {
        scene.pass(HOUR);
        scene.answer(POLL, &Answer::ok(batch("b1", "in_progress", 1)));
    }
    let overdue = Event::Overdue { part: 0, batch: "b1".to_owned() };
    assert_eq!(told(&scene, |event| matches!(event, Event::Overdue { .. })), [overdue]);
}

#[test]
fn results_that_wait_to_be_read_are_an_alarm_at_three_weeks_and_at_twenty_seven_days() {
    let mut scene = processing();
    scene.wait();
    scene.answer(POLL, &Answer::ok(batch("b1", "ended", 1)));
    let until = Millis::new(BEGIN + 29 * DAY);
    for (day, days) in [(20, None), (21, Some(21)), (22, None), (27, Some(27)), (28, None)] {
        scene.events.clear();
        scene.now = BEGIN + day * DAY;
        scene.answer("GET /b1/results", &Answer::gateway(503));
        let alarm = days.map(|days| Event::Unharvested { part: 0, batch: "b1".to_owned(), days, until });
        assert_eq!(
            told(&scene, |event| matches!(event, Event::Unharvested { .. })),
            alarm.into_iter().collect::<Vec<_>>(),
            "day {day}"
        );
        scene.wait();
    }
    // A job that is taken up again late says so at once.
    let mut again = scene.restart(|_| {});
    assert_eq!(told(&again, |event| matches!(event, Event::Unharvested { .. })).len(), 1);
    again.results("b1", &[succeeded("r0")]);
    again.assert_done();
}

#[test]
fn results_that_are_gone_are_told_with_their_batch_and_their_ids() {
    let mut scene = processing();
    scene.wait();
    scene.answer(POLL, &Answer::ok(batch("b1", "ended", 1)));
    for _ in 0..3 {
        scene.answer("GET /b1/results", &Answer::refused(404, "not_found_error", "archived"));
        if scene.end.is_none() {
            scene.wait();
        }
    }
    scene.assert_done();
    assert!(scene.events.contains(&Event::ResultsGone { part: 0, batch: "b1".to_owned(), requests: 1 }));
    let summary = scene.machine.summary();
    assert_eq!((summary.gone, summary.missing), (vec!["b1".to_owned()], vec!["r0".to_owned()]));
}
