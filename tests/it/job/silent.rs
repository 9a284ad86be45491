//! Files that say nothing: of whose they are, or because they are no results at all.

use super::*;

const LOOK: &str = "GET ?limit=100";
const LOGIN: &str = "<!DOCTYPE html>\n<html><body>Sign in to the network</body></html>\n";

/// Reads the results of a batch as soon as they are asked for.
fn read(scene: &mut Scene, batch: &str, lines: &[String]) {
    while !scene.calls().contains(&format!("GET /{batch}/results")) {
        scene.wait();
    }
    scene.results(batch, lines);
}

#[test]
fn a_batch_that_never_said_whose_it_is_is_left_for_the_part_whose_it_may_be() {
    let mut scene = Scene::new(2, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("b1", "ended", 1)]));
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r1", MAYBE_SENT);
    // The first part has the batch by its size alone: the second one may not.
    scene.answer(LOOK, &page(&[batch("b1", "ended", 1)]));
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
    for _ in 0..10 {
        read(&mut scene, "b1", &[]);
        while scene.calls().contains(&LOOK.to_owned()) {
            scene.answer(LOOK, &page(&[batch("b1", "ended", 1)]));
        }
    }
    assert_eq!(scene.states()[0], "done");
    while !scene.calls().contains(&"GET /b1".to_owned()) {
        match scene.calls().first().cloned() {
            Some(call) => scene.answer(&call, &page(&[batch("b1", "ended", 1)])),
            None => scene.wait(),
        }
    }
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
    read(&mut scene, "b1", &[succeeded("r1")]);
    read(&mut scene, "b1", &[succeeded("r1")]);
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "missing".to_owned()), (1, "succeeded".to_owned())]);
    assert_eq!(scene.machine.summary().batches, ["b1"]);
}

#[test]
fn a_batch_that_nobody_is_known_to_own_is_not_named_as_the_jobs() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("theirs", "ended", 1)]));
    scene.answer("GET /theirs", &Answer::ok(batch("theirs", "ended", 1)));
    for _ in 0..10 {
        read(&mut scene, "theirs", &[]);
    }
    scene.assert_done();
    let summary = scene.machine.summary();
    // Whoever purges the job must not delete it.
    assert_eq!((summary.batches, summary.missing), (Vec::new(), vec!["r0".to_owned()]));
    assert_eq!(summary.discrepancies[0].batch, "theirs");
    assert_eq!(scene.restart(|_| {}).machine.summary().batches, [""; 0]);
}

#[test]
fn a_login_page_in_the_place_of_results_makes_nothing_missing() {
    let mut scene = Scene::new(1, 1);
    scene.create("b1", "r0");
    scene.finish("b1", &[LOGIN.to_owned()]);
    for _ in 0..8 {
        read(&mut scene, "b1", &[LOGIN.to_owned()]);
        assert!(scene.end.is_none());
    }
    read(&mut scene, "b1", &[succeeded("r0")]);
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.succeeded, 1);
}

#[test]
fn a_batch_made_days_before_a_create_is_not_taken_for_it() {
    let mut scene = Scene::new(1, 1);
    let mut newest = page(&[batch_at(0, "newest", "ended", 7)]);
    newest.headers.push(("date", "Thu, 26 Nov 2026 00:00:00 GMT".to_owned()));
    scene.answer("GET ?limit=20", &newest);
    scene.lose("POST r0", MAYBE_SENT);
    // As old as the mark's newest, which says nothing in a workspace that was quiet for days.
    scene.answer(LOOK, &page(&[batch_at(0, "old", "ended", 1)]));
    assert_eq!(scene.states(), ["uncertain"]);
    scene.wait();
    scene.answer(LOOK, &page(&[batch_at(4 * 24 * HOUR + MINUTE, "mine", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}
