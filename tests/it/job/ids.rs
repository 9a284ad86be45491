//! Ids made for the wire: only the API sees them.

use batchwise::plan::{Ids, Intake, Numbering, made};

use super::*;

const LOOK: &str = "GET ?limit=100";

/// The caller's own id of a request: nothing that the API would take.
fn own(n: u32) -> String {
    format!("No. \"{n}\" süß")
}

fn made_plan(requests: u32, each: u32) -> Arc<Plan> {
    let options = PlanOptions { max_requests: each, ids: Ids::Made, ..PlanOptions::default() };
    let mut intake = Intake::requests(options, Numbering::Lines);
    for n in 0..requests {
        let request = serde_json::json!({"custom_id": own(n), "params": {"model": "claude-haiku-4-5", "max_tokens": 16,
            "messages": [{"role": "user", "content": "!"}]}});
        intake.push(format!("{request}\n").as_bytes());
    }
    Arc::new(intake.finish().unwrap())
}

fn scene(requests: u32, each: u32) -> Scene {
    Scene::of(Machine::new(made_plan(requests, each), Options { seed: 7, ..options(each) }), BEGIN)
}

/// The id on the wire of request `n` in `part`.
fn wire(scene: &Scene, part: u32, n: u32) -> String {
    made(&scene.machine.id_prefix(part).unwrap(), n)
}

fn rows(scene: &Scene, part: u32, requests: &[u32]) -> Vec<String> {
    requests.iter().map(|n| succeeded(&wire(scene, part, *n))).collect()
}

/// A create of `requests` requests that went unanswered, and a batch of that size found in the list and ended.
fn adopted(requests: u32) -> Scene {
    let mut scene = scene(requests, requests);
    scene.answer("GET ?limit=20", &page(&[]));
    let create = scene.calls()[0].clone();
    scene.lose(&create, MAYBE_SENT);
    scene.answer(LOOK, &page(&[batch("b1", "in_progress", requests)]));
    scene.answer("GET /b1", &Answer::ok(batch("b1", "ended", requests)));
    scene
}

/// Delivers a piece of the results of `b1`.
fn chunk(scene: &mut Scene, lines: &[String]) {
    let at = scene.calls().iter().position(|call| call == "GET /b1/results").unwrap();
    let id = scene.calls[at].0;
    scene.handle(Input::Chunk(id, (lines.join("\n") + "\n").as_bytes()));
}

#[test]
fn rows_come_out_under_the_callers_ids() {
    let mut scene = scene(3, 2);
    scene.create("b1", "r0 r1");
    scene.create("b2", "r2");
    let lines = rows(&scene, 0, &[1, 0]);
    scene.finish("b1", &lines);
    let lines = rows(&scene, 1, &[2]);
    scene.finish("b2", &lines);
    scene.assert_done();
    for (n, line) in &scene.rows {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            row,
            serde_json::from_str::<serde_json::Value>(&succeeded("?"))
                .map(|mut want| {
                    want["custom_id"] = own(*n).into();
                    want
                })
                .unwrap()
        );
    }
    assert!((scene.machine.report().usage.usd_known() - 3.0 * 0.5).abs() < 1e-9);
}

#[test]
fn the_report_speaks_of_the_callers_ids() {
    let mut scene = scene(3, 3);
    scene.create("b1", "r0 r1 r2");
    let [zero, one] = [0, 1].map(|n| succeeded(&wire(&scene, 0, n)));
    let elsewhere = wire(&scene, 4, 2);
    let cut = format!("{{\"custom_id\":\"{}\",", wire(&scene, 0, 2));
    let lines = [zero.clone(), one, zero, succeeded("stranger"), succeeded(&elsewhere), cut];
    scene.finish("b1", &lines);
    for _ in 0..2 {
        scene.wait();
        scene.results("b1", &lines);
    }
    scene.assert_done();
    let report = scene.machine.report();
    assert_eq!(report.missing, [own(2)]);
    assert!(report.duplicate_ids.iter().eq([&own(0)]));
    assert!(report.unknown_ids.iter().map(String::as_str).eq([own(2).as_str(), "stranger"]));
    assert_eq!(report.bad_lines[0].1.sample, format!("{{\"custom_id\":\"{}\",", own(2)));
    let missing = scene.rows.iter().find(|(n, _)| *n == 2).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&missing.1).unwrap()["custom_id"], own(2));
}

#[test]
fn a_refusal_speaks_of_the_callers_ids() {
    let mut scene = scene(1, 1);
    scene.answer("GET ?limit=20", &page(&[]));
    let refusal = format!("Duplicate custom_id found: {}", wire(&scene, 0, 0));
    scene.answer("POST r0", &Answer::refused(400, "invalid_request_error", &refusal));
    let Some(Err(error)) = &scene.end else { panic!("{:?}", scene.end) };
    assert!(error.message().contains(&format!("Duplicate custom_id found: {}", own(0))), "{error}");
}

#[test]
fn every_part_of_every_round_has_ids_of_its_own() {
    let mut scene = scene(2, 2);
    scene.create("b1", "r0 r1");
    let lines = [errored(&wire(&scene, 0, 0), "overloaded_error"), succeeded(&wire(&scene, 0, 1))];
    scene.finish("b1", &lines);
    scene.create("b2", "r0");
    assert_ne!(wire(&scene, 1, 0), wire(&scene, 0, 0));
    // What the first round called it is not what it is called now.
    let stale = rows(&scene, 0, &[0]);
    scene.finish("b2", &stale);
    assert!(scene.end.is_none());
    scene.wait();
    let lines = rows(&scene, 1, &[0]);
    scene.results("b2", &lines);
    scene.assert_done();
    assert_eq!(scene.handed_out(), [(0, "succeeded".to_owned()), (1, "succeeded".to_owned())]);
}

