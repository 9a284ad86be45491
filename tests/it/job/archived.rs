//! A batch that was adopted by its size alone, and whose results are archived before they were read: nobody can tell any
//! more whose it was, so nothing is sent again before somebody decides.

use batchwise::job::OnAmbiguousCreate;

use super::*;

const DAY: u64 = 24 * HOUR;
const LOOK: &str = "GET ?limit=100";

/// A create of one request that was not answered, and nobody who looked for it in thirty days. The second part's batch
/// exists.
fn found_after_a_month(set: impl FnOnce(&mut Options)) -> Scene {
    let mut scene = Scene::with(2, 1, |_| {});
    scene.create("b0", "r0");
    scene.answer("GET ?limit=20", &page(&[batch("b0", "in_progress", 1)]));
    scene.lose("POST r1", MAYBE_SENT);
    scene.now += 30 * DAY;
    scene.restart(set)
}

fn gone() -> Answer {
    Answer::refused(404, "not_found_error", "no results")
}

/// Answers whatever is asked: one batch is archived, the other one's results are there.
fn go_on(scene: &mut Scene, most: u32) {
    for _ in 0..most {
        let Some(call) = scene.calls().first().cloned() else {
            if scene.end.is_some() {
                return;
            }
            scene.wait();
            continue;
        };
        match call.as_str() {
            "GET /b0/results" => scene.results("b0", &[succeeded("r0")]),
            "GET /archived/results" => scene.answer(&call, &gone()),
            "GET /b0" | "GET /archived" => {
                let id = call.trim_start_matches("GET /");
                scene.answer(&call, &Answer::ok(batch(id, "ended", 1)));
            }
            LOOK => scene.answer(&call, &page(&[batch_at(MINUTE, "archived", "ended", 1)])),
            _ => return,
        }
    }
}

#[test]
fn an_adopted_batch_whose_results_are_archived_ends_the_job_with_its_name_and_is_not_sent_again() {
    let mut scene = found_after_a_month(|_| {});
    go_on(&mut scene, 100);
    assert_eq!((scene.failure(), scene.calls()), (ErrorCode::AmbiguousCreate, Vec::new()));
    let Some(Err(error)) = &scene.end else { unreachable!() };
    assert!(error.message().contains("archived") && error.message().contains("resubmit"), "{error}");
    let doubt = scene.machine.doubt(1);
    assert_eq!((doubt.part, doubt.candidates), (1, vec!["archived".to_owned()]));
    // What was known to be ours is collected first.
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned())]);
    // And so it is each time the job is taken up again.
    for _ in 0..3 {
        scene = scene.restart(|_| {});
        go_on(&mut scene, 100);
        assert_eq!((scene.failure(), scene.calls()), (ErrorCode::AmbiguousCreate, Vec::new()));
    }
}

#[test]
fn whoever_says_so_has_an_archived_batch_of_doubt_sent_again() {
    let mut scene = found_after_a_month(|_| {});
    go_on(&mut scene, 100);
    let taken = std::mem::take(&mut scene.rows);
    scene = scene.restart(|options| options.on_ambiguous_create = OnAmbiguousCreate::Resubmit);
    scene.rows = taken;
    go_on(&mut scene, 100);
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    scene.create("b2", "r1");
    go_on(&mut scene, 1);
    scene.finish("b2", &[succeeded("r1")]);
    assert_eq!(scene.machine.report().outcomes.succeeded, 2);
}

#[test]
fn an_adopted_batch_that_says_it_is_archived_is_believed_whatever_the_clocks_say() {
    let mut scene = Scene::with(1, 1, |_| {});
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    let archived = batch("archived", "ended", 1)
        .replace(r#""archived_at":null"#, r#""archived_at":"2026-11-21T01:00:00Z""#);
    scene.answer(LOOK, &page(std::slice::from_ref(&archived)));
    while scene.end.is_none() {
        match scene.calls().first().cloned().as_deref() {
            Some("GET /archived") => scene.answer("GET /archived", &Answer::ok(archived.clone())),
            Some(call) => scene.answer(call, &gone()),
            None => scene.wait(),
        }
    }
    assert_eq!(scene.failure(), ErrorCode::AmbiguousCreate);
}
