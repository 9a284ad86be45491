//! Creating: the mark, the one call, and how many at once.

use super::*;

#[test]
fn a_create_leaves_once_and_only_behind_a_mark() {
    let mut scene = Scene::new(2, 2);
    assert_eq!((scene.calls(), scene.states()), (vec!["GET ?limit=20".to_owned()], vec!["marking"]));
    scene.pass(10 * HOUR);
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.pass(10 * HOUR);
    assert_eq!(scene.calls(), ["POST r0 r1"]);
    scene.answer("POST r0 r1", &Answer::ok(batch("b1", "in_progress", 2)));
    assert_eq!(scene.states(), ["processing"]);
    assert_eq!(scene.events, [Event::Created { part: 0, batch: "b1".to_owned(), adopted: false }]);
}

#[test]
fn creates_go_one_at_a_time_in_the_order_of_the_input() {
    let mut scene = Scene::new(3, 1);
    for (batch, request) in [("b1", "r0"), ("b2", "r1"), ("b3", "r2")] {
        assert_eq!(scene.calls(), ["GET ?limit=20"]);
        scene.create(batch, request);
    }
    assert_eq!(scene.states(), ["processing"; 3]);
}

#[test]
fn no_more_batches_than_allowed_are_at_the_api_at_once() {
    let mut scene = Scene::with(3, 1, |options| options.concurrency = 2);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    assert_eq!(scene.calls(), [""; 0]);
    scene.finish("b1", &[succeeded("r0")]);
    assert!(scene.calls().contains(&"GET ?limit=20".to_owned()), "{:?}", scene.calls());
}

#[test]
fn no_more_requests_than_allowed_wait_at_the_api_but_one_part_always_may() {
    let mut scene = Scene::with(5, 2, |options| options.max_queued = 3);
    scene.create("b1", "r0 r1");
    assert_eq!(scene.calls(), [""; 0]);
    scene.finish("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.create("b2", "r2 r3");
    scene.create("b3", "r4");
    let mut narrow = Scene::with(2, 2, |options| options.max_queued = 1);
    narrow.create("b1", "r0 r1");
    assert_eq!(narrow.states(), ["processing"]);
}

#[test]
fn an_answer_to_no_call_changes_nothing() {
    let mut scene = Scene::new(1, 1);
    let id = scene.calls[0].0;
    scene.answer("GET ?limit=20", &page(&[]));
    let reply = page(&[]).reply(scene.now);
    scene.handle(Input::Reply(id, reply));
    scene.handle(Input::Closed(id));
    scene.handle(Input::Chunk(id, b"{}"));
    let lost = Lost { sent: MAYBE_SENT, reason: LostReason::Timeout, message: String::new() };
    scene.handle(Input::Lost(id, lost));
    assert_eq!((scene.calls(), scene.states()), (vec!["POST r0".to_owned()], vec!["sending"]));
}

#[test]
fn a_body_that_cannot_be_made_stops_the_sending_and_the_rest_is_collected() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.answer("GET ?limit=20", &page(&[]));
    let id = scene.take("POST r1");
    scene.handle(Input::Unsendable(id, Error::new(ErrorCode::InputChanged, "gone")));
    assert!(scene.end.is_none());
    scene.finish("b1", &[succeeded("r0")]);
    assert_eq!(scene.failure(), ErrorCode::InputChanged);
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned())]);
}
