use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use fjall::{Database, Keyspace, KeyspaceCreateOptions};

use crate::{
    CACHE_BYTES, Error, MAX_KEY_BYTES, MAX_LABEL_BYTES, MAX_VALUE_BYTES, MEMTABLE_BYTES,
    stripes::Stripes,
};

/// All stores of one folder.
pub struct KeyValue {
    database: Database,
    open: Mutex<HashMap<String, Store>>,
}

/// One store. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    keyspace: Keyspace,
    stripes: Stripes,
}

/// How a compare-and-swap ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The value was as expected, and is the new one now.
    Swapped,
    /// The value is another one: this. Nothing was changed.
    Changed(Option<Vec<u8>>),
}

impl KeyValue {
    /// Opens a folder, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Storage`]: it cannot be read or written, or another process has it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        // One worker: it only writes full memtables out and merges tables.
        let database =
            Database::builder(folder).cache_size(CACHE_BYTES).worker_threads(1).open()?;
        Ok(Self { database, open: Mutex::default() })
    }

    /// A store by its label, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::InvalidLabel`], [`Error::Storage`].
    pub fn store(&self, label: &str) -> Result<Store, Error> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if label.is_empty() || label.len() > MAX_LABEL_BYTES || !label.chars().all(allowed) {
            return Err(Error::InvalidLabel);
        }
        // All who use a store share its locks: there must never be two of it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(label) {
            return Ok(store.clone());
        }
        let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES);
        let inner = Inner {
            database: self.database.clone(),
            keyspace: self.database.keyspace(label, options)?,
            stripes: Stripes::new(),
        };
        let store = Store { inner: Arc::new(inner) };
        open.insert(label.to_owned(), store.clone());
        Ok(store)
    }
}

impl Store {
    /// The value of a key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`], [`Error::Storage`].
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        check_key(key)?;
        Ok(self.inner.keyspace.get(key)?.map(|value| value.to_vec()))
    }

    /// Sets a key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`], [`Error::ValueTooLarge`], [`Error::Storage`].
    pub fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        check_key(key)?;
        check_value(value)?;
        let _held = self.inner.stripes.lock(key);
        Ok(self.inner.keyspace.insert(key, value)?)
    }

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// [`Error::InvalidKey`], [`Error::Storage`].
    pub fn delete(&self, key: &str) -> Result<(), Error> {
        check_key(key)?;
        let _held = self.inner.stripes.lock(key);
        Ok(self.inner.keyspace.remove(key)?)
    }

    /// Whether a key is there.
    ///
    /// # Errors
    /// [`Error::InvalidKey`], [`Error::Storage`].
    pub fn exists(&self, key: &str) -> Result<bool, Error> {
        check_key(key)?;
        Ok(self.inner.keyspace.contains_key(key)?)
    }

    /// All keys, in order, as of one moment.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keys(&self) -> Result<Vec<String>, Error> {
        let mut keys = Vec::new();
        for entry in self.inner.keyspace.iter() {
            let key = entry.key()?;
            // Only text goes in, by the type of every method.
            keys.push(String::from_utf8_lossy(&key).into_owned());
        }
        Ok(keys)
    }

    /// The values of several keys, in their order.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Sets several keys: all or none.
    ///
    /// # Errors
    /// As [`Store::set`].
    pub fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), Error> {
        for (key, value) in entries {
            check_key(key)?;
            check_value(value)?;
        }
        let _held = self.inner.stripes.lock_all(entries.iter().map(|(key, _)| key.as_str()));
        let mut batch = self.inner.database.batch();
        for (key, value) in entries {
            batch.insert(&self.inner.keyspace, key.as_str(), value.as_slice());
        }
        Ok(batch.commit()?)
    }

    /// Removes several keys: all or none.
    ///
    /// # Errors
    /// As [`Store::delete`].
    pub fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        for key in keys {
            check_key(key)?;
        }
        let _held = self.inner.stripes.lock_all(keys.iter().map(String::as_str));
        let mut batch = self.inner.database.batch();
        for key in keys {
            batch.remove(&self.inner.keyspace, key.as_str());
        }
        Ok(batch.commit()?)
    }

    /// Adds to a counter, which is 0 where there is none, and answers its new
    /// value. Counters are 8 bytes, the lowest first, as in Spin's own store.
    ///
    /// # Errors
    /// [`Error::NotACounter`], [`Error::Overflow`], [`Error::InvalidKey`],
    /// [`Error::Storage`].
    pub fn increment(&self, key: &str, delta: i64) -> Result<i64, Error> {
        check_key(key)?;
        let _held = self.inner.stripes.lock(key);
        let current = match self.inner.keyspace.get(key)? {
            None => 0,
            Some(value) => {
                let bytes = <[u8; 8]>::try_from(&*value).map_err(|_| Error::NotACounter)?;
                i64::from_le_bytes(bytes)
            }
        };
        let sum = current.checked_add(delta).ok_or(Error::Overflow)?;
        self.inner.keyspace.insert(key, sum.to_le_bytes())?;
        Ok(sum)
    }

    /// Sets a key if its value is still the expected one; `None` stands for a key
    /// that is not there.
    ///
    /// # Errors
    /// As [`Store::set`].
    pub fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&[u8]>,
        value: &[u8],
    ) -> Result<Swap, Error> {
        check_key(key)?;
        check_value(value)?;
        let _held = self.inner.stripes.lock(key);
        let current = self.inner.keyspace.get(key)?;
        if current.as_deref() != expected {
            return Ok(Swap::Changed(current.map(|current| current.to_vec())));
        }
        self.inner.keyspace.insert(key, value)?;
        Ok(Swap::Swapped)
    }
}

fn check_key(key: &str) -> Result<(), Error> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES { Err(Error::InvalidKey) } else { Ok(()) }
}

fn check_value(value: &[u8]) -> Result<(), Error> {
    if value.len() > MAX_VALUE_BYTES { Err(Error::ValueTooLarge) } else { Ok(()) }
}
