//! Where a client's pages may stand.

/// Schemes whose addresses run code or read files: nothing is ever sent there.
const NEVER: [&str; 6] = ["javascript", "data", "vbscript", "file", "blob", "about"];

/// Whether a text can be a redirect URI: absolute, with a host or, for apps, a scheme
/// of their own, and without a fragment.
pub fn is_redirect_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_word)
        && !NEVER.iter().any(|never| never.eq_ignore_ascii_case(scheme));
    let plain =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '#' | '\\' | '<' | '>' | '"');
    let has_host = !rest.is_empty() && !rest.starts_with(['/', '?']);
    named && has_host && rest.chars().all(plain)
}

/// Whether a request of that `Origin` comes from a page of a client with those
/// redirect URIs: scheme, host and port are the same.
pub fn may_come_from(origin: &str, redirect_uris: &[String]) -> bool {
    let Some(origin) = origin_of(origin) else { return false };
    redirect_uris.iter().any(|uri| origin_of(uri).as_ref() == Some(&origin))
}

/// Scheme, host and port of an address, in lower case, the scheme's own port left out.
fn origin_of(uri: &str) -> Option<(String, String)> {
    let (scheme, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    // Names and passwords are no part of an origin.
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let own_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let host = host.strip_suffix(own_port).unwrap_or(&host).to_owned();
    Some((scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_absolute_and_run_nothing() {
        for good in [
            "https://x.org/callback?a=b",
            "http://localhost:3000",
            "myapp://callback",
            "com.example.app://oauth",
        ] {
            assert!(is_redirect_uri(good), "{good}");
        }
        for bad in [
            "",
            "x.org",
            "/callback",
            "https://",
            "https:///path",
            "https://x.org/#token",
            "https://x.org/a b",
            "https://x.org/\\evil",
            "javascript://x.org/%0aalert(1)",
            "JavaScript://x.org",
            "data://x",
            "file://etc/passwd",
            "1app://x",
            "https://ex\u{430}mple.org",
        ] {
            assert!(!is_redirect_uri(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_less() {
        let uris = ["https://x.org/callback".to_owned(), "http://localhost:3000".to_owned()];
        for good in ["https://x.org", "https://X.org:443", "http://localhost:3000"] {
            assert!(may_come_from(good, &uris), "{good}");
        }
        for bad in [
            "null",
            "",
            "x.org",
            "http://x.org",
            "https://x.or",
            "https://x.org.evil.example",
            "https://evil.example/x.org",
            "https://x.org:8443",
            "https://x.org@evil.example",
            "http://localhost",
        ] {
            assert!(!may_come_from(bad, &uris), "{bad}");
        }
        assert!(!may_come_from("https://x.org", &[]));
    }
}
