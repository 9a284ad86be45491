//! Creates and marks that are refused: what passes, what does not, and what is too large.

use super::*;

const LOOK: &str = "GET ?limit=100";

const NOT_JSON: &str = "The request body is not valid JSON: EOF while parsing";
const USAGE_LIMIT: &str = "You have reached your specified API usage limits. You will regain access later.";

fn at_create() -> Scene {
    let mut scene = Scene::new(2, 2);
    scene.answer("GET ?limit=20", &page(&[]));
    scene
}

fn spend_code(status: u16, code: &str) -> Answer {
    let error =
        format!(r#"{{"type":"rate_limit_error","message":"no","details":{{"error_code":"{code}"}}}}"#);
    Answer { status, ..Answer::ok(format!(r#"{{"type":"error","error":{error}}}"#)) }
}

#[test]
fn a_part_that_is_too_large_is_halved_until_it_fits() {
    let mut scene = Scene::new(3, 3);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0 r1 r2", &Answer::gateway(413));
    assert_eq!(
        (scene.states(), &scene.events),
        (vec!["dropped", "marking", "planned"], &vec![Event::Split { part: 0 }])
    );
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0 r1", &Answer::refused(413, "request_too_large", "no"));
    for (batch, request) in [("b1", "r2"), ("b2", "r0"), ("b3", "r1")] {
        scene.create(batch, request);
    }
    for (batch, request) in [("b1", "r2"), ("b2", "r0"), ("b3", "r1")] {
        scene.finish(batch, &[succeeded(request)]);
    }
    scene.assert_done();
    assert_eq!(scene.machine.summary().batches, ["b1", "b2", "b3"]);
}

#[test]
fn one_request_that_is_too_large_alone_stops_the_job() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0", &Answer::gateway(413));
    assert_eq!(scene.failure(), ErrorCode::TooLarge);
}

#[test]
fn a_rate_limit_is_waited_out_no_shorter_than_asked() {
    let mut scene = at_create();
    scene.answer(
        "POST r0 r1",
        &Answer::refused(429, "rate_limit_error", "slow down").header("retry-after", 7000),
    );
    assert_eq!(scene.states(), ["planned"]);
    scene.pass(7000 * SECOND - 1);
    assert_eq!(scene.calls(), [""; 0]);
    scene.pass(1);
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.assert_done();
}

#[test]
fn a_rate_limit_on_the_list_is_waited_out_too() {
    let mut scene = Scene::new(1, 1);
    scene.answer(
        "GET ?limit=20",
        &Answer::refused(429, "rate_limit_error", "slow down").header("retry-after-ms", 90_000),
    );
    scene.pass(90 * SECOND - 1);
    assert_eq!(scene.calls(), [""; 0]);
    scene.pass(1);
    scene.create("b1", "r0");
}

#[test]
fn rate_limits_in_a_row_are_answered_with_longer_and_longer_waits() {
    let mut scene = at_create();
    let before = scene.now;
    for _ in 0..30 {
        scene.answer("POST r0 r1", &Answer::refused(429, "rate_limit_error", "slow down"));
        scene.wait();
        scene.answer("GET ?limit=20", &page(&[]));
    }
    let waited = scene.now - before;
    assert!(waited > 5 * MINUTE, "{waited} ms over 30 rate limits");
}

#[test]
fn a_spend_limit_stops_the_sending_whatever_its_status() {
    for (answer, code) in [
        (spend_code(429, "enforced_spend_limit_reached"), ErrorCode::SpendLimit),
        (spend_code(400, "contract_spend_limit_reached"), ErrorCode::SpendLimit),
        (Answer::refused(402, "billing_error", "pay"), ErrorCode::SpendLimit),
        (Answer::refused(400, "invalid_request_error", USAGE_LIMIT), ErrorCode::SpendLimit),
    ] {
        let mut scene = at_create();
        scene.answer("POST r0 r1", &answer);
        assert_eq!(scene.failure(), code, "{answer:?}");
        let mut scene = Scene::new(2, 2);
        scene.answer("GET ?limit=20", &answer);
        assert_eq!(scene.failure(), code, "{answer:?}");
    }
    let mut scene = at_create();
    scene.answer("POST r0 r1", &spend_code(429, "ramp_limit_exceeded"));
    assert!(scene.end.is_none());
}

#[test]
fn a_refusal_for_good_stops_the_sending_and_what_was_sent_is_collected() {
    for (status, code) in [
        (400, ErrorCode::BadRequest),
        (401, ErrorCode::KeyRefused),
        (403, ErrorCode::Forbidden),
        (404, ErrorCode::NotFound),
        (422, ErrorCode::BadRequest),
    ] {
        let mut scene = Scene::new(3, 1);
        scene.create("b1", "r0");
        scene.answer("GET ?limit=20", &page(&[]));
        scene.answer("POST r1", &Answer::refused(status, "some_error", "no"));
        assert_eq!((scene.calls(), scene.end.is_none()), (vec![], true));
        scene.finish("b1", &[succeeded("r0")]);
        assert_eq!(scene.failure(), code, "{status}");
        assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned())]);
    }
}

