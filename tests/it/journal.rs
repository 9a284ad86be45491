//! The keeper of a journal against a store in memory: crashes, torn records, failing operations, two owners.

mod damage;
mod looking;
mod mending;
mod reading;
pub(crate) mod store;

use batchwise::error::ErrorCode;
use batchwise::journal::{Goal, Keeper, MAX_VALUE, Setup, StoreOp, is_job_name};
use batchwise::time::{Millis, Wait};

use store::Store;

const LEASE: u64 = 60_000;

fn keeper(owner: &str, goal: Goal) -> Keeper {
    let (job, owner) = ("j".to_owned(), owner.to_owned());
    Keeper::new(Setup { job, owner, lease: Wait::millis(LEASE), fenced: true, alone: false, goal })
}

/// Performs what the keeper asks for, at most `most` operations; answers how many there were. Pauses pass at once.
fn drive(keeper: &mut Keeper, store: &mut Store, mut now: u64, most: u32) -> u32 {
    let mut ops = 0;
    while ops < most {
        now += keeper.pause(Millis::new(now)).map_or(0, Wait::get);
        let Some((id, op)) = keeper.poll(Millis::new(now)) else { break };
        assert!(value_of(&op).is_none_or(|value| value.len() <= MAX_VALUE), "{op:?}");
        let stored = store.perform(&op);
        keeper.stored(Millis::new(now), id, stored);
        ops += 1;
    }
    ops
}

fn value_of(op: &StoreOp) -> Option<&str> {
    match op {
        StoreOp::Set { value, .. } => Some(value),
        StoreOp::Swap { next, .. } => Some(next),
        _ => None,
    }
}

fn open(owner: &str, goal: Goal, store: &mut Store, now: u64) -> Keeper {
    let mut keeper = keeper(owner, goal);
    drive(&mut keeper, store, now, 100);
    keeper
}

fn one(name: &str, text: impl Into<String>) -> Vec<(String, String)> {
    vec![(name.to_owned(), text.into())]
}

fn code(keeper: &Keeper) -> ErrorCode {
    keeper.failure().unwrap_or_else(|| panic!("no failure: {keeper:?}")).code()
}

#[test]
fn what_was_appended_is_there_for_the_next_owner() {
    let mut store = Store::default();
    let mut first = open("a", Goal::Create, &mut store, 1000);
    assert!(first.is_open() && first.sections().count() == 0);
    first.append(vec![("x".to_owned(), "1".to_owned()), ("y".to_owned(), "[2]".to_owned())]);
    first.append(one("x", "3"));
    assert!(!first.is_settled());
    drive(&mut first, &mut store, 2000, 100);
    assert!(first.is_settled());
    first.leave();
    drive(&mut first, &mut store, 3000, 100);
    assert!(first.is_over() && first.failure().is_none());
    let again = open("b", Goal::Resume, &mut store, 3001);
    assert!(again.sections().eq([("x", "3"), ("y", "[2]")]));
    assert_eq!(again.predecessor(), None);
}

#[test]
fn a_job_that_somebody_holds_is_refused_with_his_name_until_his_lease_is_over() {
    let mut store = Store::default();
    let mut first = open("a", Goal::Create, &mut store, 1000);
    first.append(one("x", "1"));
    drive(&mut first, &mut store, 1000, 100);
    for goal in [Goal::Create, Goal::Resume] {
        let second = open("b", goal, &mut store, 1000 + LEASE - 1);
        let holder = second.failure().unwrap().holder().unwrap().clone();
        assert_eq!((code(&second), holder.owner.as_str()), (ErrorCode::StoreConflict, "a"));
        assert_eq!(holder.until, Millis::new(1000 + LEASE));
    }
    let second = open("b", Goal::Resume, &mut store, 1000 + LEASE);
    assert!(second.is_open() && second.predecessor() == Some(Wait::millis(LEASE)));
}

