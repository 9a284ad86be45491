//! Batches of ours that nobody knew of: a create that was sent again had been accepted all the same.

use batchwise::job::{OnAmbiguousCreate, PaidTwice, Tokens};
use batchwise::plan::Ids;

use super::*;

const LOOK: &str = "GET ?limit=100";

/// A part of `requests` requests whose create goes unanswered and, as nothing shows in the list, is sent again as `b2`.
fn sent_again(requests: &str) -> Scene {
    sent_again_with(requests, |_| {})
}

fn sent_again_with(requests: &str, set: impl FnOnce(&mut Options)) -> Scene {
    let count = requests.split(' ').count() as u32;
    let mut scene = Scene::with(count, count, |options| {
        options.on_ambiguous_create = OnAmbiguousCreate::Resubmit;
        set(options);
    });
    scene.answer("GET ?limit=20", &page(&[batch("old", "ended", count)]));
    scene.lose(&format!("POST {requests}"), MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("old", "ended", count)]));
    scene.answer("GET ?limit=20", &page(&[batch("old", "ended", count)]));
    scene.answer(&format!("POST {requests}"), &Answer::ok(batch("b2", "in_progress", count)));
    scene
}

fn list(ids: &[(&str, &str)], count: u32) -> Answer {
    page(&ids.iter().map(|(id, status)| batch(id, status, count)).collect::<Vec<_>>())
}

#[test]
fn a_job_none_of_whose_creates_was_sent_again_makes_no_call_for_a_sweep() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
    scene.finish("b1", &[succeeded("r0")]);
    scene.results("b1", &[succeeded("r0")]);
    scene.assert_done();
}

#[test]
fn a_sweep_that_finds_nothing_costs_one_call() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    assert_eq!(scene.calls(), [LOOK]);
    scene.answer(LOOK, &list(&[("b2", "ended"), ("old", "ended")], 2));
    scene.assert_done();
    assert_eq!(scene.machine.report().paid_twice, []);
}

#[test]
fn a_create_that_a_browser_may_have_sent_twice_by_itself_is_swept_for_and_what_was_paid_twice_named() {
    let browser = |options: &mut Options| options.may_be_sent_twice = true;
    for is_answered in [true, false] {
        let mut scene = Scene::with(2, 2, browser);
        scene.answer("GET ?limit=20", &list(&[("old", "ended")], 2));
        if is_answered {
            scene.answer("POST r0 r1", &Answer::ok(batch("b1", "in_progress", 2)));
        } else {
            scene.lose("POST r0 r1", MAYBE_SENT);
            scene.answer(LOOK, &list(&[("twin", "in_progress"), ("b1", "in_progress"), ("old", "ended")], 2));
        }
        // The wish to look survives a crash.
        let mut scene = scene.restart(browser);
        let lines = [succeeded("r0"), succeeded("r1")];
        scene.finish("b1", &lines);
        if !is_answered {
            scene.results("b1", &lines);
        }
        let far = batch_at(3 * HOUR, "theirs", "in_progress", 2);
        scene.answer(LOOK, &page(&[far, batch("twin", "ended", 2), batch("b1", "ended", 2)]));
        scene.results("twin", &lines);
        scene.assert_done();
        let summary = scene.machine.summary();
        assert_eq!((summary.paid_twice[0].batch.as_str(), summary.paid_twice[0].ids.len()), ("twin", 2));
        assert!(summary.unchecked.is_empty(), "{:?}", summary.unchecked);
    }
}

#[test]
fn a_late_success_for_an_answered_request_is_evidence_and_changes_nothing() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    scene.answer(LOOK, &list(&[("b2", "ended"), ("late", "in_progress"), ("old", "ended")], 2));
    scene.answer("GET /late", &Answer::ok(batch("late", "in_progress", 2)));
    scene.wait();
    scene.answer("GET /late", &Answer::ok(batch("late", "ended", 2)));
    scene.results("late", &[succeeded("r1"), errored("r0", "overloaded_error")]);
    scene.assert_done();
    let tokens = Tokens { input: 1_000_000, output: 0 };
    let evidence = PaidTwice { batch: "late".to_owned(), ids: vec!["r1".to_owned()], tokens };
    assert_eq!(scene.machine.summary().paid_twice, [evidence]);
    let told = Event::Orphan { part: 0, batch: "late".to_owned(), rescued: 0, paid_twice: 1 };
    assert!(scene.events.contains(&told), "{:?}", scene.events);
}

#[test]
fn a_late_success_takes_the_place_of_a_failure_that_waits_for_another_round() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), errored("r1", "overloaded_error")]);
    scene.answer(LOOK, &list(&[("late", "ended"), ("b2", "ended")], 2));
    scene.results("late", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!((summary.rounds, summary.outcomes.succeeded), (1, 2));
    assert_eq!(summary.paid_twice[0].ids, ["r0"]);
}

