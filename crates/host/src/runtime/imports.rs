//! What guests may import, and what they import beyond it.

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};

use super::Guest;
use crate::bindings;

/// WASI packages the host provides, with the versions that go together.
const WASI: [(&str, &str); 12] = [
    ("wasi:cli/", "0.2"),
    ("wasi:clocks/", "0.2"),
    ("wasi:filesystem/", "0.2"),
    ("wasi:io/", "0.2"),
    ("wasi:random/", "0.2"),
    ("wasi:sockets/", "0.2"),
    ("wasi:cli/", "0.3"),
    ("wasi:clocks/", "0.3"),
    ("wasi:filesystem/", "0.3"),
    ("wasi:random/", "0.3"),
    ("wasi:sockets/", "0.3"),
    ("wasi:http/", "0.3"),
];

/// All a guest may import.
pub fn linker(engine: &Engine, with_database: bool) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::add_to_linker(&mut linker, with_database)?;
    Ok(linker)
}

/// Every import of a component that the host does not provide.
pub fn unsatisfied(engine: &Engine, component: &Component, with_database: bool) -> Vec<String> {
    let kind = component.component_type();
    let imports = kind.imports(engine);
    imports
        .filter(|(_, item)| needs_implementation(engine, &item.ty))
        .map(|(name, _)| name.to_owned())
        .filter(|name| !is_provided(name, with_database))
        .collect()
}

/// Types alone need none. An interface of types alone is what a component keeps
/// importing that exports the interface itself.
fn needs_implementation(engine: &Engine, item: &ComponentItem) -> bool {
    match item {
        ComponentItem::Type(_) => false,
        ComponentItem::ComponentInstance(instance) => {
            instance.exports(engine).any(|(_, item)| needs_implementation(engine, &item.ty))
        }
        _ => true,
    }
}

fn is_provided(name: &str, with_database: bool) -> bool {
    if name == bindings::DATABASE {
        return with_database;
    }
    if bindings::PROVIDED.contains(&name) {
        return true;
    }
    let Some((interface, version)) = name.split_once('@') else { return false };
    let compatible = |minor: &str| {
        version.strip_prefix(minor).is_some_and(|rest| rest.starts_with('.') && !rest.contains('-'))
    };
    WASI.iter().any(|(package, minor)| interface.starts_with(package) && compatible(minor))
}

#[cfg(test)]
mod tests {
    use super::is_provided;

    #[test]
    fn wasi_of_both_kinds_is_provided_and_drafts_are_not() {
        for name in ["wasi:cli/environment@0.2.6", "wasi:http/client@0.3.0"] {
            assert!(is_provided(name, false), "{name}");
        }
        for name in [
            "wasi:http/types@0.3.0-rc-2026-03-15",
            "wasi:http/outgoing-handler@0.2.0",
            "wasi:cli/environment",
            "spin:sqlite/sqlite@3.1.0",
            "meridian:platform/identity@0.1.0",
        ] {
            assert!(!is_provided(name, true), "{name}");
        }
    }

    #[test]
    fn the_database_is_provided_only_where_it_is_the_hosts_own() {
        assert!(is_provided(crate::bindings::DATABASE, true));
        assert!(!is_provided(crate::bindings::DATABASE, false));
    }
}
