//! Snapshots: plain text that says enough, and is refused where it does not fit.

use super::*;

/// Something done to a saved job.
type Damage = fn(&mut serde_json::Value);

fn restore(plan: Arc<Plan>, text: &str) -> Result<Machine, Error> {
    let saved: Snapshot = serde_json::from_str(text).unwrap();
    Machine::restore(plan, options(100_000), saved, Millis::new(BEGIN))
}

fn saved(scene: &Scene) -> String {
    serde_json::to_string(&scene.machine.snapshot()).unwrap()
}

/// A job with a part in each of several states, and a row that waits for another round.
fn busy() -> Scene {
    let mut scene = Scene::new(5, 1);
    scene.create("b1", "r0");
    scene.create("b2", "r1");
    scene.create("b3", "r2");
    scene.finish("b1", &[errored("r0", "overloaded_error")]);
    while !scene.calls().contains(&"GET /b2".to_owned()) {
        scene.wait();
    }
    scene.answer("GET /b2", &Answer::ok(batch("b2", "ended", 1)));
    scene.answer("GET ?limit=20", &page(&[]));
    scene.lose("POST r3", MAYBE_SENT);
    assert_eq!(scene.states(), ["done", "harvesting", "processing", "uncertain", "planned"]);
    scene
}

#[test]
fn a_snapshot_holds_no_prompt_and_no_parameter() {
    let text = saved(&busy());
    for secret in ["a secret prompt", "claude-haiku-4-5", "max_tokens", "messages"] {
        assert!(!text.contains(secret), "{secret:?} in {text}");
    }
    assert!(text.contains("b1") && text.contains("b3"));
}

#[test]
fn a_snapshot_that_is_restored_and_saved_again_is_the_same() {
    let text = saved(&busy());
    let again = restore(plan(5, 1), &text).unwrap();
    let again: serde_json::Value = serde_json::to_value(again.snapshot()).unwrap();
    let mut before: serde_json::Value = serde_json::from_str(&text).unwrap();
    // A reading that was under way begins again.
    before["parts"][1]["state"] = "ended".into();
    assert_eq!(again, before);
}

#[test]
fn what_was_under_way_is_asked_about_and_never_sent_again() {
    let scene = busy();
    let mut again = scene.restart(|_| {});
    assert_eq!(again.states(), ["done", "harvesting", "processing", "uncertain", "planned"]);
    let mut calls = again.calls();
    calls.sort();
    assert_eq!(calls, ["GET /b2/results", "GET /b3", "GET ?limit=100"]);
    again.results("b2", &[succeeded("r1")]);
    again.answer("GET ?limit=100", &page(&[batch("b4", "in_progress", 1)]));
    again.create("b5", "r4");
    again.answer("GET /b3", &Answer::ok(batch("b3", "ended", 1)));
    again.results("b3", &[succeeded("r2")]);
    let lines = [succeeded("r3")];
    again.finish("b4", &lines);
    again.results("b4", &lines);
    again.finish("b5", &[succeeded("r4")]);
    again.create("b6", "r0");
    again.finish("b6", &[succeeded("r0")]);
    again.assert_done();
    let batches = ["b1", "b2", "b3", "b4", "b5", "b6"].map(str::to_owned);
    assert_eq!(again.machine.summary().batches, batches);
}

#[test]
fn a_create_that_was_on_its_way_is_searched_for() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &page(&[batch("old", "ended", 1)]));
    assert_eq!(scene.states(), ["sending"]);
    let mut again = scene.restart(|_| {});
    assert_eq!(again.calls(), ["GET ?limit=100"]);
    again.answer("GET ?limit=100", &page(&[batch("b1", "in_progress", 1), batch("old", "ended", 1)]));
    assert_eq!(again.machine.summary().batches, ["b1"]);
}

#[test]
fn a_job_that_is_over_stays_over() {
    let mut scene = Scene::new(2, 2);
    scene.create("b1", "r0 r1");
    scene.finish(
        "b1",
        &[
            succeeded("r0"),
            "damaged".to_owned(),
            succeeded("stray"),
            succeeded("r0"),
            ended_as("r1", "canceled"),
        ],
    );
    let again = scene.restart(|_| {});
    assert!(matches!(again.end, Some(Ok(()))) && again.rows.is_empty());
    let [before, after] =
        [&scene, &again].map(|scene| serde_json::to_value(scene.machine.summary()).unwrap());
    assert_eq!(before, after);
}

#[test]
fn a_snapshot_of_another_input_is_refused() {
    let text = saved(&busy());
    for other in [plan_of(5, 1, "another prompt"), plan(4, 1), plan(6, 1)] {
        assert_eq!(restore(other, &text).unwrap_err().code(), ErrorCode::InputChanged);
    }
    // How the input was cut is the job's own affair.
    assert!(restore(plan(5, 3), &text).is_ok());
}

#[test]
fn a_snapshot_of_a_newer_format_is_refused() {
    let text = saved(&busy()).replace(r#""version":2"#, r#""version":3"#);
    let error = restore(plan(5, 1), &text).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Snapshot);
    assert!(error.message().contains('3'), "{error}");
}

#[test]
fn a_snapshot_of_the_first_format_is_read() {
    let mut value: serde_json::Value = serde_json::from_str(&saved(&busy())).unwrap();
    let fields = value.as_object_mut().unwrap();
    fields.insert("version".to_owned(), 1.into());
    for later in ["stopped", "workspace", "organization"] {
        fields.remove(later);
    }
    let again = restore(plan(5, 1), &value.to_string()).unwrap();
    assert_eq!(again.parts().len(), 5);
}