#[test]
fn a_job_taken_up_again_goes_on_with_the_same_ids() {
    let mut scene = scene(2, 1);
    scene.create("b1", "r0");
    let before = wire(&scene, 0, 0);
    let mut scene = scene.restart(|options| options.seed = 99);
    assert_eq!(wire(&scene, 0, 0), before);
    scene.create("b2", "r1");
    for (part, batch) in [(0, "b1"), (1, "b2")] {
        let lines = rows(&scene, part, &[part]);
        scene.finish(batch, &lines);
    }
    scene.assert_done();
}

#[test]
fn two_jobs_make_different_ids() {
    let of = |seed| Machine::new(made_plan(1, 1), Options { seed, ..options(1) }).id_prefix(0).unwrap();
    assert_ne!(of(1), of(2));
    assert_eq!(Machine::new(plan(1, 1), options(1)).id_prefix(0), None);
}

#[test]
fn a_job_is_not_taken_up_again_with_other_ids_than_it_was_begun_with() {
    for (begun, resumed) in [(made_plan(1, 1), plan(1, 1)), (plan(1, 1), made_plan(1, 1))] {
        let mut saved = Machine::new(begun, options(1)).snapshot();
        saved.digest = resumed.digest.to_string();
        let error = Machine::restore(resumed, options(1), saved, Millis::new(BEGIN)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Option, "{error}");
    }
    let plan = made_plan(1, 1);
    let mut saved = Machine::new(Arc::clone(&plan), options(1)).snapshot();
    saved.nonce = Some("-".to_owned());
    assert_eq!(
        Machine::restore(plan, options(1), saved, Millis::new(BEGIN)).unwrap_err().code(),
        ErrorCode::Snapshot
    );
}

#[test]
fn the_first_line_proves_an_adopted_batch_ours() {
    let mut scene = adopted(50);
    let lines = rows(&scene, 0, &(0..50).collect::<Vec<_>>());
    chunk(&mut scene, &lines[..1]);
    // What has come so far is let go; nothing was handed out; it is read from its beginning.
    assert!(scene.rows.is_empty() && !scene.machine.parts()[0].is_tentative());
    assert_eq!(scene.calls(), ["GET /b1/results"]);
    scene.results("b1", &lines);
    scene.assert_done();
}

#[test]
fn a_few_lines_prove_an_adopted_batch_somebody_elses() {
    let mut scene = adopted(50);
    chunk(&mut scene, &[succeeded("r0"), succeeded("r1")]);
    assert_eq!(scene.states(), ["harvesting"], "two strange lines prove nothing");
    chunk(&mut scene, &[succeeded("zzzzzz-0-0")]);
    assert_eq!((scene.states(), scene.calls()), (vec!["uncertain"], vec![LOOK.to_owned()]));
    assert!(scene.rows.is_empty() && scene.machine.report().unknown_ids.is_empty());
}

#[test]
fn strange_lines_before_ours_prove_nothing() {
    for requests in [1, 2, 50] {
        let mut scene = adopted(requests);
        let mut lines = vec![succeeded("strange"), "no result".to_owned(), succeeded("stranger")];
        lines.extend(rows(&scene, 0, &(0..requests).collect::<Vec<_>>()));
        chunk(&mut scene, &lines);
        assert!(!scene.machine.parts()[0].is_tentative());
        scene.results("b1", &lines);
        scene.assert_done();
        let strangers = scene.machine.report().unknown_ids.iter();
        assert!(strangers.eq(["strange", "stranger"]));
    }
}

#[test]
fn a_small_batch_of_somebody_elses_is_told_by_its_end() {
    let mut scene = adopted(2);
    scene.results("b1", &[succeeded("r0"), succeeded("r1")]);
    assert_eq!(scene.states(), ["uncertain"]);
}

#[test]
fn a_pilot_moves_parts_on_and_their_bodies_stay_within_the_limit() {
    // Ten parts and more behind the pilot: the tenth part's ids grow by a digit.
    let plan = made_plan(40, 4);
    let room = plan.parts[1].body_bytes;
    let options =
        PlanOptions { max_body_bytes: room, ids: Ids::Made, max_requests: 4, ..PlanOptions::default() };
    let mut intake = Intake::requests(options, Numbering::Lines);
    for n in 0..40 {
        let request = serde_json::json!({"custom_id": own(n % 10) + &"x".repeat(n as usize / 10), "params": {"model": "claude-haiku-4-5",
            "max_tokens": 16, "messages": [{"role": "user", "content": "!"}]}});
        intake.push(format!("{request}\n").as_bytes());
    }
    let plan = Arc::new(intake.finish().unwrap());
    let machine = Machine::new(plan, Options { pilot: Some(1), ..Options::new(options) });
    assert!(machine.parts().len() > 11);
    assert!(machine.parts().iter().all(|part| part.body_bytes <= room));
    let all: Vec<u32> =
        machine.parts().iter().flat_map(|part| part.requests.iter().collect::<Vec<_>>()).collect();
    assert!(all.into_iter().eq(0..40));
}
