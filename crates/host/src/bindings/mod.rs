//! What a guest may import beyond WASI: Spin's key-value and variables,
//! `wasi:keyvalue`, and Meridian's database.

mod database;
mod key_value;
mod variables;
mod wasi_key_value;

use wasmtime::component::{HasSelf, Linker};

use crate::runtime::Guest;

/// Bindings generated from the WIT of Spin and of Meridian.
#[allow(missing_docs, reason = "generated")]
mod generated {
    wasmtime::component::bindgen!({
        path: ["../../wit", "wit/spin-key-value", "wit/spin-variables", "wit/wasi-keyvalue"],
        inline: "
            package meridian:host;
            world host {
                import meridian:platform/database@0.1.0;
                import spin:key-value/key-value@3.0.0;
                import spin:variables/variables@3.0.0;
                import wasi:keyvalue/store@0.2.0-draft2;
                import wasi:keyvalue/atomics@0.2.0-draft2;
                import wasi:keyvalue/batch@0.2.0-draft2;
            }
        ",
        imports: { default: trappable },
        with: {
            "spin:key-value/key-value.store": super::key_value::Store,
            "wasi:keyvalue/store.bucket": super::wasi_key_value::Bucket,
            "wasi:keyvalue/atomics.cas": super::wasi_key_value::Cas,
        },
    });
}

/// The interfaces of this module, by name and version: what a guest may import.
pub const PROVIDED: [&str; 5] = [
    "spin:key-value/key-value@3.0.0",
    "spin:variables/variables@3.0.0",
    "wasi:keyvalue/store@0.2.0-draft2",
    "wasi:keyvalue/atomics@0.2.0-draft2",
    "wasi:keyvalue/batch@0.2.0-draft2",
];

/// The database interface: provided where the databases are the host's own.
pub const DATABASE: &str = "meridian:platform/database@0.1.0";

/// Adds all of them; the database only where the host provides it.
pub fn add_to_linker(linker: &mut Linker<Guest>, with_database: bool) -> wasmtime::Result<()> {
    use generated::{meridian::platform, spin, wasi::keyvalue};
    spin::key_value::key_value::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    spin::variables::variables::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    keyvalue::store::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    keyvalue::atomics::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    keyvalue::batch::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    if with_database {
        platform::database::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    }
    Ok(())
}
