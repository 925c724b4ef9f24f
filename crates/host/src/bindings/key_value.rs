//! `spin:key-value`: the stores a component was granted.

use meridian_key_value as kv;
use wasmtime::component::{Accessor, FutureReader, HasSelf, Resource, StreamReader};

use super::generated::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::runtime::Guest;

/// An open store.
pub type Store = kv::Store;

impl Host for Guest {}

impl HostStore for Guest {
    fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl<T: Send + 'static> HostStoreWithStore<T> for HasSelf<Guest> {
    async fn open(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Store>, Error>> {
        accessor.with(|mut access| {
            let guest = access.get();
            if !guest.grants.has_key_value_store(&label) {
                return Ok(Err(Error::AccessDenied));
            }
            match guest.grants.shared.key_value.store(&label) {
                Ok(store) => Ok(Ok(guest.table.push(store)?)),
                Err(kv::Error::InvalidLabel) => Ok(Err(Error::NoSuchStore)),
                Err(error) => Ok(Err(Error::Other(error.to_string()))),
            }
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(opened(accessor, &store)?.get(&key).map_err(error))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(opened(accessor, &store)?.set(&key, &value).map_err(error))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(opened(accessor, &store)?.delete(&key).map_err(error))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        Ok(opened(accessor, &store)?.exists(&key).map_err(error))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let (keys, outcome) = match opened(accessor, &store)?.keys() {
            Ok(keys) => (keys, Ok(())),
            Err(failure) => (Vec::new(), Err(error(failure))),
        };
        accessor.with(|mut access| {
            let stream = StreamReader::new(&mut access, keys)?;
            let outcome = async { wasmtime::error::Ok(outcome) };
            Ok((stream, FutureReader::new(&mut access, outcome)?))
        })
    }
}

/// The store a handle stands for. Calls on it take microseconds, so they run
/// where they are made.
fn opened<T: Send + 'static>(
    accessor: &Accessor<T, HasSelf<Guest>>,
    store: &Resource<Store>,
) -> wasmtime::Result<Store> {
    accessor.with(|mut access| Ok(access.get().table.get(store)?.clone()))
}

fn error(error: kv::Error) -> Error {
    Error::Other(error.to_string())
}
