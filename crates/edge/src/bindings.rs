//! Generated from WIT. Each interface in a module of its own: a component that
//! calls nothing of one does not import it.
#![allow(
    unsafe_code,
    missing_docs,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "generated code"
)]

/// What a component exports to the embedded host. Public for `component!`.
#[doc(hidden)]
pub mod direct {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit/direct",
        world: "served",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        pub_export_macro: true,
        export_macro_name: "export_direct",
        default_bindings_module: "meridian_edge::direct",
    });
    pub use exports::meridian::direct::handler::{Guest, Message};
}

pub(crate) mod database {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit",
        world: "database-client",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
    });
    pub(crate) use meridian::platform::database::*;
}

#[cfg(feature = "identity")]
pub(crate) mod identity {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit",
        world: "identity-client",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
    });
    pub(crate) use meridian::platform::identity::*;
}

#[cfg(feature = "availability")]
pub(crate) mod availability {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit",
        world: "availability-client",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
    });
    pub(crate) use meridian::platform::availability::*;
}
