//! A head that is torn: what it said is read from the log.

use batchwise::error::ErrorCode;
use batchwise::journal::{Goal, Keeper, Setup};
use batchwise::time::Wait;

use super::store::Store;
use super::{LEASE, code, drive, keeper, long_life, one, open, open_first};

const HEAD: &str = "batchwise:j:head";

fn opened(owner: &str, fenced: bool, store: &mut Store, now: u64) -> Keeper {
    let (job, owner, lease) = ("j".to_owned(), owner.to_owned(), Wait::millis(LEASE));
    let mut keeper = Keeper::new(Setup { job, owner, lease, fenced, alone: false, goal: Goal::Resume });
    drive(&mut keeper, store, now, 1_000);
    keeper
}

fn sections(keeper: &Keeper) -> Vec<(String, String)> {
    assert!(keeper.is_open(), "{:?}", keeper.failure());
    keeper.sections().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The store with its head cut off behind `at` bytes.
fn torn(store: &Store, at: usize) -> Store {
    let mut store = store.clone();
    store.values.get_mut(HEAD).unwrap().truncate(at);
    store
}

#[test]
fn a_head_torn_at_any_byte_is_mended_from_the_log_in_stores_of_both_kinds() {
    let mut store = Store::default();
    long_life(&mut store, u32::MAX);
    let whole = sections(&opened("b", true, &mut store.clone(), LEASE));
    for (at, fenced) in (0..store.values[HEAD].len()).flat_map(|at| [(at, true), (at, false)]) {
        let mut store = torn(&store, at);
        let mut second = opened("b", fenced, &mut store, 1);
        assert_eq!(sections(&second), whole, "cut at {at}");
        // Whoever held it may still be at work.
        assert_eq!(second.predecessor(), Some(Wait::millis(LEASE)), "cut at {at}");
        second.append(one("n", "777"));
        drive(&mut second, &mut store, 1, 1_000);
        let third = opened("c", fenced, &mut store, 1 + LEASE);
        assert_eq!(third.section("n"), Some("777"), "cut at {at}");
    }
}

#[test]
fn a_head_that_is_torn_wherever_its_owner_died_says_what_it_said() {
    let (ops, _) = long_life(&mut Store::default(), u32::MAX);
    for most in 2..ops {
        let mut store = Store::default();
        long_life(&mut store, most);
        let whole = opened("b", true, &mut store.clone(), LEASE);
        let length = store.values[HEAD].len();
        for at in [0, length / 2, length - 1] {
            let mended = opened("b", true, &mut torn(&store, at), LEASE);
            assert!(mended.sections().eq(whole.sections()), "after {most} operations, cut at {at}");
            assert_eq!(
                mended.failure().map(code_of),
                whole.failure().map(code_of),
                "after {most} operations"
            );
        }
    }
}

fn code_of(error: &batchwise::error::Error) -> ErrorCode {
    error.code()
}

#[test]
fn a_copy_that_nobody_switched_to_does_not_count_however_late_it_is() {
    let (ops, _) = long_life(&mut Store::default(), u32::MAX);
    let mut left_behind = 0;
    for most in 5..ops {
        let mut store = Store::default();
        long_life(&mut store, most);
        let mut second = keeper("b", Goal::Resume);
        while !second.is_open() && drive(&mut second, &mut store, LEASE, 1) > 0 {}
        if !second.is_open() {
            continue;
        }
        second.append(one("n", "777"));
        // The copy of the owner before has not been swept yet.
        drive(&mut second, &mut store, LEASE, 1);
        assert!(second.is_settled(), "after {most} operations");
        let generations: std::collections::BTreeSet<_> =
            store.values.keys().filter_map(|key| key.split(':').nth(3)).collect();
        left_behind += u32::from(generations.len() > 1);
        let third = opened("c", true, &mut torn(&store, 9), 2 * LEASE);
        assert_eq!(third.section("n"), Some("777"), "after {most} operations");
    }
    assert!(left_behind > 20, "{left_behind}");
}

#[test]
fn a_head_that_is_being_written_is_read_once_more() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    let mut half = torn(&store, 30);
    let mut second = keeper("b", Goal::Resume);
    drive(&mut second, &mut half, 1, 1);
    drive(&mut second, &mut store, 1, 100);
    assert_eq!(
        (code(&second), second.failure().unwrap().holder().unwrap().owner.as_str()),
        (ErrorCode::StoreConflict, "a")
    );
    // One that is never the same twice is nobody's to mend.
    let mut third = keeper("c", Goal::Resume);
    for at in 1..100 {
        drive(&mut third, &mut torn(&store, 1 + at % 30), LEASE, 1);
    }
    assert_eq!(code(&third), ErrorCode::StoreDamaged);
}

#[test]
fn a_job_whose_first_head_was_torn_was_never_begun() {
    let mut store = Store::default();
    drive(&mut keeper("a", Goal::Create), &mut store, 0, 2);
    assert_eq!(store.values.len(), 1);
    for at in 0..store.values[HEAD].len() {
        assert_eq!(code(&open("b", Goal::Resume, &mut torn(&store, at), 1)), ErrorCode::JobMissing);
        let mut store = torn(&store, at);
        let mut first = open("c", Goal::Create, &mut store, 1);
        first.append(one("x", "1"));
        drive(&mut first, &mut store, 1, 100);
        assert!(
            first.is_settled()
                && code(&open("d", Goal::Create, &mut store, LEASE + 1)) == ErrorCode::JobExists
        );
    }
}