#[test]
fn an_owner_who_renews_keeps_the_job() {
    let mut store = Store::default();
    let mut first = open("a", Goal::Create, &mut store, 0);
    first.append(one("x", "1"));
    drive(&mut first, &mut store, 0, 100);
    for _ in 0..10 {
        let now = first.wake().get();
        assert_eq!(drive(&mut first, &mut store, now, 100), 1);
        assert!(first.is_held(Millis::new(now + LEASE - 1)));
        assert_eq!(code(&open("b", Goal::Resume, &mut store, now + 1)), ErrorCode::StoreConflict);
    }
}

#[test]
fn an_owner_whose_job_was_taken_over_appends_nothing_more() {
    let mut store = Store::default();
    let mut first = open("a", Goal::Create, &mut store, 0);
    first.append(one("x", "1"));
    drive(&mut first, &mut store, 0, 100);
    let mut second = open("b", Goal::Resume, &mut store, LEASE);
    second.append(one("x", "2"));
    drive(&mut second, &mut store, LEASE, 100);
    let before = store.values.clone();
    first.append(one("x", "3"));
    drive(&mut first, &mut store, LEASE, 100);
    assert_eq!((code(&first), &store.values), (ErrorCode::StoreConflict, &before));
    assert!(first.poll(Millis::new(10 * LEASE)).is_none());
    // And one who only wants to renew learns of it as well.
    let mut third = open("c", Goal::Resume, &mut store, 3 * LEASE);
    drive(&mut second, &mut store, 3 * LEASE, 100);
    assert_eq!(code(&second), ErrorCode::StoreConflict);
    assert_eq!(second.failure().unwrap().holder().unwrap().owner, "c");
    third.append(one("x", "4"));
    drive(&mut third, &mut store, 3 * LEASE, 100);
    assert!(third.is_settled());
}

#[test]
fn an_owner_who_knows_that_he_is_alone_waits_for_no_lease() {
    let mut store = Store::default();
    let mut old = open("a", Goal::Create, &mut store, 1000);
    old.append(one("x", "1"));
    drive(&mut old, &mut store, 1000, 9);
    let (job, owner) = ("j".to_owned(), "b".to_owned());
    let lease = Wait::millis(LEASE);
    let mut young = Keeper::new(Setup { job, owner, lease, fenced: true, alone: true, goal: Goal::Resume });
    drive(&mut young, &mut store, 1001, 100);
    assert!(young.is_open() && young.section("x") == Some("1"));
    // What he before us had sent may still arrive.
    assert_eq!(young.predecessor(), Some(Wait::millis(LEASE)));
    old.append(one("x", "2"));
    drive(&mut old, &mut store, 1001, 9);
    assert_eq!(code(&old), ErrorCode::StoreConflict);
}

#[test]
fn the_lease_of_an_owner_who_is_known_to_be_gone_is_not_waited_for() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    for (gone, want) in [("z", None), ("a", Some("1"))] {
        let mut next = keeper("b", Goal::Resume).after(vec![gone.to_owned()]);
        drive(&mut next, &mut store, 1, 100);
        assert_eq!(next.section("x"), want, "{gone}");
    }
}

#[test]
fn what_an_owner_wrote_just_before_he_lost_the_job_counts() {
    for step in 0..6 {
        let mut store = Store::default();
        let mut first = open_first(&mut store);
        let mut second = keeper("b", Goal::Resume);
        drive(&mut second, &mut store, LEASE, step);
        first.append(one("x", "2"));
        drive(&mut first, &mut store, LEASE, 1);
        drive(&mut second, &mut store, LEASE, 100);
        drive(&mut first, &mut store, LEASE, 100);
        if let Some(error) = second.failure() {
            // The slow one woke in time to renew.
            assert_eq!(error.code(), ErrorCode::StoreConflict, "step {step}");
            continue;
        }
        let counts = if first.failure().is_none() { "2" } else { "1" };
        assert_eq!(second.section("x"), Some(counts), "step {step}");
        assert!(second.is_open(), "step {step}");
    }
}

/// An owner at the place where the first one of a test stands.
fn open_first(store: &mut Store) -> Keeper {
    let mut first = open("a", Goal::Create, store, 0);
    first.append(one("x", "1"));
    drive(&mut first, store, 0, 100);
    first
}

