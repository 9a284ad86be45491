//! A clock that jumps changes when things are done, never whether they are done twice.

use super::*;

#[test]
fn a_clock_that_jumps_forward_while_waiting_only_makes_the_next_look_come_at_once() {
    let mut scene = Scene::new(1, 1);
    scene.create("b1", "r0");
    scene.now += 400 * 24 * HOUR;
    scene.handle(Input::Tick);
    assert_eq!(scene.calls(), ["GET /b1"]);
    scene.answer("GET /b1", &Answer::ok(batch("b1", "in_progress", 1)));
    assert_eq!((scene.calls(), scene.states()), (vec![], vec!["processing"]));
    scene.finish("b1", &[succeeded("r0")]);
    scene.assert_done();
}

#[test]
fn a_clock_that_is_put_back_loses_nothing() {
    for back in [MINUTE, HOUR, 24 * HOUR, BEGIN] {
        let mut scene = Scene::new(2, 1);
        scene.create("b1", "r0");
        scene.answer("GET ?limit=20", &page(&[]));
        scene.now -= back.min(scene.now);
        scene.lose("POST r1", MAYBE_SENT);
        scene
            .answer("GET ?limit=100", &page(&[batch("b2", "in_progress", 1), batch("b1", "in_progress", 1)]));
        let lines = [succeeded("r1")];
        scene.finish("b2", &lines);
        scene.results("b2", &lines);
        scene.finish("b1", &[succeeded("r0")]);
        scene.assert_done();
        assert_eq!(scene.machine.summary().batches, ["b1", "b2"]);
    }
}

#[test]
fn a_clock_put_back_during_a_search_makes_the_search_longer_and_not_shorter() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    let since = scene.now;
    scene.now -= HOUR;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            scene.wait();
        } else {
            scene.answer("GET ?limit=100", &page(&[]));
        }
    }
    assert!(scene.now - since >= 15 * MINUTE);
}

#[test]
fn years_far_away_are_years_like_others() {
    const YEAR_9999: u64 = 253_402_300_799_000;
    for now in [0, 1, YEAR_9999] {
        let mut scene = Scene::of(Machine::new(plan(1, 1), options(1)), now);
        scene.create("b1", "r0");
        scene.finish("b1", &[succeeded("r0")]);
        scene.assert_done();
    }
}
