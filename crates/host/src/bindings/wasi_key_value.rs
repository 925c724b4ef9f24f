//! `wasi:keyvalue`: the same stores, with atomics and batches. Calls take
//! microseconds, so they run where they are made.

use meridian_key_value as kv;
use wasmtime::component::Resource;

use super::generated::wasi::keyvalue::atomics::{CasError, Host as AtomicsHost, HostCas};
use super::generated::wasi::keyvalue::batch::Host as BatchHost;
use super::generated::wasi::keyvalue::store::{Error, Host, HostBucket, KeyResponse};
use crate::runtime::Guest;

/// An open store.
pub struct Bucket(kv::Store);

/// A compare-and-swap that was begun: the value as it was then.
pub struct Cas {
    store: kv::Store,
    key: String,
    seen: Option<Vec<u8>>,
}

/// How many keys one page of a list has.
const KEYS_PER_PAGE: usize = 1000;

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Guest {
    fn bucket(&self, bucket: &Resource<Bucket>) -> wasmtime::Result<&kv::Store> {
        Ok(&self.table.get(bucket)?.0)
    }
}

impl Host for Guest {
    fn open(&mut self, label: String) -> Answer<Resource<Bucket>> {
        if !self.grants.has_key_value_store(&label) {
            return Ok(Err(Error::AccessDenied));
        }
        match self.grants.shared.key_value.store(&label) {
            Ok(store) => Ok(Ok(self.table.push(Bucket(store))?)),
            Err(kv::Error::InvalidLabel) => Ok(Err(Error::NoSuchStore)),
            Err(failure) => Ok(Err(error(failure))),
        }
    }
}

impl HostBucket for Guest {
    fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(self.bucket(&bucket)?.get(&key).map_err(error))
    }

    fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(self.bucket(&bucket)?.set(&key, &value).map_err(error))
    }

    fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        Ok(self.bucket(&bucket)?.delete(&key).map_err(error))
    }

    fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        Ok(self.bucket(&bucket)?.exists(&key).map_err(error))
    }

    fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<String>,
    ) -> Answer<KeyResponse> {
        let keys = self.bucket(&bucket)?.keys();
        Ok(keys.map(|keys| page(keys, cursor.as_deref())).map_err(error))
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

/// One page of sorted keys; the cursor is the last key of the page before.
fn page(mut keys: Vec<String>, after: Option<&str>) -> KeyResponse {
    if let Some(after) = after {
        keys.retain(|key| key.as_str() > after);
    }
    let more = keys.len() > KEYS_PER_PAGE;
    keys.truncate(KEYS_PER_PAGE);
    let cursor = keys.last().filter(|_| more).cloned();
    KeyResponse { keys, cursor }
}

impl AtomicsHost for Guest {
    fn increment(&mut self, bucket: Resource<Bucket>, key: String, delta: i64) -> Answer<i64> {
        Ok(self.bucket(&bucket)?.increment(&key, delta).map_err(error))
    }

    fn swap(
        &mut self,
        cas: Resource<Cas>,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CasError>> {
        let Cas { store, key, seen } = self.table.delete(cas)?;
        match store.compare_and_swap(&key, seen.as_deref(), &value) {
            Ok(kv::Swap::Swapped) => Ok(Ok(())),
            Ok(kv::Swap::Changed(seen)) => {
                let cas = self.table.push(Cas { store, key, seen })?;
                Ok(Err(CasError::CasFailed(cas)))
            }
            Err(failure) => Ok(Err(CasError::StoreError(error(failure)))),
        }
    }
}

impl HostCas for Guest {
    fn new(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Resource<Cas>> {
        let store = self.bucket(&bucket)?.clone();
        match store.get(&key) {
            Ok(seen) => Ok(Ok(self.table.push(Cas { store, key, seen })?)),
            Err(failure) => Ok(Err(error(failure))),
        }
    }

    fn current(&mut self, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        Ok(Ok(self.table.get(&cas)?.seen.clone()))
    }

    fn drop(&mut self, cas: Resource<Cas>) -> wasmtime::Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}

impl BatchHost for Guest {
    fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        let values = self.bucket(&bucket)?.get_many(&keys);
        Ok(values.map(|values| keys.into_iter().zip(values).collect()).map_err(error))
    }

    fn set_many(
        &mut self,
        bucket: Resource<Bucket>,
        entries: Vec<(String, Vec<u8>)>,
    ) -> Answer<()> {
        Ok(self.bucket(&bucket)?.set_many(&entries).map_err(error))
    }

    fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        Ok(self.bucket(&bucket)?.delete_many(&keys).map_err(error))
    }
}

fn error(error: kv::Error) -> Error {
    Error::Other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{KEYS_PER_PAGE, page};

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let keys: Vec<String> = (0..KEYS_PER_PAGE * 2 + 5).map(|key| format!("{key:06}")).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = page(keys.clone(), cursor.as_deref());
            seen.extend(page.keys);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, keys);
    }
}
