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
    scene.now -= HOUR;
    let since = scene.now;
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

/// A list as a server tells it `after` milliseconds after the beginning, by its own clock.
fn list_at(after: u64) -> Answer {
    let mut answer = page(&[]);
    let (minutes, seconds) = (after / MINUTE, after / SECOND % 60);
    answer.headers.push(("date", format!("Sat, 21 Nov 2026 00:{minutes:02}:{seconds:02} GMT")));
    answer
}

#[test]
fn a_clock_put_forward_during_a_search_does_not_shorten_it() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &list_at(0));
    scene.lose("POST r0", MAYBE_SENT);
    let (begin, mut looks) = (scene.now, 0);
    let mut ahead = 0;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            scene.wait();
            continue;
        }
        scene.answer("GET ?limit=100", &list_at(scene.now - begin - ahead));
        looks += 1;
        if looks == 2 {
            // Our clock leaps; the server's does not.
            ahead = HOUR;
            scene.now += ahead;
            scene.handle(Input::Tick);
        }
    }
    let waited = scene.now - begin - ahead;
    assert!((15 * MINUTE..17 * MINUTE).contains(&waited), "{waited} ms, {looks} looks");
}

#[test]
fn servers_whose_clocks_differ_do_not_shorten_a_search() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &list_at(0));
    scene.lose("POST r0", MAYBE_SENT);
    let begin = scene.now;
    let mut ahead = 0;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            scene.wait();
            continue;
        }
        scene.answer("GET ?limit=100", &list_at(scene.now - begin + ahead));
        // Every later answer comes from a server whose clock is minutes ahead of the first one's.
        ahead = 5 * MINUTE;
    }
    let waited = scene.now - begin;
    assert!((15 * MINUTE..17 * MINUTE).contains(&waited), "{waited} ms");
}

#[test]
fn a_clock_put_back_by_years_does_not_make_a_search_endless_where_the_server_tells_the_time() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &list_at(0));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer("GET ?limit=100", &list_at(0));
    scene.now = 0;
    let mut real = 0;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            let before = scene.now;
            scene.now += 5 * MINUTE;
            real += 5 * MINUTE;
            scene.handle(Input::Tick);
            if scene.calls().is_empty() {
                // The wait was set by the old clock; the host looks at it anew with every timer of its own.
                assert!(scene.now > before);
                scene.now = scene.until.get();
                scene.handle(Input::Tick);
            }
            continue;
        }
        scene.answer("GET ?limit=100", &list_at(real));
        assert!(real < HOUR);
    }
}

#[test]
fn a_server_whose_clock_stands_does_not_make_a_search_endless() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &list_at(0));
    scene.lose("POST r0", MAYBE_SENT);
    let begin = scene.now;
    while scene.calls() != ["GET ?limit=20"] {
        if scene.calls().is_empty() {
            scene.wait();
        } else {
            scene.answer("GET ?limit=100", &list_at(0));
        }
    }
    assert!((HOUR..2 * HOUR).contains(&(scene.now - begin)), "{}", scene.now - begin);
}

#[test]
fn a_mark_whose_answer_lay_unread_while_we_slept_hides_no_batch_made_after_it() {
    let mut scene = Scene::new(1, 1);
    scene.now += 46 * MINUTE;
    scene.answer("GET ?limit=20", &list_at(0));
    scene.lose("POST r0", MAYBE_SENT);
    scene.answer("GET ?limit=100", &page(&[batch_at(46 * MINUTE, "b1", "in_progress", 1)]));
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn a_create_that_is_always_ready_too_late_is_marked_anew_and_never_ends_the_job() {
    let mut scene = Scene::new(1, 1);
    for _ in 0..12 {
        scene.answer("GET ?limit=20", &page(&[]));
        scene.now += 6 * MINUTE;
        scene.late("POST r0");
        scene.wait();
    }
    scene.create("b1", "r0");
    assert_eq!(scene.states(), ["processing"]);
}

#[test]
fn a_create_leaves_soon_after_its_mark_or_not_at_all_and_whoever_takes_it_up_searches_as_far() {
    let mut scene = Scene::new(1, 1);
    scene.answer("GET ?limit=20", &list_at(0));
    assert!(scene.machine.may_send(Millis::new(scene.now + 5 * MINUTE), 0));
    assert!(!scene.machine.may_send(Millis::new(scene.now + 5 * MINUTE + 1), 0));
    let (plan, saved) = (Arc::clone(scene.machine.plan()), scene.machine.snapshot());
    let machine = Machine::restore(plan, options(1), saved, Millis::new(scene.now + HOUR)).unwrap();
    let mut again = Scene::of(machine, scene.now + HOUR);
    again.answer("GET ?limit=100", &page(&[batch_at(24 * MINUTE, "b1", "in_progress", 1)]));
    assert_eq!(again.states(), ["processing"]);
}
