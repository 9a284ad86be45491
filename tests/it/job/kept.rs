//! A job in a store: what leaves rests on what is durable, and whoever lost the job sends nothing more.

use batchwise::job::{has_ended, saved_in};
use batchwise::journal::{Goal, Keeper, Setup};
use batchwise::time::Wait;

use super::*;

const LEASE: u64 = 60 * SECOND;

fn keeper(owner: &str, goal: Goal, store: &mut Store, now: u64) -> Keeper {
    let (job, owner) = ("j".to_owned(), owner.to_owned());
    let mut keeper =
        Keeper::new(Setup { job, owner, lease: Wait::millis(LEASE), fenced: true, alone: false, goal });
    while !keeper.is_open()
        && let Some((id, op)) = keeper.poll(Millis::new(now))
    {
        let stored = store.perform(&op);
        keeper.stored(Millis::new(now), id, stored);
    }
    assert!(keeper.is_open(), "{:?}", keeper.failure());
    keeper
}

fn begin(requests: u32, each: u32, mut store: Store) -> Scene {
    let keeper = keeper("a", Goal::Create, &mut store, BEGIN);
    let mut machine = Machine::new(plan(requests, each), options(each));
    machine.keep(keeper, Some(r#"{"maxRequests":1}"#.to_owned()));
    let mut scene = Scene::idle(machine, BEGIN);
    scene.store = store;
    scene.drain();
    scene
}

/// The job as another owner finds it `after` milliseconds later.
fn take_up(scene: &Scene, after: u64) -> Scene {
    let mut again = taken_up(scene, after);
    again.drain();
    again
}

/// The same before he has done anything.
fn taken_up(scene: &Scene, after: u64) -> Scene {
    let mut store = scene.store.clone();
    store.failing.clear();
    let now = scene.now + after;
    let keeper = keeper("b", Goal::Resume, &mut store, now);
    let plan = Arc::clone(scene.machine.plan());
    let mut machine =
        Machine::restore(plan, options(100_000), saved_in(&keeper).unwrap(), Millis::new(now)).unwrap();
    machine.keep(keeper, None);
    let mut again = Scene::idle(machine, now);
    again.store = store;
    again
}

fn holds(store: &Store, text: &str) -> bool {
    store.values.values().any(|value| value.contains(text))
}

#[test]
fn a_create_leaves_when_its_intent_and_mark_are_durable() {
    let mut scene = begin(1, 1, Store::default());
    assert!(!holds(&scene.store, "sending"));
    scene.answer("GET ?limit=20", &page(&[batch("newest", "ended", 7)]));
    assert_eq!(scene.calls(), ["POST r0"]);
    assert!(holds(&scene.store, r#""state":"sending""#) && holds(&scene.store, "newest"));
    // Dead before the answer: it is searched for, never sent again blindly.
    let again = take_up(&scene, LEASE);
    assert_eq!((again.states(), again.calls()), (vec!["uncertain"], vec!["GET ?limit=100".to_owned()]));
}

#[test]
fn a_store_that_fails_before_the_intent_stops_the_job_before_anything_is_sent() {
    let mut scene = begin(1, 1, Store::default());
    scene.store.failing = (0..1000).map(|n| (n, false)).collect();
    scene.answer("GET ?limit=20", &page(&[]));
    assert_eq!((scene.failure(), scene.calls()), (ErrorCode::Store, Vec::<String>::new()));
    let again = take_up(&scene, LEASE);
    assert_eq!(again.calls(), ["GET ?limit=20"], "nothing was sent, so nothing is searched for");
}

#[test]
fn an_owner_whose_job_was_taken_over_does_not_send_what_he_was_about_to() {
    let mut scene = begin(2, 1, Store::default());
    scene.create("b1", "r0");
    let again = take_up(&scene, LEASE);
    scene.store = again.store;
    scene.answer("GET ?limit=20", &page(&[batch("b1", "in_progress", 1)]));
    assert_eq!(scene.failure(), ErrorCode::StoreConflict);
    assert_eq!(scene.calls(), [""; 0]);
}

#[test]
fn the_wish_to_cancel_is_durable_before_a_batch_is_told() {
    let mut scene = begin(1, 1, Store::default());
    scene.create("b1", "r0");
    scene.handle(Input::Cancel);
    assert_eq!(scene.calls(), ["POST /b1/cancel"]);
    assert!(holds(&scene.store, r#""canceling":true"#));
    assert_eq!(take_up(&scene, LEASE).calls(), ["POST /b1/cancel"]);
}

#[test]
fn a_job_is_over_when_its_end_is_durable_and_is_given_back() {
    let mut scene = begin(2, 2, Store::default());
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
    scene.handle(Input::Close);
    let mut store = scene.store.clone();
    let again = keeper("b", Goal::Resume, &mut store, scene.now);
    assert!(has_ended(&again) && again.predecessor().is_none());
    let appended = scene.store.values.keys().filter(|key| key.contains(":log:")).count();
    assert!(appended <= 12, "{appended} records for a plain job of one batch");
}

#[test]
fn rows_that_wait_for_another_round_are_read_again_and_not_kept() {
    let mut scene = begin(2, 1, Store::default());
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.finish("b1", &[errored("r0", "overloaded_error")]);
    assert!(!holds(&scene.store, "overloaded_error"));
    let mut again = take_up(&scene, LEASE);
    assert_eq!(again.states(), ["harvesting", "processing"]);
    again.results("b1", &[errored("r0", "overloaded_error")]);
    again.finish("b2", &[succeeded("r1")]);
    again.create("b3", "r0");
    again.finish("b3", &[succeeded("r0")]);
    again.assert_done();
}

#[test]
fn what_changes_back_while_the_store_is_writing_is_written_all_the_same() {
    let mut scene = begin(3, 1, Store::default());
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.finish("b1", &[errored("r0", "overloaded_error")]);
    let mut again = taken_up(&scene, LEASE);
    again.is_store_slow = true;
    again.drain();
    // That r0 has no word is on its way to the store when the word comes in once more, and something else is saved.
    let results = again.take("GET /b1/results");
    again.handle(Input::Chunk(results, format!("{}\n", errored("r0", "overloaded_error")).as_bytes()));
    again.answer("GET ?limit=20", &page(&[]));
    again.catch_up();
    again.handle(Input::Closed(results));
    assert_eq!(take_up(&again, LEASE).states(), ["harvesting", "processing", "uncertain"]);
}

#[test]
fn a_store_that_fails_at_any_operation_never_lets_a_create_leave_unknown() {
    let live = |at: Option<(u32, bool)>| {
        let mut scene = begin(2, 1, Store { failing: at.into_iter().collect(), ..Store::default() });
        let mut sent = Vec::new();
        for (id, request) in [("b1", "r0"), ("b2", "r1")] {
            if scene.end.is_some() {
                break;
            }
            scene.answer("GET ?limit=20", &page(&[]));
            if scene.calls().contains(&format!("POST {request}")) {
                sent.push(request);
                scene.answer(&format!("POST {request}"), &Answer::ok(batch(id, "in_progress", 1)));
            }
        }
        (scene, sent)
    };
    let (whole, _) = live(None);
    // Opening takes the first operations; a job that could not be opened was never begun.
    for failing in (6..whole.store.ops).flat_map(|n| [(n, false), (n, true)]) {
        let (scene, sent) = live(Some(failing));
        if scene.end.is_none() {
            continue;
        }
        assert_eq!(scene.failure(), ErrorCode::Store, "{failing:?}");
        let mut store = scene.store.clone();
        store.failing.clear();
        let left = keeper("b", Goal::Resume, &mut store, scene.now + LEASE);
        let Ok(saved) = saved_in(&left) else {
            assert!(sent.is_empty(), "{failing:?}");
            continue;
        };
        let plan = Arc::clone(scene.machine.plan());
        let machine = Machine::restore(plan, options(1), saved, Millis::new(scene.now + LEASE)).unwrap();
        for (at, part) in machine.parts().iter().enumerate().take(sent.len()) {
            assert!(
                !matches!(part.state.as_str(), "planned"),
                "{failing:?}: part {at} was sent and is forgotten"
            );
        }
    }
}
