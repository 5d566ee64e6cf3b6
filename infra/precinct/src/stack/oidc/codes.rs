//! Authorization codes: what a sign-in leaves until the page fetches its tokens. Each is good once, for a minute, for the
//! page that asked, and only with the verifier whose digest was given at the start (RFC 7636).
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use startup::Entropy;

/// How long a code is good, in seconds of the stack's clock.
const LIFETIME: i64 = 60;

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) subject: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) issued_at: Timestamp,
}

/// The codes that were issued and not yet used.
#[derive(Default)]
pub(crate) struct Codes(Mutex<BTreeMap<String, Grant>>);

impl Codes {
    /// A code for `grant`; expired ones go.
    pub(super) fn issue(&self, grant: Grant) -> String {
        let code = Entropy::system().token();
        let now = grant.issued_at;
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, grant| is_fresh(grant, now));
        codes.insert(code.clone(), grant);
        code
    }

    /// What `code` stands for. The code is used up by the question, whatever comes of it: a stolen one cannot be tried twice.
    pub(super) fn redeem(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Option<Grant> {
        let grant = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        let digest = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let good = is_fresh(&grant, now) && grant.challenge == digest && grant.redirect_uri == redirect_uri;
        good.then_some(grant)
    }
}

fn is_fresh(grant: &Grant, now: Timestamp) -> bool {
    (0..LIFETIME).contains(&(now.as_second() - grant.issued_at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "http://127.0.0.1:8911/desk/";
    // The pair of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn issued(codes: &Codes) -> String {
        codes.issue(Grant {
            subject: "s-1".into(),
            redirect_uri: PAGE.into(),
            challenge: CHALLENGE.into(),
            nonce: None,
            issued_at: at(1000),
        })
    }

    #[track_caller]
    fn check(verifier: &str, redirect_uri: &str, now: i64, expected: bool) {
        let codes = Codes::default();
        let code = issued(&codes);
        assert_eq!(codes.redeem(&code, verifier, redirect_uri, at(now)).is_some(), expected);
        // Used up either way.
        assert_eq!(codes.redeem(&code, VERIFIER, PAGE, at(1000)), None);
    }

    #[test]
    fn a_code_is_good_once_for_a_minute_for_who_asked() {
        check(VERIFIER, PAGE, 1000, true);
        check(VERIFIER, PAGE, 1059, true);
        check(VERIFIER, PAGE, 1060, false);
        // The clock of the stack can be moved back.
        check(VERIFIER, PAGE, 999, false);
        check(CHALLENGE, PAGE, 1000, false);
        check("", PAGE, 1000, false);
        check(VERIFIER, "http://127.0.0.1:8911/desk", 1000, false);
    }

    #[test]
    fn codes_differ_and_old_ones_are_forgotten() {
        let codes = Codes::default();
        assert_ne!(issued(&codes), issued(&codes));
        let late = Grant { issued_at: at(2000), ..codes.0.lock().unwrap().values().next().unwrap().clone() };
        codes.issue(late);
        assert_eq!(codes.0.lock().unwrap().len(), 1);
    }
}
