//! Network addresses, however they are written.

use core::net::{IpAddr, SocketAddr};

/// The IP address that a text gives, perhaps in brackets or with the port that some servers write
/// behind it. IPv4-mapped IPv6 addresses (`::ffff:192.0.2.1`) are converted to IPv4. `None` for anything
/// else, such as an address that was made anonymous.
pub fn ip_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_with_a_port_and_in_brackets() {
        for (texts, expected) in [
            (
                &[
                    "192.0.2.7",
                    " 192.0.2.7 ",
                    "192.0.2.7:80",
                    "::ffff:192.0.2.7",
                ][..],
                "192.0.2.7",
            ),
            (
                &["2001:DB8:0::1", "[2001:db8::1]", "[2001:db8::1]:443"],
                "2001:db8::1",
            ),
        ] {
            for text in texts {
                let found = ip_address(text).map(|address| address.to_string());
                assert_eq!(found.as_deref(), Some(expected), "{text}");
            }
        }
        for text in [
            "",
            "192.0.2.x",
            "192.000.002.007",
            "192.0.2.7:",
            "[192.0.2.7",
            "a.example:80",
        ] {
            assert_eq!(ip_address(text), None, "{text}");
        }
    }
}