#[test]
fn a_name_that_is_taken_is_refused_and_its_owner_not_disturbed() {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    // He sleeps: his lease has run out.
    let before = store.values.clone();
    let second = open("b", Goal::Create, &mut store, 9 * LEASE);
    assert_eq!((code(&second), &store.values), (ErrorCode::JobExists, &before));
    assert!(second.failure().unwrap().message().contains("resume it"));
    first.append(one("end", "{}"));
    drive(&mut first, &mut store, 9 * LEASE, 100);
    assert!(first.is_settled());
    let third = open("c", Goal::Create, &mut store, 90 * LEASE);
    assert!(third.failure().unwrap().message().contains("has ended"));
}

#[test]
fn a_job_that_is_not_there_cannot_be_resumed() {
    let mut store = Store::default();
    assert_eq!(code(&open("a", Goal::Resume, &mut store, 0)), ErrorCode::JobMissing);
    assert!(store.values.is_empty());
    // One that died before it said anything was never begun: it can be begun.
    drive(&mut keeper("a", Goal::Create), &mut store, 0, 4);
    assert_eq!(code(&open("b", Goal::Resume, &mut store, LEASE)), ErrorCode::JobMissing);
    assert!(open("c", Goal::Create, &mut store, LEASE).is_open());
}

#[test]
fn a_record_torn_at_any_byte_is_cut_off_and_written_over() {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    first.append(one("x", "2"));
    drive(&mut first, &mut store, 0, 100);
    let (key, whole) = store.values.iter().next_back().map(|(k, v)| (k.clone(), v.clone())).unwrap();
    assert!(key.ends_with("00000003"));
    for at in 0..whole.len() {
        let mut store = store.clone();
        store.values.insert(key.clone(), whole[..at].to_owned());
        let mut second = open("b", Goal::Resume, &mut store, LEASE);
        assert_eq!(second.section("x"), Some("1"), "cut at {at}");
        second.append(one("y", "5"));
        drive(&mut second, &mut store, LEASE, 100);
        let third = open("c", Goal::Resume, &mut store, 2 * LEASE);
        assert!(third.sections().eq([("x", "1"), ("y", "5")]), "cut at {at}");
    }
}

/// Appends until the log was written anew twice; each step may be the last.
fn long_life(store: &mut Store, most: u32) -> (u32, u32) {
    let mut keeper = keeper("a", Goal::Create);
    let mut ops = drive(&mut keeper, store, 0, most);
    let mut done = 0;
    for n in 0..120 {
        if ops >= most || keeper.failure().is_some() {
            break;
        }
        keeper.append(vec![
            ("n".to_owned(), n.to_string()),
            (format!("page.{}", n % 3), format!("\"{}{n}\"", "x".repeat(3000))),
        ]);
        ops += drive(&mut keeper, store, 0, most - ops);
        if keeper.is_settled() && keeper.failure().is_none() {
            done = n;
        }
    }
    (ops, done)
}

#[test]
fn a_log_that_is_written_anew_stays_small_and_loses_nothing_at_any_crash() {
    let mut store = Store::default();
    let (ops, _) = long_life(&mut store, u32::MAX);
    assert!(store.bytes() < 120_000, "{} bytes", store.bytes());
    assert!(store.values.keys().any(|key| key.contains(":log:5-1:")), "{:?}", store.values.keys());
    for most in 5..ops {
        let mut store = Store::default();
        let (_, done) = long_life(&mut store, most);
        let again = open("b", Goal::Resume, &mut store, LEASE);
        let Some(n) = again.section("n").and_then(|n| n.parse::<u32>().ok()) else {
            assert_eq!(done, 0, "after {most} operations: {again:?}");
            continue;
        };
        // What was under way when it died may have arrived.
        assert!((done..=done + 1).contains(&n), "after {most} operations: {n} instead of {done}");
        let page = again.section(&format!("page.{}", n % 3)).unwrap();
        assert!(page.ends_with(&format!("x{n}\"")), "{n} without its page");
    }
}

