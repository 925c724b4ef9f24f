//! What a component may expect of its key-value stores.

#![cfg(test)]

use std::thread;

use meridian_key_value::{Error, KeyValue, MAX_KEY_BYTES, MAX_VALUE_BYTES, Store, Swap};
use tempfile::TempDir;

fn new() -> (TempDir, KeyValue, Store) {
    let folder = tempfile::tempdir().unwrap();
    let stores = KeyValue::open(folder.path()).unwrap();
    let store = stores.store("default").unwrap();
    (folder, stores, store)
}

fn entry(key: &str, value: &str) -> (String, Vec<u8>) {
    (key.to_owned(), value.as_bytes().to_vec())
}

#[test]
fn a_value_is_there_until_it_is_deleted() {
    let (_folder, _stores, store) = new();
    assert_eq!(store.get("a").unwrap(), None);
    store.set("a", b"1").unwrap();
    store.set("a", b"").unwrap();
    assert_eq!(store.get("a").unwrap(), Some(Vec::new()));
    assert!(store.exists("a").unwrap());
    store.delete("a").unwrap();
    store.delete("a").unwrap();
    assert!(!store.exists("a").unwrap());
}

#[test]
fn several_keys_are_read_set_and_deleted_at_once() {
    let (_folder, _stores, store) = new();
    store.set_many(&[entry("b", "2"), entry("a", "1"), entry("c", "3")]).unwrap();
    assert_eq!(store.keys().unwrap(), ["a", "b", "c"]);
    let keys = ["c", "x", "a"].map(str::to_owned);
    let values = store.get_many(&keys).unwrap();
    assert_eq!(values, [Some(b"3".to_vec()), None, Some(b"1".to_vec())]);
    store.delete_many(&keys).unwrap();
    assert_eq!(store.keys().unwrap(), ["b"]);
}

#[test]
fn nothing_of_a_batch_with_a_bad_entry_is_kept() {
    let (_folder, _stores, store) = new();
    let bad = (String::new(), Vec::new());
    assert!(matches!(store.set_many(&[entry("a", "1"), bad]), Err(Error::InvalidKey)));
    assert_eq!(store.keys().unwrap(), Vec::<String>::new());
}

#[test]
fn stores_do_not_see_each_other_and_one_label_is_one_store() {
    let (_folder, stores, store) = new();
    let other = stores.store("other").unwrap();
    store.set("a", b"1").unwrap();
    assert_eq!(other.get("a").unwrap(), None);
    assert_eq!(stores.store("default").unwrap().get("a").unwrap(), Some(b"1".to_vec()));
}

#[test]
fn keys_values_and_labels_beyond_their_limits_are_refused() {
    let (_folder, stores, store) = new();
    let longest = "k".repeat(MAX_KEY_BYTES);
    store.set(&longest, &vec![7; MAX_VALUE_BYTES]).unwrap();
    assert_eq!(store.get(&longest).unwrap().unwrap().len(), MAX_VALUE_BYTES);
    assert!(matches!(store.set(&"k".repeat(MAX_KEY_BYTES + 1), b""), Err(Error::InvalidKey)));
    assert!(matches!(store.get(""), Err(Error::InvalidKey)));
    let large = vec![0; MAX_VALUE_BYTES + 1];
    assert!(matches!(store.set("a", &large), Err(Error::ValueTooLarge)));
    assert!(matches!(store.compare_and_swap("a", None, &large), Err(Error::ValueTooLarge)));
    for label in ["", "A", "../x", "a b", &"l".repeat(65)] {
        assert!(matches!(stores.store(label), Err(Error::InvalidLabel)), "{label}");
    }
}

#[test]
fn a_counter_begins_at_zero_and_stays_in_range() {
    let (_folder, _stores, store) = new();
    assert_eq!(store.increment("n", 5).unwrap(), 5);
    assert_eq!(store.increment("n", -7).unwrap(), -2);
    assert_eq!(store.get("n").unwrap(), Some((-2_i64).to_le_bytes().to_vec()));
    assert_eq!(store.increment("n", i64::MAX).unwrap(), i64::MAX - 2);
    assert!(matches!(store.increment("n", 3), Err(Error::Overflow)));
    assert_eq!(store.increment("n", 0).unwrap(), i64::MAX - 2);
    store.set("text", b"five").unwrap();
    assert!(matches!(store.increment("text", 1), Err(Error::NotACounter)));
}

