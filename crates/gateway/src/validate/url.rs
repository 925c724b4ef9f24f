//! URLs that can be asked for something.

use std::net::Ipv6Addr;

use serde_json::Value;

use super::Violation;

/// How long a URL may be.
const MAX_URL: usize = 2048;

/// How long the name of a host may be (RFC 1035, 2.3.4; without the dot at its end).
const MAX_HOST: usize = 253;

/// How long a part of it between dots may be (likewise).
const MAX_LABEL: usize = 63;

/// An absolute http or https URL of a host that there can be.
pub fn url() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let wrong = |but: &str| Violation::new("isUrl", format!("must be a URL address{but}"));
        let text = value.as_str().ok_or_else(|| wrong(""))?;
        if text.len() > MAX_URL {
            let text = format!("must be shorter than or equal to {MAX_URL} characters");
            return Err(Violation::new("maxLength", text));
        }
        if !text.is_ascii() {
            return Err(wrong(" in ASCII: other letters are percent-encoded, in a host as xn--"));
        }
        let uri: http::Uri = text.parse().map_err(|_| wrong(""))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(wrong(" that begins with https:// or http://"));
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| wrong(""))?;
        if !is_possible_host(host) {
            return Err(wrong(" whose host is a domain name or an IP address"));
        }
        if !has_possible_port(&uri, host) {
            return Err(wrong(" whose port is a number from 1 to 65535, or without one"));
        }
        Ok(text.to_owned())
    }
}

/// Whether a host is an IPv6 address in brackets, or has the form of a name, as an IPv4
/// address has. Underscores are no letters of host names, but there are some with them.
fn is_possible_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|text| text.parse::<Ipv6Addr>().is_ok());
    }
    // The root of all names may be said.
    let name = host.strip_suffix('.').unwrap_or(host);
    name.len() <= MAX_HOST && name.split('.').all(is_possible_label)
}

fn is_possible_label(label: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(is_letter)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether a URL names a port that there is, in plain digits, or none.
fn has_possible_port(uri: &http::Uri, host: &str) -> bool {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let place = authority.rsplit('@').next().unwrap_or_default();
    match place.strip_prefix(host).unwrap_or_default().strip_prefix(':') {
        None => true,
        // Who connects would not know what to make of a sign, or of zeros in front.
        Some(port) => {
            port.starts_with(|first: char| matches!(first, '1'..='9'))
                && port.parse::<u16>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judge(text: &str) -> Result<(), String> {
        url()(&json!(text)).map(|_| ()).map_err(|violation| violation.text)
    }

    #[test]
    fn hosts_and_ports_that_there_can_be_are_taken() {
        let long = format!("https://{}.example/", vec!["a".repeat(MAX_LABEL); 3].join("."));
        for text in [
            "https://example.org",
            "http://localhost:3000/hook?a=b",
            "https://example.org./",
            "https://under_score.example.org/",
            "https://xn--bcher-kva.example/",
            "http://127.0.0.1:65535/",
            "http://[::1]:8080/",
            "https://user:word@example.org:1/",
            "https://1a.example-shop.com/",
            &long,
        ] {
            assert_eq!(judge(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn hosts_that_there_cannot_be_are_refused() {
        let host = Err("must be a URL address whose host is a domain name or an IP address".into());
        let label = format!("https://{}.example/", "a".repeat(MAX_LABEL + 1));
        let name = format!("https://{}.example/", vec!["a".repeat(MAX_LABEL); 4].join("."));
        for text in [
            "https://a..b/",
            "https://.a.b/",
            "https://a.b../",
            "https://-a.example/",
            "https://a-.example/",
            "https://a!b.example/",
            "https://a*.example/",
            &label,
            &name,
        ] {
            assert_eq!(judge(text), host, "{text}");
        }
    }

    #[test]
    fn ports_that_there_cannot_be_are_refused() {
        let text = "must be a URL address whose port is a number from 1 to 65535, or without one";
        for port in ["", "0", "080", "+80", "-1", "65536", "99999999999", "8a"] {
            for host in ["example.org", "[::1]"] {
                let judged = judge(&format!("https://{host}:{port}/"));
                assert_eq!(judged, Err(text.into()), "{host} {port}");
            }
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["", "https://", "https://:1/", "https://a b.example/"] {
            assert_eq!(judge(text), Err("must be a URL address".into()), "{text}");
        }
        let scheme = "must be a URL address that begins with https:// or http://";
        for text in ["example.org", "/hook", "ftp://example.org/", "mailto:a@b.co"] {
            assert_eq!(judge(text).unwrap_err(), scheme, "{text}");
        }
        let ascii = judge("https://b\u{fc}cher.example/").unwrap_err();
        assert!(ascii.contains("xn--"), "{ascii}");
        let long = format!("https://example.org/{}", "a".repeat(MAX_URL));
        let text = format!("must be shorter than or equal to {MAX_URL} characters");
        assert_eq!(judge(&long), Err(text));
    }
}
