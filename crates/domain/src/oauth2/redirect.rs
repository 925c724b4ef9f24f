//! Which addresses an application may register (RFC 6749, 3.1.2; RFC 8252, 7 and 8).

/// How long an address may be, in bytes.
const MAX_LENGTH: usize = 2_048;

/// Schemes that browsers act upon themselves.
const NOT_FOR_APPLICATIONS: [&str; 12] = [
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "view-source",
    "ws",
    "wss",
    "ftp",
    "mailto",
    "tel",
];

/// Hosts that are the user's own machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What is wrong with an address; nothing: users may be sent there. https, http to the
/// user's own machine, or the scheme of an application that is installed there.
pub fn check_redirect_uri(address: &str) -> Result<(), &'static str> {
    if address.len() > MAX_LENGTH {
        return Err("must be at most 2048 bytes long");
    }
    if !address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
        return Err("must be an absolute URI in ASCII");
    }
    if address.contains('#') {
        return Err("must not have a fragment");
    }
    let (scheme, rest) = address.split_once(':').ok_or("must be an absolute URI")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let lower = scheme.to_ascii_lowercase();
    if !is_scheme || rest.is_empty() || NOT_FOR_APPLICATIONS.contains(&lower.as_str()) {
        return Err("must be an absolute URI with https, or the scheme of an application");
    }
    match lower.as_str() {
        "https" => host_of(rest).map(|_| ()),
        "http" if host_of(rest).is_ok_and(|host| LOOPBACK.contains(&host)) => Ok(()),
        "http" => Err("must use https, unless the host is localhost"),
        _ => Ok(()),
    }
}

/// The host, where there is one and nobody's name and password before it.
fn host_of(rest: &str) -> Result<&str, &'static str> {
    let rest = rest.strip_prefix("//").ok_or("must name a host")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("must not have a user name or a password");
    }
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if is_port(port) => host,
        _ => authority,
    };
    if host.is_empty() { Err("must name a host") } else { Ok(host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_applications_and_the_users_own_machine_are_fine() {
        for address in [
            "https://app.example/callback",
            "https://app.example:8443?x=1",
            "http://localhost:3000/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "com.example.app:/done",
            "myapp://done",
        ] {
            assert_eq!(check_redirect_uri(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn whatever_a_browser_would_act_upon_is_not() {
        for address in [
            "",
            "/callback",
            "app.example/callback",
            "http://app.example/cb",
            "http://localhost.evil.example/cb",
            "http://localhost@evil.example/cb",
            "https://user:pass@app.example/cb",
            "https://",
            "https:///cb",
            "https:app.example",
            "https://app.example/cb#x",
            "https://app.example/a b",
            "https://app.example\\@evil.example",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "myapp:",
            "1app://x",
            "https://аpp.example/",
        ] {
            assert!(check_redirect_uri(address).is_err(), "{address}");
        }
        assert!(check_redirect_uri(&format!("https://a.example/{}", "x".repeat(2_048))).is_err());
    }
}
