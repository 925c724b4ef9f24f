//! `spin:variables`: the component's own variables, resolved when the manifest
//! was loaded.

use wasmtime::component::{Accessor, HasSelf};

use super::generated::spin::variables::variables::{Error, Host, HostWithStore};
use crate::runtime::Guest;

impl Host for Guest {}

impl<T: Send + 'static> HostWithStore<T> for HasSelf<Guest> {
    async fn get(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<String, Error>> {
        let value =
            accessor.with(|mut access| access.get().grants.component.variables.get(&name).cloned());
        if let Some(value) = value {
            return Ok(Ok(value));
        }
        if is_valid_name(&name) {
            Ok(Err(Error::Undefined(format!("no variable {name} was granted"))))
        } else {
            Ok(Err(Error::InvalidName(name)))
        }
    }
}

/// Spin's rule: lower case letters, digits and single underscores, a letter first.
fn is_valid_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
        && !name.contains("__")
        && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::is_valid_name;

    #[test]
    fn names_follow_the_rule_of_spin() {
        for good in ["a", "platform_secret", "x1"] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "A", "1x", "_x", "x_", "x__y", "x-y"] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }
}
