use std::net::IpAddr;

/// The outbound destinations a component was granted, with Spin's meaning.
///
/// An entry is `scheme://host[:port]`. Each part may be `*`; a host may be
/// `*.domain` or a network such as `10.0.0.0/8`; a port may be a half-open range
/// such as `8000..8100`. Without a port, the scheme's own port is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// `None`: any.
    scheme: Option<String>,
    host: Host,
    port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// With its leading dot.
    Below(String),
    Name(String),
    Network(IpAddr, u8),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Any,
    One(u16),
    /// The end is not in it.
    Range(u16, u16),
}

impl AllowedHosts {
    /// Adds an entry.
    ///
    /// # Errors
    /// A text that says what is wrong with it.
    pub fn allow(&mut self, entry: &str) -> Result<(), String> {
        self.entries.push(Entry::parse(entry)?);
        Ok(())
    }

    /// Whether a request may go there. `port` is the one the URL names; without
    /// it the scheme's own port counts. `host` may have the brackets of IPv6.
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        self.any(scheme, host, port, |_| true)
    }

    /// Whether an entry allows it that names the host, its domain or its network.
    /// A private address that the manifest names is meant; one that only a star
    /// covers may be somebody's trick.
    pub fn names(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        self.any(scheme, host, port, |entry| entry.host != Host::Any)
    }

    fn any(
        &self,
        scheme: &str,
        host: &str,
        port: Option<u16>,
        counts: impl Fn(&Entry) -> bool,
    ) -> bool {
        let scheme = scheme.to_ascii_lowercase();
        let host = unbracketed(host).to_ascii_lowercase();
        let port = port.or_else(|| own_port(&scheme));
        self.entries.iter().any(|entry| {
            counts(entry)
                && entry.scheme.as_ref().is_none_or(|allowed| *allowed == scheme)
                && entry.host.matches(&host)
                && entry.port.matches(port)
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, String> {
        let form = "must be scheme://host[:port], with * where anything goes";
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(format!("{text:?} {form}"));
        };
        let scheme = scheme.to_ascii_lowercase();
        let any_scheme = scheme == "*";
        if !any_scheme && (scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphabetic())) {
            return Err(format!("{text:?}: the scheme {form}"));
        }
        let (host, port) = split_port(rest);
        let host = Host::parse(host).ok_or_else(|| format!("{text:?}: the host {form}"))?;
        let port = match port {
            Some(port) => Port::parse(port.trim_end_matches('/'))
                .ok_or_else(|| format!("{text:?}: the port is a number, a range or *; no path"))?,
            None => own_port(&scheme)
                .map(Port::One)
                .ok_or_else(|| format!("{text:?} needs a port: {scheme} has none of its own"))?,
        };
        Ok(Self { scheme: (!any_scheme).then_some(scheme), host, port })
    }
}

/// Splits at the last colon that is not inside an IPv6 address.
fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        // Spin means the application itself by these; no component of ours does.
        if text == "self" || text == "self.alt" {
            return None;
        }
        if let Some(network) = parse_network(text) {
            return Some(network);
        }
        let text = unbracketed(text.trim_end_matches('/')).to_ascii_lowercase();
        if let Some(domain) = text.strip_prefix("*.") {
            return is_name(domain).then(|| Self::Below(format!(".{domain}")));
        }
        if let Ok(address) = text.parse() {
            return Some(Self::Network(address, full_length(address)));
        }
        is_name(&text).then_some(Self::Name(text))
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Below(domain) => host.ends_with(domain.as_str()),
            Self::Name(name) => name == host,
            Self::Network(network, length) => {
                host.parse().is_ok_and(|address| in_network(address, *network, *length))
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == '.';
    !text.is_empty() && !text.starts_with('.') && text.chars().all(part)
}

fn parse_network(text: &str) -> Option<Host> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = unbracketed(address).parse().ok()?;
    let length: u8 = length.parse().ok()?;
    (length <= full_length(address)).then_some(Host::Network(address, length))
}

