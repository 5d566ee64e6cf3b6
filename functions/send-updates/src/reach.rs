//! Where a post outward may go: a resolver that hands on only addresses which the function may reach, so that a name
//! in the agency folder can never lead to a private network or to the machine itself.
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use startup::Reach;
use tower_service::Service;

/// Resolves names to addresses within `Reach`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolver(pub(crate) Reach);

type Resolving = Pin<Box<dyn Future<Output = io::Result<vec::IntoIter<SocketAddr>>> + Send>>;

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Resolving;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = found.filter(|at| is_within(reach, at.ip())).collect();
            if within.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "no address within reach"));
            }
            Ok(within.into_iter())
        })
    }
}

/// Whether `url` may be posted to as far as it says itself; a name is judged once more when it is resolved.
pub(crate) fn allows(reach: Reach, url: &Uri) -> bool {
    let Some(host) = url.host() else { return false };
    let secure = url.scheme_str() == Some("https");
    // A connector takes an address for what it is and asks no resolver.
    let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    (secure || (reach == Reach::Loopback && url.scheme_str() == Some("http")))
        && literal.is_none_or(|address| is_within(reach, address))
}

fn is_within(reach: Reach, address: IpAddr) -> bool {
    let address = address.to_canonical();
    match reach {
        Reach::Loopback => address.is_loopback(),
        Reach::Public => match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        },
    }
}

/// What is not set aside by the registry of special-purpose addresses (RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let set_aside = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !set_aside
}

/// Global unicast, without documentation and the forms that carry a v4 address inside (Teredo, 6to4).
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reach: Reach, url: &str, expected: bool) {
        assert_eq!(allows(reach, &url.parse().unwrap()), expected, "{url}");
    }

    #[test]
    fn a_deployed_function_posts_by_https_to_public_addresses_alone() {
        check(Reach::Public, "https://paging.example.gov/tasks", true);
        check(Reach::Public, "https://8.8.8.8/", true);
        check(Reach::Public, "https://[2606:4700::1]/", true);
        for url in [
            "http://paging.example.gov/tasks",
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://172.31.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "/tasks",
        ] {
            check(Reach::Public, url, false);
        }
    }

    #[test]
    fn the_local_stack_stays_on_its_machine() {
        check(Reach::Loopback, "http://127.0.0.1:8911/_local/webhooks", true);
        check(Reach::Loopback, "https://8.8.8.8/", false);
        assert!(!is_within(Reach::Loopback, [93, 184, 216, 34].into()));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused() {
        let name = || "localhost".parse().unwrap();
        assert!(Resolver(Reach::Public).call(name()).await.is_err());
        assert!(Resolver(Reach::Loopback).call(name()).await.is_ok());
    }
}