#[test]
fn rows_that_a_sweep_found_and_nobody_took_come_again_from_the_batch_that_holds_them() {
    for ids in [Ids::Verbatim, Ids::Made] {
        let limits = PlanOptions { ids, ..PlanOptions::default() };
        let mut planner = Planner::new(limits);
        for n in 0..3 {
            let request = format!(
                r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"!"}}]}}}}"#
            );
            planner.push(request.as_bytes(), Origin { place: Place::Index(n), offset: 0 });
        }
        let set = |options: &mut Options| options.on_ambiguous_create = OnAmbiguousCreate::Resubmit;
        let mut options = Options::new(limits);
        set(&mut options);
        let machine = Machine::new(Arc::new(planner.finish().unwrap()), options);
        let prefix = machine.id_prefix(0);
        let wire = |n: u32| {
            prefix.as_ref().map_or_else(|| format!("r{n}"), |prefix| batchwise::plan::made(prefix, n))
        };
        let mut scene = Scene::of(machine, BEGIN);
        scene.takes = false;
        scene.answer("GET ?limit=20", &page(&[]));
        scene.lose("POST r0 r1 r2", MAYBE_SENT);
        scene.answer(LOOK, &page(&[]));
        scene.create("b2", "r0 r1 r2");
        let failure = |n| errored(&wire(n), "overloaded_error");
        let known = [succeeded(&wire(0)), failure(1), failure(2)];
        let late = [succeeded(&wire(2)), succeeded(&wire(1)), succeeded(&wire(0))];
        scene.finish("b2", &known);
        scene.answer(LOOK, &list(&[("late", "ended"), ("b2", "ended")], 3));
        scene.results("late", &late);
        scene.assert_done();
        assert_eq!(scene.machine.report().outcomes.succeeded, 3);
        scene.machine.handle(scene.now(), Input::Taken(&[2]));
        // Twice: a job may be saved, and end again, while such rows are read.
        let mut again = scene.restart(set).restart(set);
        again.results("b2", &known);
        again.results("late", &late);
        assert!(matches!(again.end, Some(Ok(()))), "{:?} {:?}", again.end, again.calls());
        assert_eq!(again.handed_out(), [(0, "succeeded".to_owned()), (1, "succeeded".to_owned())]);
        assert!(again.rows.iter().all(|(n, row)| row.contains(&format!("\"r{n}\""))));
        let account = |scene: &Scene| serde_json::to_value(scene.machine.summary()).unwrap();
        assert_eq!(account(&again), account(&scene));
    }
}

#[test]
fn a_batch_of_strangers_is_none_of_ours_to_report() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    scene.answer(LOOK, &list(&[("theirs", "ended"), ("gone", "ended"), ("b2", "ended")], 2));
    scene.answer("GET /gone/results", &Answer::refused(404, "not_found_error", "no"));
    scene.results("theirs", &[succeeded("x"), succeeded("y")]);
    scene.assert_done();
    let report = scene.machine.report();
    assert!(report.paid_twice.is_empty() && report.unchecked.is_empty() && report.unknown_ids.is_empty());
}

#[test]
fn a_batch_that_does_not_end_holds_the_job_for_an_hour_and_is_named() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    let begin = scene.now;
    scene.answer(LOOK, &list(&[("slow", "in_progress"), ("b2", "ended")], 2));
    while scene.end.is_none() {
        match scene.calls().first() {
            Some(call) => scene.answer(&call.clone(), &Answer::ok(batch("slow", "in_progress", 2))),
            None => scene.wait(),
        }
    }
    scene.assert_done();
    assert!((HOUR..HOUR + 2 * MINUTE).contains(&(scene.now - begin)));
    assert_eq!(scene.machine.summary().unchecked, ["slow"]);
}

#[test]
fn a_list_that_cannot_be_read_does_not_keep_a_job_from_its_end() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    let begin = scene.now;
    while scene.end.is_none() {
        match scene.calls().first() {
            Some(call) => scene.answer(&call.clone(), &Answer::gateway(529)),
            None => scene.wait(),
        }
    }
    scene.assert_done();
    assert!(scene.now - begin < 2 * MINUTE);
    assert!(matches!(scene.events.last(), Some(Event::Unswept { .. })));
}

#[test]
fn a_sweep_in_a_broken_network_reads_again_and_goes_on() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), succeeded("r1")]);
    scene.lose(LOOK, MAYBE_SENT);
    scene.wait();
    scene.answer(LOOK, &list(&[("late", "ended"), ("b2", "ended")], 2));
    scene.lose("GET /late/results", MAYBE_SENT);
    scene.wait();
    scene.results("late", &[succeeded("r0")]);
    scene.wait();
    scene.results("late", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
    assert_eq!(scene.machine.summary().paid_twice[0].ids, ["r0", "r1"]);
}

#[test]
fn a_job_that_dies_in_its_sweep_sweeps_again_and_counts_nothing_twice() {
    let mut scene = sent_again("r0 r1");
    scene.finish("b2", &[succeeded("r0"), errored("r1", "overloaded_error")]);
    scene.answer(LOOK, &list(&[("b3", "ended"), ("late", "ended"), ("b2", "ended")], 2));
    scene.results("late", &[succeeded("r0"), succeeded("r1")]);
    let rows = scene.rows.clone();
    let mut again = scene.restart(|_| {});
    again.rows = rows;
    again.answer(LOOK, &list(&[("late", "ended"), ("b2", "ended")], 2));
    again.assert_done();
    assert_eq!(again.machine.summary().paid_twice.len(), 1);
    assert_eq!(again.machine.summary().paid_twice[0].ids, ["r0"]);
}

#[test]
fn a_cancelled_job_waits_for_no_batch_that_may_be_its_own() {
    let mut scene = sent_again("r0 r1");
    scene.handle(Input::Cancel);
    scene.answer("POST /b2/cancel", &Answer::ok(batch("b2", "canceling", 2)));
    scene.finish("b2", &[succeeded("r0"), ended_as("r1", "canceled")]);
    scene.answer(LOOK, &list(&[("slow", "in_progress"), ("b2", "ended")], 2));
    scene.assert_done();
    assert_eq!(scene.machine.summary().unchecked, ["slow"]);
}