#[test]
fn a_create_that_was_redirected_is_looked_for_before_the_job_stops() {
    let redirected = Answer::refused(303, "", "");
    // Whoever redirects after a create may have accepted it.
    let mut scene = at_create();
    scene.answer("POST r0 r1", &redirected);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", 2)]));
    scene.finish("b1", &[succeeded("r0"), succeeded("r1")]);
    scene.results("b1", &[succeeded("r0"), succeeded("r1")]);
    assert_eq!(scene.handed_out().len(), 2);
    // Where nothing is found, and where the list is redirected too, the job ends without another create.
    let mut scene = at_create();
    scene.answer("POST r0 r1", &redirected);
    while scene.end.is_none() {
        if scene.calls().is_empty() { scene.wait() } else { scene.answer(LOOK, &page(&[])) }
    }
    assert_eq!(scene.failure(), ErrorCode::Redirect);
    let mut scene = at_create();
    scene.answer("POST r0 r1", &redirected);
    scene.answer(LOOK, &redirected);
    assert_eq!(scene.failure(), ErrorCode::Redirect);
}

#[test]
fn a_body_that_arrived_damaged_is_sent_again_once() {
    let damaged = Answer::refused(400, "invalid_request_error", NOT_JSON);
    let mut scene = at_create();
    scene.answer("POST r0 r1", &damaged);
    assert!(scene.end.is_none());
    scene.wait();
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0 r1", &damaged);
    assert_eq!(scene.failure(), ErrorCode::BadRequest);
}

#[test]
fn a_rate_limit_before_it_takes_nothing_from_the_second_chance_of_a_damaged_body() {
    let mut scene = at_create();
    scene.answer("POST r0 r1", &Answer::refused(429, "rate_limit_error", "slow down"));
    scene.wait();
    scene.answer("GET ?limit=20", &page(&[]));
    scene.answer("POST r0 r1", &Answer::refused(400, "invalid_request_error", NOT_JSON));
    assert!(scene.end.is_none(), "{:?}", scene.end);
}

#[test]
fn a_key_that_is_refused_ends_the_job_before_anything_is_sent() {
    for (status, code) in
        [(401, ErrorCode::KeyRefused), (403, ErrorCode::Forbidden), (302, ErrorCode::Redirect)]
    {
        let mut scene = Scene::new(1, 1);
        scene.answer("GET ?limit=20", &Answer::refused(status, "authentication_error", "no"));
        assert_eq!(scene.failure(), code);
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_given_up_on_after_five_tries() {
    for sent in [NOT_SENT, MAYBE_SENT] {
        let mut scene = Scene::new(1, 1);
        for _ in 0..4 {
            scene.lose("GET ?limit=20", sent);
            scene.wait();
        }
        scene.lose("GET ?limit=20", sent);
        assert_eq!(scene.failure(), ErrorCode::Connection);
    }
}

#[test]
fn a_create_that_never_gets_through_is_given_up_on_after_five_tries() {
    let mut scene = Scene::new(1, 1);
    for _ in 0..4 {
        scene.answer("GET ?limit=20", &page(&[]));
        scene.lose("POST r0", NOT_SENT);
        assert!(matches!(scene.events.last(), Some(Event::Retrying { .. })), "{:?}", scene.events);
        scene.wait();
    }
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r0", NOT_SENT);
    assert_eq!(scene.failure(), ErrorCode::Connection);
}

#[test]
fn a_job_that_has_sent_something_goes_on_trying_for_ever() {
    let mut scene = Scene::new(2, 1);
    scene.create("b1", "r0");
    scene.lose("GET ?limit=20", NOT_SENT);
    for round in 0..50 {
        scene.wait();
        for call in scene.calls() {
            scene.lose(&call, NOT_SENT);
        }
        assert!(scene.end.is_none(), "gave up in try {round}");
    }
    while scene.calls() != ["GET ?limit=20"] {
        scene
            .calls()
            .iter()
            .filter(|call| *call != "GET ?limit=20")
            .for_each(|call| scene.lose(call, NOT_SENT));
        if scene.calls().is_empty() {
            scene.wait();
        }
    }
    scene.create("b2", "r1");
    scene.finish("b1", &[succeeded("r0")]);
    scene.finish("b2", &[succeeded("r1")]);
    scene.assert_done();
}

#[test]
fn a_list_that_fails_is_asked_again_for_ever() {
    let mut scene = Scene::new(1, 1);
    for status in [500, 502, 503, 504, 529, 408, 409].repeat(5) {
        scene.answer("GET ?limit=20", &Answer::gateway(status));
        scene.wait();
    }
    scene.create("b1", "r0");
}

#[test]
fn a_page_of_html_in_place_of_the_list_is_given_up_on_after_five_tries() {
    let mut scene = Scene::new(1, 1);
    for _ in 0..4 {
        scene.answer("GET ?limit=20", &Answer::ok("<html>log in</html>"));
        scene.wait();
    }
    scene.answer("GET ?limit=20", &Answer::ok("<html>log in</html>"));
    assert_eq!(scene.failure(), ErrorCode::Unexpected);
}
