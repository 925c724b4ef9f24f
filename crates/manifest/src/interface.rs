//! Names of WIT interfaces, and what each of them lets a component do.

use std::fmt;

/// The interface a host with native databases provides itself.
pub(crate) const DATABASE: &str = "meridian:platform/database";

/// The words of `inherit_configuration`.
pub(crate) const CAPABILITIES: [&str; 7] = [
    "ai_models",
    "allowed_outbound_hosts",
    "environment",
    "files",
    "key_value_stores",
    "sqlite_databases",
    "variables",
];

/// A dependency's name: an interface, a whole package, or a plain name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InterfaceName {
    /// `namespace:package`, or the whole of a plain name.
    pub(crate) package: String,
    pub(crate) interface: Option<String>,
    pub(crate) version: Option<String>,
}

impl InterfaceName {
    /// `namespace:package[/interface][@version]` or `plain-name`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (rest, version) = match name.split_once('@') {
            Some((rest, version)) => (rest, Some(version)),
            None => (name, None),
        };
        let (package, interface) = match rest.split_once('/') {
            Some((package, interface)) => (package, Some(interface)),
            None => (rest, None),
        };
        let (namespace, package_name) = package.split_once(':').unwrap_or(("plain", package));
        let words = [Some(namespace), Some(package_name), interface];
        let plain_is_whole = package.contains(':') || (interface.is_none() && version.is_none());
        let valid = words.iter().flatten().all(|word| is_kebab(word))
            && version.is_none_or(|version| version.starts_with(|c: char| c.is_ascii_digit()))
            && plain_is_whole;
        valid.then(|| Self {
            package: package.to_owned(),
            interface: interface.map(str::to_owned),
            version: version.map(str::to_owned),
        })
    }

    /// Whether a dependency of this name satisfies that import. A name without
    /// interface or version stands for all of them.
    pub(crate) fn satisfies(&self, import: &str) -> bool {
        let Some(import) = Self::parse(import) else { return false };
        self.package == import.package
            && (self.interface.is_none() || self.interface == import.interface)
            && (self.version.is_none() || self.version == import.version)
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.package)?;
        if let Some(interface) = &self.interface {
            write!(f, "/{interface}")?;
        }
        if let Some(version) = &self.version {
            write!(f, "@{version}")?;
        }
        Ok(())
    }
}

/// Lower-case words joined by dashes: ids and the parts of interface names.
pub(crate) fn is_kebab(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Lower-case words joined by underscores: names of variables.
pub(crate) fn is_snake(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('_')
        && !text.contains("__")
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether the runtime itself offers interfaces of that name.
pub(crate) fn is_from_runtime(import: &str) -> bool {
    ["wasi:", "spin:", "fermyon:"].iter().any(|namespace| import.starts_with(namespace))
}

/// Whether that import is the database seam.
pub(crate) fn is_database(import: &str) -> bool {
    import.split('@').next() == Some(DATABASE)
}

/// The grant a component needs for an import. `None`: anybody may have it.
///
/// Spin would plug an adapter into a dependency that answers "denied" to each of
/// these. Environment and files are left out: the standard library imports them
/// everywhere, and empty ones harm nobody.
pub(crate) fn capability(import: &str) -> Option<&'static str> {
    const OUTBOUND: [&str; 9] = [
        "wasi:http/client",
        "wasi:http/outgoing-handler",
        "wasi:sockets/",
        "spin:mqtt/",
        "spin:redis/",
        "fermyon:spin/http",
        "fermyon:spin/mqtt",
        "fermyon:spin/redis",
        "wasi:messaging/",
    ];
    const STORES: [&str; 3] = ["spin:key-value/", "wasi:keyvalue/", "fermyon:spin/key-value"];
    const VARIABLES: [&str; 4] =
        ["spin:variables/", "wasi:config/", "fermyon:spin/variables", "fermyon:spin/config"];
    const SQL: [&str; 7] = [
        "spin:sqlite/",
        "spin:postgres/",
        "spin:mysql/",
        "spin:pg/",
        "fermyon:spin/sqlite",
        "fermyon:spin/postgres",
        "fermyon:spin/mysql",
    ];
    const MODELS: [&str; 2] = ["spin:llm/", "fermyon:spin/llm"];

    let any = |prefixes: &[&str]| prefixes.iter().any(|prefix| import.starts_with(prefix));
    if any(&OUTBOUND) {
        Some("allowed_outbound_hosts")
    } else if any(&STORES) {
        Some("key_value_stores")
    } else if any(&VARIABLES) {
        Some("variables")
    } else if any(&SQL) {
        Some("sqlite_databases")
    } else if any(&MODELS) {
        Some("ai_models")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_satisfies_the_imports_it_covers() {
        let satisfies = |name: &str, import| InterfaceName::parse(name).unwrap().satisfies(import);
        assert!(satisfies("a:b/c@0.1.0", "a:b/c@0.1.0"));
        assert!(satisfies("a:b/c", "a:b/c@0.1.0"));
        assert!(satisfies("a:b", "a:b/c@0.1.0"));
        assert!(satisfies("a:b@0.1.0", "a:b/c@0.1.0"));
        assert!(satisfies("plain", "plain"));
        assert!(!satisfies("a:b/c@0.1.0", "a:b/c"));
        assert!(!satisfies("a:b/c@0.1.0", "a:b/c@0.2.0"));
        assert!(!satisfies("a:b/c", "a:b/d"));
        assert!(!satisfies("a:b", "a:bb/c"));
        assert!(!satisfies("a:b", "plain"));
    }

    #[test]
    fn names_that_are_no_interfaces_are_refused() {
        for name in ["", "a:", ":b", "a:b/", "A:b", "a:b/c@", "plain/x", "plain@1.0.0", "a b"] {
            assert_eq!(InterfaceName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn every_capability_interface_asks_for_its_grant() {
        assert_eq!(capability("spin:key-value/key-value@3.0.0"), Some("key_value_stores"));
        assert_eq!(capability("wasi:keyvalue/atomics@0.2.0-draft2"), Some("key_value_stores"));
        assert_eq!(capability("spin:variables/variables@3.0.0"), Some("variables"));
        assert_eq!(capability("wasi:config/store@0.2.0-draft"), Some("variables"));
        assert_eq!(capability("wasi:http/client@0.3.0"), Some("allowed_outbound_hosts"));
        assert_eq!(capability("wasi:http/outgoing-handler@0.2.6"), Some("allowed_outbound_hosts"));
        assert_eq!(capability("wasi:sockets/tcp@0.2.6"), Some("allowed_outbound_hosts"));
        assert_eq!(capability("spin:sqlite/sqlite@3.1.0"), Some("sqlite_databases"));
        assert_eq!(capability("fermyon:spin/llm@2.0.0"), Some("ai_models"));
        for free in ["wasi:http/types@0.3.0", "wasi:cli/stderr@0.2.6", "wasi:random/random@0.2.6"] {
            assert_eq!(capability(free), None, "{free}");
        }
    }
}
