//! Reads that fail: made again, a few times, a little later each time.

use batchwise::error::ErrorCode;
use batchwise::journal::{Goal, Keeper};
use batchwise::time::{Millis, Wait};

use super::store::Store;
use super::{LEASE, code, drive, keeper, one, open_first};

/// A store that holds a journal of a few records, and the operations that reading it takes.
fn written() -> (Store, u32) {
    let mut store = Store::default();
    let mut first = open_first(&mut store);
    for n in 0..5 {
        first.append(one("n", n.to_string()));
    }
    drive(&mut first, &mut store, 0, 100);
    // Taking it, and beginning an epoch, are no reads.
    let ops = drive(&mut keeper("b", Goal::Resume), &mut store.clone(), LEASE, 100) - 2;
    store.ops = 0;
    (store, ops)
}

fn resume(store: &mut Store) -> Keeper {
    let mut keeper = keeper("b", Goal::Resume);
    drive(&mut keeper, store, LEASE, 100);
    keeper
}

#[test]
fn a_read_that_fails_is_made_again_and_the_journal_opens_all_the_same() {
    let (store, reads) = written();
    assert!(reads > 7, "{reads}");
    // The head is read, then it is taken: the next operation is a write.
    for at in [0].into_iter().chain(2..=reads) {
        for failures in 1..=3 {
            let mut store = store.clone();
            store.failing = (at..at + failures).map(|n| (n, false)).collect();
            let keeper = resume(&mut store);
            assert_eq!(
                keeper.section("n"),
                Some("4"),
                "operation {at}, {failures} times: {:?}",
                keeper.failure()
            );
        }
        let mut store = store.clone();
        store.failing = (at..at + 4).map(|n| (n, false)).collect();
        assert_eq!(code(&resume(&mut store)), ErrorCode::Store, "operation {at}");
    }
}

#[test]
fn every_read_has_its_own_tries() {
    let (mut store, _) = written();
    // Of the head, of the list of keys, of the first record: nine failures in all.
    store.failing = [0, 1, 2, 5, 6, 7, 9, 10, 11].map(|n| (n, false)).into();
    let keeper = resume(&mut store);
    assert_eq!(keeper.section("n"), Some("4"), "{:?}", keeper.failure());
}

#[test]
fn the_pauses_between_tries_grow_and_no_clock_holds_them_up() {
    let (mut store, _) = written();
    store.failing = (0..4).map(|n| (n, false)).collect();
    let mut keeper = keeper("b", Goal::Resume);
    let mut now = LEASE;
    for pause in [250, 500, 1_000] {
        assert_eq!(drive_once(&mut keeper, &mut store, now), 1);
        assert_eq!(keeper.pause(Millis::new(now)), Some(Wait::millis(pause)));
        assert_eq!(keeper.wake(), Millis::new(now + pause));
        assert!(keeper.poll(Millis::new(now + pause - 1)).is_none());
        // A clock that was put back by hours.
        assert_eq!(keeper.pause(Millis::new(0)), None);
        now += pause;
    }
    assert_eq!(drive_once(&mut keeper, &mut store, now), 1);
    assert_eq!(
        (code(&keeper), keeper.pause(Millis::new(now)), keeper.wake()),
        (ErrorCode::Store, None, Millis::NEVER)
    );
}

fn drive_once(keeper: &mut Keeper, store: &mut Store, now: u64) -> u32 {
    let Some((id, op)) = keeper.poll(Millis::new(now)) else { return 0 };
    keeper.stored(Millis::new(now), id, store.perform(&op));
    1
}
