//! Whose a batch is that was found by its size: what an answer, another part or a stray line says of it.

use batchwise::plan::Ids;

use super::*;

const LOOK: &str = "GET ?limit=100";

fn adopted(part: u32, batch: &str) -> Event {
    Event::Created { part, batch: batch.to_owned(), adopted: true }
}

/// Reads the results of `batch` once more when the machine asks for them.
fn read(scene: &mut Scene, batch: &str, lines: &[String]) {
    while !scene.calls().contains(&format!("GET /{batch}/results")) {
        scene.wait();
    }
    scene.results(batch, lines);
}

/// Two parts of one request each. The first has just given back a batch of strangers and searches on; the create of the
/// second is on its way.
fn one_searches_while_the_other_is_sent() -> Scene {
    let mut scene = Scene::new(2, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("theirs", "in_progress", 1)]));
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("GET /theirs", &Answer::ok(batch("theirs", "ended", 1)));
    while scene.states() != ["uncertain", "sending"] {
        read(&mut scene, "theirs", &[succeeded("s0")]);
    }
    scene
}

#[test]
fn the_answer_to_a_create_takes_its_batch_from_a_part_that_adopted_it_by_its_size() {
    let running = Answer::ok(batch("b1", "in_progress", 1));
    let ended = Answer::ok(batch("b1", "ended", 1));
    for stage in ["asked about", "being read", "to be read again"] {
        let mut scene = one_searches_while_the_other_is_sent();
        scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1), batch("theirs", "ended", 1)]));
        assert_eq!(scene.events.last(), Some(&adopted(0, "b1")));
        if stage != "asked about" {
            scene.answer("GET /b1", &ended);
        }
        if stage == "to be read again" {
            scene.lose("GET /b1/results", MAYBE_SENT);
        }
        scene.answer("POST r1", &running);
        assert_eq!(scene.states(), ["uncertain", "processing"], "{stage}");
        assert_eq!(scene.calls(), [LOOK], "{stage}");
        // What the first part searches for was never accepted; nothing else is sent again.
        while !scene.calls().contains(&"GET ?limit=20".to_owned()) {
            match scene.calls().first() {
                Some(call) if call == LOOK => scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)])),
                Some(_) => scene.answer("GET /b1", &running),
                None => scene.wait(),
            }
        }
        scene.create("b0", "r0");
        scene.finish("b1", &[succeeded("r1")]);
        scene.finish("b0", &[succeeded("r0")]);
        scene.sweep();
        scene.assert_done();
    }
}

#[test]
fn what_another_part_adopted_while_a_look_went_on_is_not_adopted_again() {
    let mut scene = one_searches_while_the_other_is_sent();
    scene.lose("POST r1", MAYBE_SENT);
    // Both parts look. One has met the batch on its first page and reads on; the other is through, and takes it.
    let found = [batch("b1", "in_progress", 1)];
    scene.answer(LOOK, &page_before("b1", &found));
    scene.answer(LOOK, &page(&found));
    let adopted_by_one = ["processing", "uncertain"].iter().all(|state| scene.states().contains(state));
    assert!(adopted_by_one, "{:?}", scene.states());
    scene.answer("GET ?limit=100&after_id=b1", &page(&[]));
    assert!(scene.states().contains(&"uncertain"), "{:?}", scene.states());
    assert_eq!(scene.machine.summary().batches, ["b1"]);
}

#[test]
fn a_stray_line_does_not_give_the_batch_of_a_single_request_back() {
    for ids in [Ids::Verbatim, Ids::Made] {
        let limits = PlanOptions { ids, ..PlanOptions::default() };
        let mut planner = Planner::new(limits);
        let request = r#"{"custom_id":"r0","params":{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{"role":"user","content":"!"}]}}"#;
        planner.push(request.as_bytes(), Origin { place: Place::Index(0), offset: 0 });
        let machine = Machine::new(Arc::new(planner.finish().unwrap()), Options::new(limits));
        let wire =
            machine.id_prefix(0).map_or_else(|| "r0".to_owned(), |prefix| batchwise::plan::made(&prefix, 0));
        let mut scene = Scene::of(machine, BEGIN);
        scene.answer("GET ?limit=20", &page(&[]));
        scene.lose("POST r0", MAYBE_SENT);
        scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
        scene.finish("b1", &[succeeded("stray")]);
        for lines in [vec![], vec![succeeded("stray")], vec![], vec![succeeded(&wire)]] {
            assert_eq!(scene.states(), ["ended"]);
            read(&mut scene, "b1", &lines);
        }
        scene.results("b1", &[succeeded(&wire)]);
        scene.assert_done();
        assert_eq!(scene.machine.report().outcomes.succeeded, 1);
    }
}

#[test]
fn a_file_that_ends_behind_a_stray_line_is_read_again() {
    let mut scene = Scene::new(4, 4);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0 r1 r2 r3", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 4)]));
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 4)));
    scene.results("b1", &[succeeded("stray")]);
    let whole = ["r0", "r1", "r2", "r3"].map(succeeded);
    read(&mut scene, "b1", &whole);
    scene.results("b1", &whole);
    scene.assert_done();
}

#[test]
fn a_batch_whose_one_line_is_strange_each_time_is_given_back() {
    let mut scene = one_searches_while_the_other_is_sent();
    scene.answer(LOOK, &page(&[batch("b0", "in_progress", 1), batch("theirs", "ended", 1)]));
    assert_eq!(scene.events.last(), Some(&adopted(0, "b0")));
}

#[test]
fn the_batch_of_another_part_is_given_back_at_once() {
    let mut scene = Scene::new(2, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r1", MAYBE_SENT);
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", 1)));
    scene.results("b1", &[succeeded("r1")]);
    assert_eq!(scene.states(), ["uncertain", "uncertain"]);
}
