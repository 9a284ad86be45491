//! Creates whose fate is unknown: the list is searched, and nothing is paid twice.

use super::*;

const LOOK: &str = "GET ?limit=100";

/// A create of `requests` that was sent and not answered, behind a list that held `before`.
fn unanswered(requests: u32, before: &[String]) -> Scene {
    unanswered_with(requests, before, |_| {})
}

fn unanswered_with(requests: u32, before: &[String], set: impl FnOnce(&mut Options)) -> Scene {
    let mut scene = Scene::with(requests, requests, set);
    scene.answer("GET ?limit=20", &page(before));
    let create = scene.calls()[0].clone();
    scene.lose(&create, MAYBE_SENT);
    scene
}

/// Answers every look with nothing until something else is asked; gives the time that took.
fn until_sent_again(scene: &mut Scene) -> u64 {
    let begin = scene.now;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            scene.wait();
        } else {
            scene.answer(LOOK, &page(&[]));
        }
    }
    scene.now - begin
}

#[test]
fn after_a_lost_create_the_list_is_searched_and_a_batch_of_the_right_size_adopted() {
    let mut scene = unanswered(2, &[batch("old", "ended", 2)]);
    assert_eq!((scene.calls(), scene.states()), (vec![LOOK.to_owned()], vec!["uncertain"]));
    assert_eq!(scene.events, [Event::Uncertain { part: 0 }]);
    let found = [batch("b9", "in_progress", 7), batch("b1", "in_progress", 2), batch("old", "ended", 2)];
    scene.answer(LOOK, &page(&found));
    assert_eq!(scene.states(), ["processing"]);
    assert_eq!(scene.events.last(), Some(&Event::Created { part: 0, batch: "b1".to_owned(), adopted: true }));
    // Its ids decide: they are read before a row is handed out.
    let lines = [succeeded("r0"), succeeded("r1")];
    scene.finish("b1", &lines);
    assert!(scene.rows.is_empty());
    scene.results("b1", &lines);
    scene.assert_done();
}

