//! A journal that is only looked at, whoever holds it.

use super::*;

/// Performs what the keeper asks for, which must change nothing.
fn read(keeper: &mut Keeper, store: &mut Store, now: u64, most: u32) {
    let before = store.values.clone();
    drive(keeper, store, now, most);
    assert_eq!(store.values, before, "a look has written");
}

fn look(store: &mut Store, now: u64) -> Keeper {
    let mut keeper = keeper("c", Goal::Look);
    read(&mut keeper, store, now, 100);
    assert!(keeper.is_over());
    keeper
}

#[test]
fn a_job_that_somebody_holds_can_be_looked_at_and_nothing_is_written() {
    let mut store = Store::default();
    assert_eq!(code(&look(&mut store, 0)), ErrorCode::JobMissing);
    let mut owner = open("a", Goal::Create, &mut store, 1000);
    owner.append(one("x", "1"));
    drive(&mut owner, &mut store, 1000, 100);
    let seen = look(&mut store, 1000 + LEASE - 1);
    assert_eq!((seen.failure(), seen.section("x")), (None, Some("1")));
    let holder = seen.holder(Millis::new(1000 + LEASE - 1)).unwrap();
    assert_eq!((holder.owner.as_str(), holder.until), ("a", Millis::new(1000 + LEASE)));
    assert_eq!(seen.holder(Millis::new(1000 + LEASE)), None);
    // He was not put out.
    owner.append(one("x", "2"));
    drive(&mut owner, &mut store, 2000, 100);
    assert!(owner.is_settled() && owner.failure().is_none());
    assert_eq!(look(&mut store, 2000).section("x"), Some("2"));
}

#[test]
fn a_log_that_is_written_anew_while_it_is_looked_at_is_read_again() {
    // However far the look has come when the log goes away under it.
    for steps in 0..40 {
        let mut store = Store::default();
        let mut owner = open("a", Goal::Create, &mut store, 0);
        let long = format!("\"{}\"", "x".repeat(9_000));
        for n in 0..9 {
            owner.append(vec![("long".to_owned(), long.clone()), ("n".to_owned(), n.to_string())]);
            drive(&mut owner, &mut store, 0, 100);
        }
        let mut seen = keeper("c", Goal::Look);
        read(&mut seen, &mut store, 0, steps);
        let generation = |store: &Store| store.values.keys().rfind(|key| key.contains(":log:")).cloned();
        let before = generation(&store);
        for n in 9..60 {
            owner.append(vec![("long".to_owned(), long.clone()), ("n".to_owned(), n.to_string())]);
            drive(&mut owner, &mut store, 0, 100);
        }
        assert!(owner.failure().is_none() && generation(&store) != before);
        read(&mut seen, &mut store, 0, 1000);
        assert!(seen.is_over() && seen.failure().is_none(), "{:?} after {steps} steps", seen.failure());
        let n: u32 = seen.section("n").unwrap().parse().unwrap();
        assert!(n >= 8, "{n} after {steps} steps");
    }
}

#[test]
fn a_job_behind_a_torn_head_can_be_looked_at() {
    let mut store = Store::default();
    let mut owner = open("a", Goal::Create, &mut store, 0);
    owner.append(one("x", "1"));
    drive(&mut owner, &mut store, 0, 100);
    store.values.get_mut("batchwise:j:head").unwrap().truncate(20);
    let seen = look(&mut store, 1);
    assert_eq!((seen.failure(), seen.section("x")), (None, Some("1")));
    assert_eq!(seen.holder(Millis::new(1)), None);
}