#[test]
fn a_swap_happens_only_while_the_value_is_the_expected_one() {
    let (_folder, _stores, store) = new();
    assert_eq!(store.compare_and_swap("a", None, b"1").unwrap(), Swap::Swapped);
    let changed = Swap::Changed(Some(b"1".to_vec()));
    assert_eq!(store.compare_and_swap("a", None, b"2").unwrap(), changed);
    assert_eq!(store.compare_and_swap("a", Some(b"0"), b"2").unwrap(), changed);
    assert_eq!(store.compare_and_swap("a", Some(b"1"), b"2").unwrap(), Swap::Swapped);
    assert_eq!(store.compare_and_swap("b", Some(b"1"), b"2").unwrap(), Swap::Changed(None));
    assert_eq!(store.get("a").unwrap(), Some(b"2".to_vec()));
}

#[test]
fn racing_increments_are_all_counted() {
    let (_folder, _stores, store) = new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for step in 0..500 {
                    store.increment("n", 1).unwrap();
                    store.increment(&format!("n{}", step % 7), 1).unwrap();
                }
            });
        }
    });
    assert_eq!(store.increment("n", 0).unwrap(), 4000);
    let others: i64 = (0..7).map(|n| store.increment(&format!("n{n}"), 0).unwrap()).sum();
    assert_eq!(others, 4000);
}

#[test]
fn of_racing_swaps_from_one_value_exactly_one_wins() {
    let (_folder, _stores, store) = new();
    for round in 0_u32..200 {
        let key = format!("k{round}");
        let wins: usize = thread::scope(|scope| {
            let racers: Vec<_> = (0_u8..4)
                .map(|racer| {
                    let (store, key) = (&store, &key);
                    scope.spawn(move || store.compare_and_swap(key, None, &[racer]).unwrap())
                })
                .collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap())
                .filter(|swap| *swap == Swap::Swapped)
                .count()
        });
        assert_eq!(wins, 1);
    }
}

#[test]
fn a_set_between_read_and_swap_is_never_lost() {
    let (_folder, _stores, store) = new();
    store.set("a", b"start").unwrap();
    let last = thread::scope(|scope| {
        let setter = scope.spawn(|| {
            for round in 0_u32..2000 {
                store.set("a", &round.to_le_bytes()).unwrap();
            }
        });
        // A swap that wins must have replaced what it read, so that once the
        // setter is done its last value, or a swap from it, is what is there.
        let mut last = None;
        while !setter.is_finished() {
            let current = store.get("a").unwrap();
            if store.compare_and_swap("a", current.as_deref(), b"swap").unwrap() == Swap::Swapped {
                last = current;
            }
        }
        last
    });
    let end = store.get("a").unwrap().unwrap();
    let final_set = 1999_u32.to_le_bytes().to_vec();
    assert!(end == final_set || (end == b"swap" && last.is_some()), "{end:?} {last:?}");
    if end == b"swap" {
        assert!(last == Some(final_set) || last == Some(b"swap".to_vec()));
    }
}

#[test]
fn everything_is_there_after_a_reopen() {
    let (folder, stores, store) = new();
    for n in 0..1000 {
        store.set(&format!("k{n:04}"), format!("v{n}").as_bytes()).unwrap();
    }
    store.increment("n", 41).unwrap();
    store.delete("k0500").unwrap();
    drop((stores, store));
    let store = KeyValue::open(folder.path()).unwrap().store("default").unwrap();
    assert_eq!(store.keys().unwrap().len(), 1000);
    assert_eq!(store.get("k0999").unwrap(), Some(b"v999".to_vec()));
    assert_eq!(store.get("k0500").unwrap(), None);
    assert_eq!(store.increment("n", 1).unwrap(), 42);
}

#[test]
fn a_second_opening_of_the_folder_is_refused() {
    let (folder, _stores, _store) = new();
    assert!(matches!(KeyValue::open(folder.path()), Err(Error::Storage(_))));
}

#[test]
fn more_than_fits_into_memory_is_kept_on_disk() {
    let (folder, stores, store) = new();
    let value = vec![9; 256 * 1024];
    for n in 0..100 {
        store.set(&format!("k{n}"), &value).unwrap();
    }
    drop((stores, store));
    let store = KeyValue::open(folder.path()).unwrap().store("default").unwrap();
    for n in 0..100 {
        assert_eq!(store.get(&format!("k{n}")).unwrap().as_ref(), Some(&value));
    }
}
