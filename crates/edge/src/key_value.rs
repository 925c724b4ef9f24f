//! The key-value store `default`: caches and counters, never the only copy of
//! anything. A store that fails answers like an empty one.

use std::cell::OnceCell;
use std::rc::Rc;

use spin_sdk::experimental::wasi::keyvalue::{atomics, store as buckets};
use spin_sdk::key_value::Store;

const STORE: &str = "default";

/// How often a swap is tried while others change the same key.
const MAX_SWAPS: usize = 8;

thread_local! {
    /// Opened once per instance.
    static OPEN: OnceCell<Rc<Store>> = const { OnceCell::new() };
    /// The same store, as the interface with atomic operations sees it.
    static BUCKET: OnceCell<Rc<buckets::Bucket>> = const { OnceCell::new() };
}

async fn store() -> Option<Rc<Store>> {
    if let Some(store) = OPEN.with(|open| open.get().cloned()) {
        return Some(store);
    }
    let store = Rc::new(Store::open(STORE).await.ok()?);
    OPEN.with(|open| open.set(Rc::clone(&store)).ok());
    Some(store)
}

fn bucket() -> Option<Rc<buckets::Bucket>> {
    if let Some(bucket) = BUCKET.with(|open| open.get().cloned()) {
        return Some(bucket);
    }
    let bucket = Rc::new(buckets::open(STORE).ok()?);
    BUCKET.with(|open| open.set(Rc::clone(&bucket)).ok());
    Some(bucket)
}

/// The value of a key; `None` where there is none.
pub async fn get(key: &str) -> Option<Vec<u8>> {
    store().await?.get(key).await.ok()?
}

/// Sets a key; false where the store failed.
pub async fn set(key: &str, value: &[u8]) -> bool {
    match store().await {
        Some(store) => store.set(key, value).await.is_ok(),
        None => false,
    }
}

/// Removes a key; false where the store failed.
pub async fn delete(key: &str) -> bool {
    match store().await {
        Some(store) => store.delete(key).await.is_ok(),
        None => false,
    }
}

/// Adds to a counter, which begins at 0, and answers its new value; `None` where
/// the store failed.
pub async fn increment(key: &str, delta: i64) -> Option<i64> {
    let bucket = bucket()?;
    atomics::increment(&bucket, key, delta).ok()
}

/// Changes a value atomically. `change` is given what is there and answers what
/// shall be, or `None` to leave it; it may run several times where others change
/// the same key. Answers what is there in the end; `None` where the store failed
/// or others were always faster.
pub async fn compare_and_swap(
    key: &str,
    change: impl Fn(Option<&[u8]>) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let bucket = bucket()?;
    let mut handle = atomics::Cas::new(&bucket, key).ok()?;
    for _ in 0..MAX_SWAPS {
        let current = handle.current().ok()?;
        let Some(wanted) = change(current.as_deref()) else { return current };
        match atomics::swap(handle, &wanted) {
            Ok(()) => return Some(wanted),
            Err(atomics::CasError::CasFailed(newer)) => handle = newer,
            Err(atomics::CasError::StoreError(_)) => return None,
        }
    }
    None
}

/// The same for a counter, in whichever form the store keeps numbers.
pub async fn update_counter(key: &str, change: impl Fn(i64) -> Option<i64>) -> Option<i64> {
    let swapped = compare_and_swap(key, |stored| {
        let number = stored.map_or(0, read_counter);
        change(number).map(|wanted| write_counter(stored, wanted))
    });
    Some(swapped.await.as_deref().map_or(0, read_counter))
}

/// Spin's own stores keep counters as eight bytes, the lowest first; Redis keeps
/// decimal text. A text of eight digits is below 10^8, which is no counter with a
/// time in it, so the length tells them apart.
fn read_counter(bytes: &[u8]) -> i64 {
    match <[u8; 8]>::try_from(bytes) {
        Ok(bytes) => i64::from_le_bytes(bytes),
        Err(_) => std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or(0),
    }
}

/// In the form of what is there, so that the store can go on counting.
fn write_counter(stored: Option<&[u8]>, number: i64) -> Vec<u8> {
    match stored {
        Some(bytes) if bytes.len() != size_of::<i64>() => number.to_string().into_bytes(),
        _ => number.to_le_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_keeps_the_form_its_store_gave_it() {
        let binary = 7_i64.to_le_bytes();
        assert_eq!(read_counter(&binary), 7);
        assert_eq!(read_counter(&write_counter(Some(&binary), 1 << 50)), 1 << 50);
        assert_eq!(write_counter(Some(b"1"), 1_799_999_999_000_001), b"1799999999000001");
        assert_eq!(read_counter(b"1799999999000001"), 1_799_999_999_000_001);
        assert_eq!(read_counter(b""), 0);
    }
}