#[test]
fn rows_that_were_not_taken_come_again_from_the_results_and_are_counted_once() {
    let mut scene = Scene::with(5, 5, |options| options.rounds = 2);
    scene.takes = false;
    scene.create("b1", "r0 r1 r2 r3 r4");
    let first =
        [succeeded("r0"), succeeded("r1"), errored("r2", "overloaded_error"), ended_as("r4", "canceled")];
    scene.finish("b1", &first);
    for _ in 0..2 {
        while scene.calls().is_empty() {
            scene.wait();
        }
        scene.results("b1", &first);
    }
    scene.create("b2", "r2");
    scene.finish("b2", &[succeeded("r2")]);
    scene.assert_done();
    scene.machine.handle(scene.now(), Input::Taken(&[1, 1, 77]));
    let mut again = scene.restart(|options| options.rounds = 2);
    // What the API never wrote needs no asking.
    assert_eq!(again.handed_out(), [(3, "missing".to_owned())]);
    assert_eq!(again.calls(), ["GET /b1/results"]);
    again.results("b1", &first);
    again.results("b2", &[succeeded("r2")]);
    let kinds = |scene: &Scene| scene.handed_out().into_iter().map(|(n, _)| n).collect::<Vec<_>>();
    assert_eq!((again.end.is_some(), kinds(&again)), (true, vec![0, 2, 3, 4]));
    let account = |scene: &Scene| serde_json::to_value(scene.machine.summary()).unwrap();
    assert_eq!(account(&again), account(&scene));
    let last = again.restart(|_| {});
    assert!(matches!(last.end, Some(Ok(()))) && last.rows.is_empty() && account(&last) == account(&scene));
}

#[test]
fn rows_that_were_not_taken_and_are_gone_become_missing() {
    let mut scene = Scene::new(2, 2);
    scene.takes = false;
    scene.create("b1", "r0 r1");
    scene.finish("b1", &[succeeded("r0"), succeeded("r1")]);
    let mut again = scene.restart(|_| {});
    for _ in 0..3 {
        while again.calls().is_empty() {
            again.wait();
        }
        again.answer("GET /b1/results", &Answer::refused(404, "not_found_error", "gone"));
    }
    again.assert_done();
    let outcomes = again.machine.report().outcomes;
    assert_eq!((outcomes.missing, outcomes.succeeded), (2, 0));
}

#[test]
fn a_snapshot_of_an_older_minor_format_is_read() {
    let mut value: serde_json::Value = serde_json::from_str(&saved(&busy())).unwrap();
    value["something_new"] = 1.into();
    assert!(restore(plan(5, 1), &value.to_string()).is_ok());
}

#[test]
fn a_damaged_snapshot_is_refused_before_anything_is_sent() {
    let text = saved(&busy());
    let damages: [(&str, Damage); 13] = [
        ("a letter of the ledger", |saved| saved["ledger"] = "h.?..".into()),
        ("a short ledger", |saved| saved["ledger"] = "h...".into()),
        ("a long ledger", |saved| saved["ledger"] = "h.....".into()),
        ("no parts", |saved| saved["parts"] = serde_json::json!([])),
        ("a part too few", |saved| drop(saved["parts"].as_array_mut().unwrap().pop())),
        ("a part twice", |saved| {
            let part = saved["parts"][4].clone();
            saved["parts"].as_array_mut().unwrap().push(part);
        }),
        ("a request that is not there", |saved| saved["parts"][4]["requests"] = serde_json::json!([[5, 1]])),
        ("more requests than there are", |saved| {
            saved["parts"][4]["requests"] = serde_json::json!([[4, 4_294_967_295u32], [0, 4_294_967_295u32]]);
        }),
        ("a part of nothing", |saved| saved["parts"][4]["requests"] = serde_json::json!([])),
        ("no batch", |saved| saved["parts"][2]["batch"] = serde_json::Value::Null),
        ("no mark", |saved| saved["parts"][3]["mark"] = serde_json::Value::Null),
        ("an id that is none", |saved| saved["parts"][2]["batch"]["id"] = "..".into()),
        ("a held row that is none", |saved| saved["held"][0][1] = "{}".into()),
    ];
    for (what, damage) in damages {
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        damage(&mut value);
        match restore(plan(5, 1), &value.to_string()) {
            Err(error) => assert_eq!(error.code(), ErrorCode::Snapshot, "{what}: {error}"),
            Ok(_) => panic!("{what} was not noticed"),
        }
    }
}

#[test]
fn a_job_that_is_taken_up_with_a_key_of_another_workspace_ends_before_anything_is_sent() {
    let from = |workspace: &str| {
        let mut answer = page(&[]);
        answer.headers.push(("anthropic-workspace-id", workspace.to_owned()));
        answer
    };
    let mut scene = Scene::new(2, 1);
    scene.answer("GET ?limit=20", &from("wrkspc_1"));
    scene.answer("POST r0", &Answer::ok(batch("b1", "in_progress", 1)));
    let mut again = scene.restart(|_| {});
    again.answer("GET ?limit=20", &from("wrkspc_2"));
    assert_eq!(again.failure(), ErrorCode::OtherWorkspace);
    let mut again = scene.restart(|_| {});
    again.answer("GET ?limit=20", &from("wrkspc_1"));
    assert!(again.calls().contains(&"POST r1".to_owned()), "{:?}", again.calls());
}
