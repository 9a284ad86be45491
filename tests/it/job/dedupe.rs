//! Requests that are the same but for their ids: sent once, answered many times.

use batchwise::jsonl::{Next, Reader};
use batchwise::plan::{Ids, Intake, Numbering};

use super::*;

/// Requests `r0` and on that ask what the letters say: the same letter, the same question.
fn asking(letters: &str, set: impl FnOnce(&mut PlanOptions)) -> Arc<Plan> {
    let mut options = PlanOptions { dedupe: Some([3, 4]), ..PlanOptions::default() };
    set(&mut options);
    let mut intake = Intake::requests(options, Numbering::Lines);
    for (letter, n) in letters.chars().zip(0..) {
        let request = format!(
            r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"{letter}"}}]}}}}"#
        );
        intake.push(format!("{request}\n").as_bytes());
    }
    Arc::new(intake.finish().unwrap())
}

fn scene(letters: &str, each: u32) -> Scene {
    let plan = asking(letters, |options| options.max_requests = each);
    Scene::of(Machine::new(plan, options(each)), BEGIN)
}

/// The last words of `r0` and on, by their own ids.
fn ends(scene: &Scene) -> Vec<String> {
    for (n, line) in &scene.rows {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["custom_id"], format!("r{n}"));
    }
    scene.handed_out().into_iter().map(|(_, kind)| kind).collect()
}

#[test]
fn one_answer_is_handed_to_all_who_asked_the_same() {
    let mut scene = scene("abacab", 2);
    scene.create("b1", "r0 r1");
    scene.create("b2", "r3");
    scene.finish("b1", &[succeeded("r1"), succeeded("r0")]);
    scene.finish("b2", &[succeeded("r3")]);
    scene.assert_done();
    assert_eq!(ends(&scene), ["succeeded"; 6]);
    let rest = |line: &str| line.split_once(',').unwrap().1.to_owned();
    let by: std::collections::BTreeMap<_, _> = scene.rows.iter().map(|(n, line)| (*n, rest(line))).collect();
    assert!(by[&0] == by[&2] && by[&0] == by[&4] && by[&1] == by[&5]);
    let summary = scene.machine.summary();
    assert_eq!((summary.request_count, summary.merged, summary.outcomes.succeeded), (6, 3, 6));
    // Three were paid, a dollar for a million tokens at half price.
    assert!((summary.cost.unwrap() - 3.0 * 0.5).abs() < 1e-9, "{:?}", summary.cost);
    assert_eq!(scene.machine.progress().finished, 6);
}

#[test]
fn failures_and_their_retries_are_shared() {
    let mut scene = scene("aabb", 4);
    scene.create("b1", "r0 r2");
    scene.finish("b1", &[errored("r0", "overloaded_error"), errored("r2", "invalid_request_error")]);
    assert_eq!(ends(&scene), ["errored", "errored"], "what waits for another round is nobody's last word");
    scene.create("b2", "r0");
    scene.finish("b2", &[ended_as("r0", "expired")]);
    scene.create("b3", "r0");
    scene.finish("b3", &[succeeded("r0")]);
    scene.assert_done();
    assert_eq!(ends(&scene), ["succeeded", "succeeded", "errored", "errored"]);
    assert_eq!(scene.machine.report().rounds, 3);
}

#[test]
fn what_is_left_after_the_last_round_is_shared() {
    let plan = asking("aa", |_| {});
    let mut scene = Scene::of(Machine::new(plan, Options { rounds: 2, ..options(9) }), BEGIN);
    for id in ["b1", "b2"] {
        scene.create(id, "r0");
        scene.finish(id, &[ended_as("r0", "expired")]);
    }
    scene.assert_done();
    assert_eq!(ends(&scene), ["expired", "expired"]);
}

#[test]
fn rows_that_were_held_when_a_job_stops_are_shared() {
    let mut scene = scene("aab", 1);
    scene.create("b1", "r0");
    scene.finish("b1", &[ended_as("r0", "expired")]);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r2", &Answer::refused(400, "invalid_request_error", "no"));
    assert_eq!(scene.failure(), ErrorCode::BadRequest);
    assert_eq!(ends(&scene), ["expired", "expired"]);
}

#[test]
fn what_is_missing_is_missing_for_all() {
    let mut scene = scene("abab", 4);
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[succeeded("r1")]);
    for _ in 0..2 {
        scene.wait();
        scene.results("b1", &[succeeded("r1")]);
    }
    scene.assert_done();
    assert_eq!(ends(&scene), ["missing", "succeeded", "missing", "succeeded"]);
    assert_eq!(scene.machine.report().missing, ["r0", "r2"]);
    assert_eq!(scene.machine.report().outcomes.missing, 2);
}

#[test]
fn what_was_never_sent_is_canceled_for_all() {
    let mut scene = scene("abab", 1);
    scene.create("b1", "r0");
    scene.handle(Input::Cancel);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST /b1/cancel", &Answer::ok(batch("b1", "canceling", 1)));
    scene.finish("b1", &[ended_as("r0", "canceled")]);
    scene.assert_done();
    assert_eq!(ends(&scene), ["canceled"; 4]);
}

#[test]
fn the_limit_of_cost_counts_once() {
    let plan = asking("aaaaaaaaaa", |_| {});
    let one = plan.ceilings.iter().copied().map(f64::from).sum::<f64>();
    let single = asking("a", |_| {}).ceilings.iter().copied().map(f64::from).sum::<f64>();
    assert!((one - single).abs() < f64::EPSILON);
    let mut options = options(100);
    options.max_cost = Some(one);
    assert!(Machine::new(Arc::clone(&plan), options.clone()).failure().is_none());
    options.max_cost = Some(one * 0.9);
    assert!(Machine::new(plan, options).failure().is_some());
}

