//! Where a webhook may point, as this deployment has it.

use meridian_domain::webhook::check_host;
use meridian_gateway::validate::{self, Violation};
use serde_json::Value;

/// Whether private addresses are allowed: on a developer's machine.
pub(crate) async fn private_allowed() -> bool {
    meridian_edge::variable("webhook_private_targets").await.as_deref() == Some("allow")
}

/// Why a URL is refused.
pub(crate) fn check_url(url: &str, private_allowed: bool) -> Result<(), String> {
    let uri: http::Uri = url.parse().map_err(|_| "must be a URL address".to_owned())?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("must not contain credentials".to_owned());
    }
    check_host(uri.host().unwrap_or_default(), private_allowed).map_err(|error| error.to_string())
}

/// The rule for `subscriberUrl`.
pub(crate) fn subscriber_url(
    private_allowed: bool,
) -> impl Fn(&Value) -> Result<String, Violation> {
    let is_url = validate::url();
    move |value| {
        let url = is_url(value)?;
        match check_url(&url, private_allowed) {
            Ok(()) => Ok(url),
            Err(text) => Err(Violation::new("isWebhookTarget", text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_with_credentials_or_private_hosts_are_refused() {
        assert_eq!(check_url("https://example.org:8443/hook?x=1", false), Ok(()));
        assert_eq!(check_url("http://localhost:4000/hook", true), Ok(()));
        for url in [
            "https://user:secret@example.org/",
            "https://user@example.org/",
            "http://localhost:4000/hook",
            "http://169.254.169.254/latest/meta-data",
        ] {
            assert!(check_url(url, false).is_err(), "{url}");
        }
        assert!(check_url("http://bookings.spin.internal/", true).is_err());
    }
}
