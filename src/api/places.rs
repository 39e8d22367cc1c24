//! Places for bodies that are read before anybody knows whose they are.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Places, of which a network address may hold as many as are left for all others: one gets half of
/// them, the next one half of the rest, so that it takes many to keep everybody out (Choudhury and
/// Hahne, *Dynamic queue length thresholds*, 1998). A fixed share would leave less room to an address
/// that many people have, such as that of a proxy.
#[derive(Debug)]
pub(super) struct Places(Mutex<Held>);

#[derive(Debug)]
struct Held {
    free: usize,
    by_network: HashMap<Option<IpAddr>, usize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    places: &'a Places,
    network: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(all: usize) -> Self {
        Self(Mutex::new(Held {
            free: all,
            by_network: HashMap::new(),
        }))
    }

    /// A place for a request from an address. Where none is known, all are from the same.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Option<Place<'_>> {
        let network = address.map(network);
        let mut held = self.held();
        let own = held.by_network.get(&network).copied().unwrap_or(0);
        if own >= held.free {
            return None;
        }
        held.free -= 1;
        held.by_network.insert(network, own + 1);
        Some(Place {
            places: self,
            network,
        })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut held = self.places.held();
        held.free += 1;
        let own = held.by_network.remove(&self.network).unwrap_or(0);
        if own > 1 {
            held.by_network.insert(self.network, own - 1);
        }
    }
}

/// What one customer has: of IPv6, a provider gives everybody 64 bits of addresses or more (RFC 6177).
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_takes_the_places_of_all_others() {
        let places = Places::new(8);
        let take = |address: &str| places.take(Some(address.parse().unwrap()));
        let take_all = |address: &str| -> Vec<Place<'_>> {
            std::iter::repeat_with(|| take(address))
                .map_while(|place| place)
                .collect()
        };
        let first = take_all("2001:db8::1");
        assert_eq!(first.len(), 4);
        assert!(take("2001:db8::2").is_none(), "the same network");
        let second = take_all("192.0.2.1");
        assert_eq!(second.len(), 2);
        assert!(take("::ffff:192.0.2.1").is_none(), "the same address");
        let others = [take("192.0.2.2").unwrap(), take("2001:db8:1::1").unwrap()];
        assert!(take("192.0.2.3").is_none(), "all are taken");
        drop((first, second, others));
        assert_eq!(take_all("192.0.2.1").len(), 4);
        let held = places.held();
        assert_eq!((held.free, held.by_network.len()), (8, 0));
    }
}
