//! Where a page stands.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::Url;

/// What newsletters, networks and advertisements add to an address to count who follows it. It says
/// nothing of the page; everything else in a query may name one (`?p=12`).
const COUNTERS: [&str; 6] = ["utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid"];

/// Host, port, path and query of an address, the same for all ways of writing it: clients send the
/// same page with `http` and `https`, with and without a slash at its end, percent-encoded and not.
/// What stands behind `#` is a place within the page, unless it is a path itself.
pub fn place(address: &str) -> String {
    let Ok(url) = Url::parse(address.trim()) else {
        return address.trim().to_owned();
    };
    let mut place = url.host_str().unwrap_or_default().to_owned();
    if let Some(port) = url.port() {
        place.push_str(&format!(":{port}"));
    }
    let path: Cow<'_, str> = percent_decode_str(url.path()).decode_utf8_lossy();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        place.push('/');
        place.push_str(part);
    }
    let parts = url.query().unwrap_or_default().split('&');
    let is_counter = |part: &str| COUNTERS.iter().any(|counter| part.starts_with(counter));
    let mut separator = '?';
    for part in parts.filter(|part| !part.is_empty() && !is_counter(part)) {
        place.push(separator);
        place.push_str(part);
        separator = '&';
    }
    if let Some(route) = url.fragment().filter(|route| route.starts_with(['/', '!'])) {
        place.push('#');
        place.push_str(route);
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_of_writing_an_address_are_one_place() {
        let place_of_pairs = place("https://slowmiles.example/elf-paare-über-land/");
        assert_eq!(place_of_pairs, "slowmiles.example/elf-paare-über-land");
        for same in [
            "https://slowmiles.example/elf-paare-über-land",
            "http://slowmiles.example/elf-paare-über-land/",
            "https://slowmiles.example//elf-paare-über-land/",
            "https://SlowMiles.example:443/elf-paare-%C3%BCber-land/",
            "https://slowmiles.example/elf-paare-%c3%bcber-land/?",
            " https://slowmiles.example/elf-paare-über-land/#comments",
            "https://slowmiles.example/elf-paare-über-land/?utm_source=letter&utm_medium=mail&fbclid=x",
        ] {
            assert_eq!(place(same), place_of_pairs, "{same}");
        }
    }

    #[test]
    fn what_names_another_page_is_another_place() {
        let all = [
            "https://slowmiles.example/",
            "https://slowmiles.example/?p=12",
            "https://slowmiles.example/?p=13",
            "https://slowmiles.example/?p=13&page=2",
            "https://slowmiles.example/Pairs",
            "https://slowmiles.example/pairs",
            "https://slowmiles.example:8443/pairs",
            "https://www.slowmiles.example/pairs",
            "https://slowmiles.example/#/pairs",
            "https://slowmiles.example/#!pairs",
            "/pairs/",
        ];
        let places: std::collections::BTreeSet<String> = all.iter().map(|it| place(it)).collect();
        assert_eq!(places.len(), all.len());
        assert_eq!(
            place("https://slowmiles.example/?utm_id=1&p=12"),
            place(all[1])
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_place(address in r"(?s)(https?://[a-z/%?&#=!é]{0,30}|.{0,40})") {
            place(&address);
        }
    }
}
