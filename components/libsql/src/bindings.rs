//! Generated from WIT.
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

spin_sdk::wit_bindgen::generate!({
    path: "../../wit",
    world: "database-provider",
    runtime_path: "::spin_sdk::wit_bindgen::rt",
});

export!(Provider);

use crate::Provider;