const fn full_length(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn in_network(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let bits = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(a.to_bits() ^ b.to_bits()) << 96,
        (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() ^ b.to_bits(),
        _ => return false,
    };
    bits.leading_zeros() >= u32::from(length)
}

impl Port {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        if let Some((start, end)) = text.split_once("..") {
            return Some(Self::Range(start.parse().ok()?, end.parse().ok()?));
        }
        text.parse().ok().map(Self::One)
    }

    fn matches(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Self::Any, _) => true,
            (_, None) => false,
            (Self::One(allowed), Some(port)) => *allowed == port,
            (Self::Range(start, end), Some(port)) => (*start..*end).contains(&port),
        }
    }
}

fn own_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "http" => 80,
        "https" => 443,
        "postgres" => 5432,
        "mysql" => 3306,
        "redis" => 6379,
        "mqtt" => 1883,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entry: &str) -> AllowedHosts {
        let mut hosts = AllowedHosts::default();
        hosts.allow(entry).unwrap();
        hosts
    }

    #[test]
    fn nothing_is_allowed_unless_it_is_listed() {
        assert!(!AllowedHosts::default().allows("http", "localhost", None));
    }

    #[test]
    fn stars_stand_for_any_host_and_any_port_of_their_scheme() {
        let hosts = allowed("https://*:*");
        assert!(hosts.allows("https", "example.com", None));
        assert!(hosts.allows("https", "10.0.0.1", Some(8443)));
        assert!(hosts.allows("https", "[::1]", Some(1)));
        assert!(!hosts.allows("http", "example.com", None));
        let hosts = allowed("*://localhost:*");
        assert!(hosts.allows("redis", "localhost", Some(1)));
        assert!(!hosts.allows("redis", "localhost.example.com", Some(1)));
    }

    #[test]
    fn a_missing_port_is_the_scheme_s_own() {
        let hosts = allowed("https://example.com");
        assert!(hosts.allows("https", "example.com", None));
        assert!(hosts.allows("https", "example.com", Some(443)));
        assert!(!hosts.allows("https", "example.com", Some(8443)));
        assert!(allowed("http://example.com:80").allows("http", "example.com", None));
    }

    #[test]
    fn a_subdomain_star_does_not_cover_the_domain_itself() {
        let hosts = allowed("http://*.example.com");
        assert!(hosts.allows("http", "a.example.com", None));
        assert!(hosts.allows("http", "a.b.example.com", None));
        assert!(!hosts.allows("http", "example.com", None));
        assert!(!hosts.allows("http", "badexample.com", None));
        assert!(allowed("http://*.spin.internal").allows("http", "webhooks.spin.internal", None));
    }

    #[test]
    fn what_only_a_star_covers_is_not_named() {
        let mut hosts = allowed("http://*:*");
        hosts.allow("http://127.0.0.1:8080").unwrap();
        assert!(hosts.names("http", "127.0.0.1", Some(8080)));
        assert!(!hosts.names("http", "127.0.0.1", Some(8081)));
        assert!(!hosts.names("http", "10.0.0.1", Some(8080)));
        assert!(hosts.allows("http", "10.0.0.1", Some(8080)));
    }

    #[test]
    fn host_names_are_compared_without_case() {
        assert!(allowed("HTTP://Example.com").allows("Http", "EXAMPLE.COM", None));
    }

    #[test]
    fn networks_and_port_ranges_are_understood() {
        let hosts = allowed("http://10.0.0.0/8:8000..8002");
        assert!(hosts.allows("http", "10.1.2.3", Some(8001)));
        assert!(!hosts.allows("http", "10.1.2.3", Some(8002)));
        assert!(!hosts.allows("http", "11.1.2.3", Some(8001)));
        assert!(!hosts.allows("http", "10.example.com", Some(8001)));
        assert!(allowed("http://[fd00::]/8:*").allows("http", "[fd12::1]", None));
        assert!(allowed("http://[::1]:80").allows("http", "[::1]", None));
        assert!(allowed("http://0.0.0.0/0").allows("http", "1.2.3.4", None));
    }

    #[test]
    fn entries_that_mean_nothing_are_refused() {
        for entry in [
            "",
            "*",
            "example.com",
            "http://",
            "libsql://example.com",
            "http://example.com/path",
            "http://example.com:80/path",
            "http://a.*.com",
            "http://*example.com",
            "http://example.com:http",
            "h2c-1://example.com:1",
            "http://self",
        ] {
            assert!(AllowedHosts::default().allow(entry).is_err(), "{entry}");
        }
    }
}
