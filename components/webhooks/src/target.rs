//! Where a webhook may point, as this deployment has it.

use meridian_domain::webhook::check_host;
use meridian_gateway::validate::{self, Violation};
use serde_json::Value;

/// What the platform itself uses, which may be a private address that the manifest names:
/// nobody's webhooks go there.
const OWN_SERVICES: [&str; 6] = [
    "database_read_url",
    "database_write_url",
    "database_job_url",
    "database_admin_url",
    "mail_url",
    "video_host",
];

/// Where a webhook may point.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    /// Whether private addresses are allowed: on a developer's machine.
    private_allowed: bool,
    /// Host and port of the platform's own services, in lower case.
    own: Vec<String>,
}

impl Targets {
    /// As this deployment has it.
    pub(crate) async fn load() -> Self {
        let private = meridian_edge::variable("webhook_private_targets").await;
        let private_allowed = private.as_deref() == Some("allow");
        let mut own = Vec::new();
        if !private_allowed {
            for name in OWN_SERVICES {
                let url = meridian_edge::variable(name).await.unwrap_or_default();
                own.extend(place(&url));
            }
        }
        Self { private_allowed, own }
    }

    /// Why a URL is refused.
    pub(crate) fn check(&self, url: &str) -> Result<(), String> {
        check_url(url, self.private_allowed)?;
        match place(url) {
            Some(place) if self.own.contains(&place) => {
                Err("must not point to a service of the platform itself".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Host and port of a URL.
fn place(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    let host = uri.host()?.trim_end_matches('.').to_ascii_lowercase();
    Some(format!("{host}:{}", uri.port_u16().unwrap_or(usual)))
}

fn check_url(url: &str, private_allowed: bool) -> Result<(), String> {
    let uri: http::Uri = url.parse().map_err(|_| "must be a URL address".to_owned())?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("must not contain credentials".to_owned());
    }
    check_host(uri.host().unwrap_or_default(), private_allowed).map_err(|error| error.to_string())
}

/// The rule for `subscriberUrl`.
pub(crate) fn subscriber_url(
    targets: &Targets,
) -> impl Fn(&Value) -> Result<String, Violation> + '_ {
    let is_url = validate::url();
    move |value| {
        let url = is_url(value)?;
        match targets.check(&url) {
            Ok(()) => Ok(url),
            Err(text) => Err(Violation::new("isWebhookTarget", text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_platform_itself_uses_is_nobodys_target() {
        let own = ["http://sqld.example.net:8080/x", "https://mail.example.net/send"];
        let own = own.into_iter().filter_map(place).collect();
        let targets = Targets { private_allowed: false, own };
        for url in [
            "http://SQLD.example.net:8080/",
            "https://mail.example.net/",
            "https://mail.example.net.:443/x",
        ] {
            assert!(targets.check(url).unwrap_err().contains("of the platform"), "{url}");
        }
        for url in
            ["http://sqld.example.net:8081/", "http://mail.example.net/", "https://example.org/"]
        {
            assert_eq!(targets.check(url), Ok(()), "{url}");
        }
    }

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