#[test]
fn a_store_that_fails_at_any_operation_stops_the_keeper_and_loses_nothing_that_was_settled() {
    let mut whole = Store::default();
    let (ops, _) = long_life(&mut whole, u32::MAX);
    for (n, really) in (0..ops).flat_map(|n| [(n, false), (n, true)]) {
        let mut store = Store { failing: [(n, really)].into(), ..Store::default() };
        let (_, done) = long_life(&mut store, u32::MAX);
        store.failing.clear();
        let again = open("b", Goal::Resume, &mut store, 2 * LEASE);
        match again.section("n").and_then(|n| n.parse::<u32>().ok()) {
            Some(n) => assert!((done..=done + 1).contains(&n), "{n} instead of {done}"),
            None => assert_eq!(done, 0, "operation {n}"),
        }
    }
}

#[test]
fn a_renewal_that_fails_is_tried_again_while_the_lease_lasts() {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    store.failing = [(store.ops, false), (store.ops + 1, false)].into();
    let (mut now, mut tries) = (0, 0);
    while tries < 3 {
        now = first.wake().get();
        tries += drive(&mut first, &mut store, now, 100);
    }
    assert!(first.failure().is_none() && first.is_held(Millis::new(now + LEASE - 1)));
    store.failing = (store.ops..store.ops + 100).map(|n| (n, false)).collect();
    for _ in 0..100 {
        now = now.max(first.wake().get().min(now + LEASE));
        drive(&mut first, &mut store, now, 1);
    }
    assert_eq!(code(&first), ErrorCode::Store);
}

#[test]
fn a_renewal_that_was_done_although_it_failed_is_no_other_owners() {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    store.failing = [(store.ops, true)].into();
    let mut now = first.wake().get();
    drive(&mut first, &mut store, now, 100);
    now = first.wake().get();
    first.append(one("x", "2"));
    drive(&mut first, &mut store, now, 100);
    assert!(first.failure().is_none() && first.is_settled(), "{:?}", first.failure());
    assert!(first.is_held(Millis::new(now + LEASE / 3)));
    // The same on leaving: the job is given back all the same.
    store.failing = [(store.ops, true)].into();
    now = first.wake().get();
    drive(&mut first, &mut store, now, 1);
    first.leave();
    drive(&mut first, &mut store, now, 100);
    assert!(first.is_over() && open("b", Goal::Resume, &mut store, now).predecessor().is_none());
}

#[test]
fn what_is_on_its_way_to_the_store_is_known_before_it_is_there() {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    first.append(one("x", "2"));
    // What comes back to what the store has is a change all the same: something else is on its way there.
    assert_eq!((first.section("x"), first.latest("x")), (Some("1"), Some("2")));
    first.append(one("x", "1"));
    assert_eq!(first.latest("x"), Some("1"));
    drive(&mut first, &mut store, 0, 100);
    assert_eq!((first.section("x"), first.latest("x")), (Some("1"), Some("1")));
    assert_eq!(open("b", Goal::Resume, &mut store, LEASE).section("x"), Some("1"));
}

#[test]
fn a_store_without_compare_and_swap_is_used_by_one_owner() {
    let mut store = Store::default();
    let unfenced = |owner: &str, goal| {
        let (job, owner, lease) = ("j".to_owned(), owner.to_owned(), Wait::millis(LEASE));
        Keeper::new(Setup { job, owner, lease, fenced: false, alone: false, goal })
    };
    let mut first = unfenced("a", Goal::Create);
    drive(&mut first, &mut store, 0, 100);
    first.append(one("x", "1"));
    drive(&mut first, &mut store, 0, 100);
    let mut early = unfenced("b", Goal::Resume);
    drive(&mut early, &mut store, 1, 100);
    assert_eq!(code(&early), ErrorCode::StoreConflict);
    let mut second = unfenced("b", Goal::Resume);
    drive(&mut second, &mut store, LEASE, 100);
    assert_eq!(second.section("x"), Some("1"));
}

#[test]
fn names_that_a_store_might_change_are_refused() {
    for good in ["a", "job-1", "2026.11.21_nightly", "6f1c9e9e-3c1b-4c34-9d4f-1f3c2b1a0000"] {
        assert!(is_job_name(good), "{good}");
    }
    for bad in ["", ".", "-a", "a b", "a/b", "a:b", "a?b", "ä", "a$", "a\\b", &"x".repeat(101)] {
        assert!(!is_job_name(bad), "{bad}");
    }
}
