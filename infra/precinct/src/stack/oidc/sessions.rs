//! Refresh tokens: what a page asks for its next token with, while somebody works in it. As Cognito's: good again and again until
//! it is given back or as old as a shift, and gone with the process.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use startup::Entropy;

/// How long a refresh token is good, in seconds of the stack's clock: a shift, so that moving the clock about asks nobody to sign
/// in anew.
const LIFETIME: i64 = 12 * 3600;

/// A sign-in that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) subject: String,
    pub(super) begun_at: Timestamp,
}

/// The sessions by their refresh tokens.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<String, Session>>);

impl Sessions {
    /// A refresh token for `session`; expired ones go.
    pub(super) fn begin(&self, session: Session) -> String {
        let token = Entropy::system().token();
        let now = session.begun_at;
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| is_fresh(session, now));
        sessions.insert(token.clone(), session);
        token
    }

    /// The session of `token`, while it lasts.
    pub(super) fn find(&self, token: &str, now: Timestamp) -> Option<Session> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(token).filter(|session| is_fresh(session, now)).cloned()
    }

    /// Ends the session of `token`, if there is one.
    pub(super) fn end(&self, token: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }
}

fn is_fresh(session: &Session, now: Timestamp) -> bool {
    (0..LIFETIME).contains(&(now.as_second() - session.begun_at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(second: i64) -> Session {
        Session { subject: "s-1".into(), begun_at: Timestamp::from_second(second).unwrap() }
    }

    #[test]
    fn a_session_lasts_a_shift_or_until_it_is_ended() {
        let sessions = Sessions::default();
        let token = sessions.begin(session(1000));
        let check = |at: i64, expected: bool| {
            assert_eq!(sessions.find(&token, Timestamp::from_second(at).unwrap()).is_some(), expected);
        };
        check(1000, true);
        check(1000 + LIFETIME - 1, true);
        check(1000 + LIFETIME, false);
        // The clock of the stack can be moved back.
        check(999, false);
        sessions.end("another");
        check(1001, true);
        sessions.end(&token);
        check(1001, false);
    }

    #[test]
    fn old_sessions_are_forgotten() {
        let sessions = Sessions::default();
        sessions.begin(session(1000));
        sessions.begin(session(1000 + LIFETIME));
        assert_eq!(sessions.0.lock().unwrap().len(), 1);
    }
}
