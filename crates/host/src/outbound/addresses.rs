//! Which addresses are other people's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is on the public internet. Loopback, private, link-local,
/// unique-local, shared, multicast, documentation and reserved ranges are not,
/// also inside an IPv6 address that carries an IPv4 one
/// (IANA special-purpose address registries).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => {
            embedded_v4(address).map_or_else(|| is_public_v6(address), is_public_v4)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared between a provider and its customers.
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments, and the old 6to4 relays.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Benchmarks.
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = (0x2000..0x4000).contains(&first);
    let documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
    // Teredo and other protocol assignments.
    let protocol = first == 0x2001 && second < 0x0200;
    global && !documentation && !protocol
}

/// The IPv4 address inside an IPv6 one: mapped, compatible, NAT64 or 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [first, second, third, ..] = address.segments();
    let bytes = address.octets();
    let at = |start: usize| {
        let part = bytes.get(start..start + 4)?;
        <[u8; 4]>::try_from(part).ok().map(Ipv4Addr::from)
    };
    let nat64 = first == 0x64 && second == 0xff9b;
    let leading_zeros = address.segments().iter().take(6).all(|segment| *segment == 0);
    if let Some(mapped) = address.to_ipv4_mapped() {
        Some(mapped)
    } else if nat64 && third == 0 || leading_zeros && !address.is_loopback() {
        at(12)
    } else if first == 0x2002 {
        at(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn the_internet_is_public() {
        for address in
            ["1.1.1.1", "93.184.216.34", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_near_is_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
