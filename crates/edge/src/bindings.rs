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