#[test]
fn the_pilot_counts_what_is_sent() {
    let plan = asking("aaabbc", |options| options.max_requests = 2);
    let machine = Machine::new(plan, Options { pilot: Some(1), ..options(2) });
    let parts: Vec<_> =
        machine.parts().iter().map(|part| (part.pilot, part.requests.iter().collect::<Vec<_>>())).collect();
    assert_eq!(parts, [(true, vec![0]), (false, vec![3]), (false, vec![5])]);
}

#[test]
fn a_job_taken_up_again_knows_who_rides_with_whom() {
    let mut scene = scene("abab", 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.finish("b1", &[succeeded("r0")]);
    assert_eq!(ends(&scene), ["succeeded"; 2]);
    let mut again = scene.restart(|_| {});
    again.finish("b2", &[succeeded("r1")]);
    assert!(matches!(again.end, Some(Ok(()))));
    let mut rest: Vec<_> = again.rows.iter().map(|(n, _)| *n).collect();
    rest.sort_unstable();
    assert_eq!(rest, [1, 3]);
    assert_eq!((again.machine.summary().merged, again.machine.report().outcomes.succeeded), (2, 4));
}

#[test]
fn rows_of_riders_that_were_not_taken_come_again_and_are_counted_once() {
    // Each time another share of a leader and its riders was taken: nothing, the leader alone, a rider alone, all.
    for taken in [vec![], vec![0], vec![1], vec![0, 1, 3], vec![2]] {
        let mut scene = scene("aaba", 4);
        scene.takes = false;
        scene.create("b1", "r0 r2");
        let lines = [succeeded("r0"), errored("r2", "invalid_request_error")];
        scene.finish("b1", &lines);
        scene.assert_done();
        scene.machine.handle(scene.now(), Input::Taken(&taken));
        let mut again = scene.restart(|_| {});
        assert_eq!(again.calls(), ["GET /b1/results"], "{taken:?}");
        again.results("b1", &lines);
        assert!(matches!(again.end, Some(Ok(()))), "{taken:?} {:?}", again.end);
        let want: Vec<u32> = (0..4).filter(|n| !taken.contains(n)).collect();
        let mut came: Vec<u32> = again.rows.iter().map(|(n, _)| *n).collect();
        came.sort_unstable();
        assert_eq!(came, want, "{taken:?}");
        for (n, row) in &again.rows {
            assert!(row.contains(&format!("\"r{n}\"")), "{row}");
        }
        let account = |scene: &Scene| serde_json::to_value(scene.machine.summary()).unwrap();
        assert_eq!(account(&again), account(&scene), "{taken:?}");
        assert!(matches!(again.restart(|_| {}).end, Some(Ok(()))));
    }
}

#[test]
fn a_job_is_not_taken_up_again_where_others_would_ride() {
    let (with, without) = (asking("aa", |_| {}), asking("aa", |options| options.dedupe = None));
    for (begun, resumed) in [(&with, &without), (&without, &with)] {
        let saved = Machine::new(Arc::clone(begun), options(9)).snapshot();
        let error = Machine::restore(Arc::clone(resumed), options(9), saved, Millis::new(BEGIN)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Option, "{error}");
    }
    // A ledger in which a rider has ended without its leader is nobody's.
    let mut saved = Machine::new(Arc::clone(&with), options(9)).snapshot();
    saved.ledger = ".s".to_owned();
    let error = Machine::restore(with, options(9), saved, Millis::new(BEGIN)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Snapshot);
}

#[test]
fn very_many_riders_come_out_in_blocks_of_bounded_size() {
    let plan = asking(&"a".repeat(30_000), |options| options.ids = Ids::Made);
    let mut machine = Machine::new(plan, options(100));
    let (mut rows, mut largest, mut batch_id, mut line) = (0, 0, Some("b1"), String::new());
    let mut now = BEGIN;
    loop {
        match machine.poll(Millis::new(now)) {
            Output::Call { id, call, .. } if call.path().contains("limit=") => {
                machine.handle(Millis::new(now), Input::Reply(id, page(&[]).reply(now)));
            }
            Output::Call { id, call, .. } if call.path().ends_with("/results") => {
                line = succeeded(&(machine.id_prefix(0).unwrap() + "0")).replace('!', &"long ".repeat(200));
                machine.handle(Millis::new(now), Input::Chunk(id, line.as_bytes()));
                machine.handle(Millis::new(now), Input::Closed(id));
            }
            Output::Call { id, .. } => {
                let status = if batch_id.take().is_some() { "in_progress" } else { "ended" };
                machine.handle(
                    Millis::new(now),
                    Input::Reply(id, Answer::ok(batch("b1", status, 1)).reply(now)),
                );
            }
            Output::Rows { block, requests } => {
                rows += requests.len();
                largest = largest.max(block.bytes().len());
                let mut reader = Reader::new(1 << 20);
                reader.push(block.bytes());
                let Next::Record(first) = reader.next() else { panic!("no row") };
                assert_eq!(first.custom_id(), format!("r{}", requests[0]));
            }
            Output::Wait(until) => {
                now = until.get();
                machine.handle(until, Input::Tick);
            }
            Output::Event(_) | Output::Abandon(_) | Output::Store { .. } => {}
            Output::Done => break,
            Output::Failed(error) => panic!("{error}"),
        }
    }
    assert_eq!((rows, machine.report().outcomes.succeeded), (30_000, 30_000));
    assert!(largest > 1 << 20 && largest < (1 << 20) + 2 * line.len(), "{largest}");
}