#[test]
fn a_create_that_was_under_way_for_longer_than_the_window_is_found() {
    let mut scene = Scene::with(2, 2, |_| {});
    scene.answer("GET ?limit=20", &page(&[batch_at(0, "old", "ended", 2)]));
    scene.now += 90 * MINUTE;
    scene.lose("POST r0 r1", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch_at(88 * MINUTE, "b1", "in_progress", 2)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn the_search_goes_through_pages_back_to_the_mark_and_no_further() {
    let mut scene = unanswered(1, &[batch_at(6 * MINUTE, "mark", "ended", 1)]);
    let full: Vec<_> = (0..3).map(|n| batch_at(9 * MINUTE, &format!("n{n}"), "in_progress", 5)).collect();
    scene.answer(LOOK, &page_before("n2", &full));
    assert_eq!(scene.calls(), ["GET ?limit=100&after_id=n2"]);
    // Servers' clocks differ: what lies just before the mark is looked at, what lies far before ends the search.
    let older = [batch_at(6 * MINUTE, "mark", "ended", 1), batch_at(2 * MINUTE, "mine", "in_progress", 1)];
    scene.answer("GET ?limit=100&after_id=n2", &page_before("mine", &older));
    assert_eq!(scene.calls(), ["GET ?limit=100&after_id=mine"]);
    let ancient = [batch_at(0, "ancient", "in_progress", 1)];
    scene.answer("GET ?limit=100&after_id=mine", &page_before("ancient", &ancient));
    assert_eq!(scene.machine.parts()[0].batch_id().map(ToString::to_string), Some("mine".to_owned()));
}

#[test]
fn a_page_that_fails_is_asked_for_again_and_not_those_before_it() {
    let mut scene = unanswered(1, &[]);
    scene.answer(LOOK, &Answer::gateway(529));
    scene.wait();
    scene.answer(LOOK, &page_before("n", &[batch("n", "in_progress", 5)]));
    let page_two = "GET ?limit=100&after_id=n";
    scene.lose(page_two, MAYBE_SENT);
    scene.wait();
    scene.answer(page_two, &Answer::gateway(529));
    scene.wait();
    scene.answer(page_two, &Answer::ok("<html>"));
    scene.wait();
    scene.answer(page_two, &page(&[batch("b1", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn a_look_begins_anew_when_the_batch_that_its_next_page_begins_at_is_gone() {
    for status in [400, 404] {
        let mut scene = unanswered(1, &[]);
        scene.answer(LOOK, &page_before("n", &[batch("n", "in_progress", 5)]));
        let refused = Answer::refused(status, "invalid_request_error", "no batch has this id");
        scene.answer("GET ?limit=100&after_id=n", &refused);
        scene.wait();
        scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
        assert_eq!(scene.states(), ["processing"]);
    }
}

#[test]
fn short_readings_of_a_strangers_results_do_not_count_against_our_own() {
    fn read(scene: &mut Scene, batch: &str, lines: &[String]) {
        while !scene.calls().contains(&format!("GET /{batch}/results")) {
            scene.wait();
        }
        scene.results(batch, lines);
    }
    let mut scene = unanswered(2, &[]);
    scene.answer(LOOK, &page(&[batch("theirs", "in_progress", 2)]));
    scene.finish("theirs", &[]);
    read(&mut scene, "theirs", &[]);
    read(&mut scene, "theirs", &[succeeded("s0"), succeeded("s1")]);
    assert_eq!(scene.states(), ["uncertain"]);
    scene.answer(LOOK, &page(&[batch("theirs", "ended", 2), batch("mine", "in_progress", 2)]));
    let lines = [succeeded("r0"), succeeded("r1")];
    scene.finish("mine", &lines);
    read(&mut scene, "mine", &[]);
    read(&mut scene, "mine", &[]);
    read(&mut scene, "mine", &lines);
    scene.assert_done();
    assert_eq!(scene.machine.report().outcomes.succeeded, 2);
}

#[test]
fn a_page_that_says_there_is_more_and_not_where_proves_nothing() {
    let mut scene = unanswered(1, &[]);
    let broken = r#"{"data":[],"has_more":true,"first_id":null,"last_id":null}"#;
    scene.now += 16 * MINUTE;
    for _ in 0..20 {
        scene.answer(LOOK, &Answer::ok(broken));
        scene.wait();
        assert_eq!(scene.states(), ["uncertain"]);
    }
}

#[test]
fn a_batch_of_strangers_is_given_back_and_the_search_goes_on() {
    let mut scene = unanswered(2, &[]);
    scene.answer(LOOK, &page(&[batch("theirs", "in_progress", 2)]));
    scene.finish("theirs", &[succeeded("s0"), succeeded("s1")]);
    assert_eq!((scene.states(), scene.rows.len()), (vec!["uncertain"], 0));
    scene.answer(LOOK, &page(&[batch("theirs", "ended", 2), batch("mine", "in_progress", 2)]));
    let lines = [succeeded("r0"), ended_as("r1", "canceled")];
    scene.finish("mine", &lines);
    scene.results("mine", &lines);
    scene.assert_done();
    let report = scene.machine.report();
    assert!(report.unknown_ids.is_empty(), "{:?}", report.unknown_ids);
}

#[test]
fn two_parts_of_one_size_never_take_each_others_batch() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r1", MAYBE_SENT);
    // The list lagged behind the first create: it was not known at the mark, and it fits. But it is taken.
    for _ in 0..3 {
        scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
        assert_eq!(scene.states(), ["processing", "uncertain"]);
        while !scene.calls().contains(&LOOK.to_owned()) {
            for call in scene.calls() {
                scene.answer(&call, &Answer::ok(batch("b1", "in_progress", 1)));
            }
            scene.wait();
        }
    }
    scene.answer(LOOK, &page(&[batch("b2", "in_progress", 1), batch("b1", "in_progress", 1)]));
    assert_eq!(scene.machine.summary().batches, ["b1", "b2"]);
}

#[test]
fn a_look_at_a_batch_that_another_part_has_adopted_by_size_concludes_nothing() {
    let mut scene = Scene::new(2, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("theirs", "in_progress", 1)]));
    scene.calls().iter().filter(|call| *call != "GET ?limit=20").for_each(|call| {
        scene.answer(call, &Answer::ok(batch("theirs", "in_progress", 1)));
    });
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r1", MAYBE_SENT);
    // The adopted batch may be the second part's own: an hour long nothing is sent again.
    let end = scene.now + HOUR;
    while scene.now < end {
        for call in scene.calls() {
            let answer = if call == LOOK {
                page(&[batch("theirs", "in_progress", 1)])
            } else {
                Answer::ok(batch("theirs", "in_progress", 1))
            };
            scene.answer(&call, &answer);
        }
        assert_eq!(scene.states(), ["processing", "uncertain"]);
        scene.wait();
    }
    // It turns out to hold the request of the second part.
    while !scene.calls().contains(&"GET /theirs".to_owned()) {
        for call in scene.calls() {
            scene.answer(&call, &page(&[batch("theirs", "in_progress", 1)]));
        }
        scene.wait();
    }
    scene.answer("GET /theirs", &Answer::ok(batch("theirs", "ended", 1)));
    scene.results("theirs", &[succeeded("r1")]);
    assert_eq!(scene.states(), ["uncertain", "uncertain"]);
}

#[test]
fn only_a_look_sent_after_the_settle_window_allows_another_create() {
    let mut scene = unanswered(1, &[]);
    // This one was sent before the window ended, and is answered long after it.
    scene.now += 20 * MINUTE;
    scene.answer(LOOK, &page(&[]));
    assert_eq!(scene.states(), ["uncertain"]);
    scene.answer(LOOK, &page(&[]));
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    assert!(scene.events.contains(&Event::Settled { part: 0 }));
    scene.create("b1", "r0");
    scene.finish("b1", &[succeeded("r0")]);
    scene.sweep();
    scene.assert_done();
}

#[test]
fn the_window_is_as_long_as_the_answer_was_empty() {
    let api = Answer::refused(529, "overloaded_error", "busy");
    for (answer, settle) in [
        (None, 15 * MINUTE),
        (Some(api.clone()), MINUTE),
        (Some(Answer { status: 500, ..api.clone() }), MINUTE),
        (Some(Answer { status: 409, ..api.clone() }), MINUTE),
        (Some(Answer { status: 504, ..api }), MINUTE),
        (Some(Answer::gateway(502)), 15 * MINUTE),
        (Some(Answer::gateway(504)), 15 * MINUTE),
        (Some(Answer::gateway(408)), 15 * MINUTE),
        (Some(Answer::ok("<html>fine</html>")), 15 * MINUTE),
        (Some(Answer::ok(r#"{"id":"b1","processing_"#)), 15 * MINUTE),
        (Some(Answer::ok("")), 15 * MINUTE),
    ] {
        let mut scene = Scene::new(1, 1);
        scene.answer("GET ?limit=20", &page(&[]));
        match &answer {
            None => scene.lose("POST r0", MAYBE_SENT),
            Some(answer) => scene.answer("POST r0", answer),
        }
        assert_eq!(scene.states(), ["uncertain"], "{answer:?}");
        let is_told = scene.events.iter().any(|event| matches!(event, Event::Unexpected { part: 0, .. }));
        assert_eq!(is_told, answer.as_ref().is_some_and(|answer| answer.status == 200), "{answer:?}");
        assert_eq!(until_sent_again(&mut scene), settle, "{answer:?}");
    }
}

#[test]
fn a_window_of_the_callers_bounds_both() {
    let mut scene = unanswered_with(1, &[], |options| options.settle = batchwise::time::Wait::secs(30));
    assert_eq!(until_sent_again(&mut scene), 30 * SECOND);
}

#[test]
fn a_caller_who_wants_to_decide_gets_the_candidates() {
    let fail = |options: &mut Options| options.on_ambiguous_create = batchwise::job::OnAmbiguousCreate::Fail;
    let mut scene = unanswered_with(1, &[], fail);
    scene.answer(LOOK, &page(&[batch("b2", "in_progress", 1), batch("b1", "in_progress", 1)]));
    assert_eq!(scene.failure(), ErrorCode::AmbiguousCreate);
    assert_eq!(scene.machine.doubt(0).candidates, ["b2", "b1"]);
    let mut scene = unanswered_with(1, &[], fail);
    scene.answer(LOOK, &page(&[]));
    assert_eq!(scene.failure(), ErrorCode::AmbiguousCreate);
    let mut scene = unanswered_with(1, &[], fail);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn a_caller_in_a_hurry_searches_once_and_sends_again() {
    let hurry =
        |options: &mut Options| options.on_ambiguous_create = batchwise::job::OnAmbiguousCreate::Resubmit;
    let mut scene = unanswered_with(1, &[], hurry);
    scene.answer(LOOK, &page(&[]));
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    let mut scene = unanswered_with(1, &[], hurry);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn batches_made_long_after_the_create_are_not_taken_for_it() {
    let mut dated = page(&[]);
    dated.headers.push(("date", "Sat, 21 Nov 2026 00:00:00 GMT".to_owned()));
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &dated);
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch_at(21 * MINUTE, "late", "in_progress", 1)]));
    assert_eq!(scene.states(), ["uncertain"]);
    scene.wait();
    scene.answer(LOOK, &page(&[batch_at(19 * MINUTE, "mine", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn of_several_batches_that_fit_the_oldest_is_tried_first() {
    let mut scene = unanswered(1, &[]);
    scene.answer(LOOK, &page(&[batch("b2", "in_progress", 1), batch("b1", "in_progress", 1)]));
    assert_eq!(scene.machine.summary().batches, ["b1"]);
}

#[test]
fn a_search_whose_key_is_refused_ends_the_job() {
    let mut scene = unanswered(1, &[]);
    scene.answer(LOOK, &Answer::refused(401, "authentication_error", "no"));
    assert_eq!(scene.failure(), ErrorCode::KeyRefused);
}

#[test]
fn who_has_to_decide_is_told_the_part_the_time_the_mark_the_request_and_the_candidates() {
    let fail = |options: &mut Options| options.on_ambiguous_create = batchwise::job::OnAmbiguousCreate::Fail;
    let mut scene = Scene::with(1, 1, fail);
    scene.answer("GET ?limit=20", &page(&[batch("old", "ended", 1)]));
    scene.answer("POST r0", &Answer::refused(529, "overloaded_error", "busy"));
    scene.answer(LOOK, &page(&[batch("b2", "in_progress", 1), batch("b1", "in_progress", 1)]));
    let Some(Err(error)) = &scene.end else { panic!() };
    assert_eq!(
        error.message(),
        "the create of part 0 was sent at 2026-11-21T00:00:00Z and failed with an answer that proves nothing (request id \
         req_1); the list does not tell whether it was accepted. Newest batch before it: old; batches that fit: b2, b1. \
         Resume the job with onAmbiguousCreate \"wait\": it searches until it knows. Or look in the Console: where there is \
         no such batch, \"resubmit\" sends it again"
    );
    assert_eq!(error.place().part, Some(0));
    let doubt = scene.restart(|_| {}).machine.doubt(0);
    assert_eq!((doubt.sent_at, doubt.mark.as_deref()), (Some(Millis::new(BEGIN)), Some("old")));
    assert_eq!(doubt.request_ids, ["req_1"]);
}

#[test]
fn an_adopted_batch_that_its_owner_deletes_sends_the_job_back_to_its_search() {
    for ended in [false, true] {
        let mut scene = unanswered(1, &[]);
        scene.answer(LOOK, &page(&[batch("theirs", "in_progress", 1)]));
        if ended {
            scene.answer("GET /theirs", &Answer::ok(batch("theirs", "ended", 1)));
        }
        let deleted = Answer::refused(404, "not_found_error", "no such batch");
        while scene.states() != ["uncertain"] {
            match scene.calls().first() {
                Some(call) => scene.answer(&call.clone(), &deleted),
                None => scene.wait(),
            }
        }
        // The deleted one does not come back, and another may be ours.
        scene.answer(LOOK, &page(&[batch("b1", "in_progress", 1), batch("theirs", "in_progress", 1)]));
        scene.finish("b1", &[succeeded("r0")]);
        scene.results("b1", &[succeeded("r0")]);
        scene.assert_done();
    }
}
