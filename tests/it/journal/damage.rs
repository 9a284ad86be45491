//! What is wrong with a journal, and what only looks so.

use batchwise::error::ErrorCode;
use batchwise::journal::Goal;

use super::store::Store;
use super::{LEASE, code, open, open_first};

#[test]
fn damage_in_the_middle_is_refused() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    let middle = "batchwise:j:log:1-1:00000001";
    let mut cut = store.clone();
    cut.values.get_mut(middle).unwrap().truncate(20);
    assert_eq!(code(&open("b", Goal::Resume, &mut cut, LEASE)), ErrorCode::StoreDamaged);
    store.values.remove(middle);
    assert_eq!(code(&open("b", Goal::Resume, &mut store, LEASE)), ErrorCode::StoreDamaged);
}

#[test]
fn a_journal_of_a_newer_version_is_refused() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    for key in ["batchwise:j:head", "batchwise:j:log:1-1:00000001", "batchwise:j:log:1-1:00000002"] {
        let mut newer = store.clone();
        let text = newer.values[key].replacen("bw1", "bw2", 1);
        newer.values.insert(key.to_owned(), text);
        let keeper = open("b", Goal::Resume, &mut newer, LEASE);
        assert_eq!(code(&keeper), ErrorCode::StoreNewer, "{key}");
        assert!(keeper.failure().unwrap().message().contains('2'));
    }
}

#[test]
fn a_record_that_a_list_of_keys_lacks_is_asked_for_by_name() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    store.unlisted = Some("batchwise:j:log:1-1:00000001".to_owned());
    let whole: Vec<_> = open("b", Goal::Resume, &mut store.clone(), LEASE).sections().map(own).collect();
    store.unlisted = None;
    assert!(!whole.is_empty());
    assert_eq!(whole, open("b", Goal::Resume, &mut store, LEASE).sections().map(own).collect::<Vec<_>>());
}

#[test]
fn a_journal_with_a_record_of_a_number_beyond_reason_is_refused_at_once() {
    let mut store = Store::default();
    drop(open_first(&mut store));
    store.values.insert("batchwise:j:log:1-1:99999999".to_owned(), String::new());
    let keeper = open("b", Goal::Resume, &mut store, LEASE);
    assert_eq!(code(&keeper), ErrorCode::StoreDamaged);
    assert!(keeper.failure().unwrap().message().contains("is gone"), "{:?}", keeper.failure());
}

fn own((name, text): (&str, &str)) -> (String, String) {
    (name.to_owned(), text.to_owned())
}
