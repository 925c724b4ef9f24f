//! Where a webhook may point. A name is judged by its text only: the host checks
//! the address it resolves to when it connects.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why a host is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetRefusal {
    /// No host at all.
    NoHost,
    /// A number that is no address as everybody writes it.
    OddAddress,
    /// A name that leads to a component of ours.
    Internal,
    /// A private, loopback or link-local address, or a name for one.
    Private,
}

impl fmt::Display for TargetRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHost => "must name a host",
            Self::OddAddress => "must write an IPv4 address as four decimal numbers up to 255",
            Self::Internal => "must not point to an internal service",
            Self::Private => "must not point to a private, loopback or link-local address",
        })
    }
}

/// Names that the runtime takes for components of the same application.
const INTERNAL_SUFFIXES: [&str; 2] = ["spin.internal", "alt"];

/// Names that never are on the public internet.
const PRIVATE_SUFFIXES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "lan"];

/// Judges the host of a URL: a name, an IPv4 address, or an IPv6 address in
/// brackets.
pub fn check_host(host: &str, private_allowed: bool) -> Result<(), TargetRefusal> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.is_empty() {
        return Err(TargetRefusal::NoHost);
    }
    if INTERNAL_SUFFIXES.iter().any(|suffix| is_below(&host, suffix)) {
        return Err(TargetRefusal::Internal);
    }
    let private = match read_address(&host)? {
        Some(address) => !is_public(address),
        None => {
            !host.contains('.') || PRIVATE_SUFFIXES.iter().any(|suffix| is_below(&host, suffix))
        }
    };
    if private && !private_allowed { Err(TargetRefusal::Private) } else { Ok(()) }
}

fn is_below(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The address, where the host is one. Other ways to write one (`2130706433`,
/// `0x7f.1`) are refused: resolvers disagree about them.
fn read_address(host: &str) -> Result<Option<IpAddr>, TargetRefusal> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or(inner);
        return inner.parse().map(|v6| Some(IpAddr::V6(v6))).map_err(|_| TargetRefusal::NoHost);
    }
    if let Ok(v4) = host.parse() {
        return Ok(Some(IpAddr::V4(v4)));
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if is_number { Err(TargetRefusal::OddAddress) } else { Ok(None) }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 240
        || shared
        || protocol
        || benchmark
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    !(address.is_unspecified()
        || address.is_loopback()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast())
}

/// The IPv4 address inside a mapped, NAT64 or 6to4 address.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Some(mapped);
    }
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_hosts_are_good() {
        for host in ["example.org", "hooks.example.co.uk.", "93.184.215.14", "[2606:2800::1]"] {
            assert_eq!(check_host(host, false), Ok(()), "{host}");
        }
    }

    #[test]
    fn private_hosts_are_refused_unless_they_are_allowed() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "app.localhost",
            "intranet",
            "printer.local",
            "metadata.google.internal",
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fd00::1]",
            "[fe80::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:7f00:1::]",
        ] {
            assert_eq!(check_host(host, false), Err(TargetRefusal::Private), "{host}");
            assert_eq!(check_host(host, true), Ok(()), "{host}");
        }
    }

    #[test]
    fn our_own_components_are_never_a_target() {
        for host in ["bookings.spin.internal", "self.alt", "SPIN.internal"] {
            assert_eq!(check_host(host, true), Err(TargetRefusal::Internal), "{host}");
        }
    }

    #[test]
    fn odd_ways_to_write_an_address_are_refused() {
        for host in ["2130706433", "0x7f000001", "127.1", "0x7f.1", "127.0.0.010", "1.2.3.256"] {
            assert_eq!(check_host(host, true), Err(TargetRefusal::OddAddress), "{host}");
        }
        for host in ["", ".", "[::g]"] {
            assert_eq!(check_host(host, true), Err(TargetRefusal::NoHost), "{host}");
        }
    }
}
