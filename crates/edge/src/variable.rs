//! Spin variables, fetched once per instance.

use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    /// Variables do not change while a component runs.
    static KNOWN: RefCell<HashMap<String, Option<String>>> = RefCell::default();
}

/// A variable; `None` where it is empty or undefined. A provider that fails is
/// asked again next time.
pub async fn variable(name: &str) -> Option<String> {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(name).cloned()) {
        return known;
    }
    use spin_sdk::variables::Error;
    let value = match spin_sdk::variables::get(name).await {
        Ok(value) => Some(value).filter(|value| !value.is_empty()),
        Err(Error::Undefined(_)) => None,
        Err(_) => return None,
    };
    KNOWN.with_borrow_mut(|known| known.insert(name.to_owned(), value.clone()));
    value
}
