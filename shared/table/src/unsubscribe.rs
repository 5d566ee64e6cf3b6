//! The token in the link that stops e-mails: whom it is about, sealed under a key of its own, so that nothing personal
//! stands in an address and nobody can make one up.
use serde::{Deserialize, Serialize};

use crate::contacts::Contacts;
use crate::error::StoreError;

/// Id of the key. Unlike the keys of a day it never changes: a link must work as long as somebody keeps the e-mail.
const KEY: &str = "unsubscribe-1";
/// What a token begins with; another key would have another digit.
const VERSION: char = '1';
/// What tokens are sealed for.
const PLACE: &str = "unsubscribe";
/// Longer than any token that was made here.
const LONGEST: usize = 1024;

/// Whose e-mails a link stops.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// The address, normalised.
    #[serde(rename = "a")]
    pub address: String,
    /// Number of the case that the e-mail was about.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Language of the e-mail, ISO 639.
    #[serde(rename = "l")]
    pub language: String,
}

impl std::fmt::Debug for Unsubscribe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unsubscribe([private])")
    }
}

impl Contacts {
    /// A token for the path of a link: digits, letters, `-` and `_`.
    pub async fn unsubscribe_token(&self, whom: &Unsubscribe) -> Result<String, StoreError> {
        let plain = serde_json::to_vec(whom).map_err(|error| StoreError::malformed("token", error))?;
        let sealed = self.ring().seal_under(KEY, PLACE, &plain).await?;
        let text = sealed.rsplit_once(':').map_or(sealed.as_str(), |(_, text)| text);
        Ok(format!("{VERSION}{}", text.replace('+', "-").replace('/', "_")))
    }

    /// Whom a token is about; `None` for one that is damaged or was not made here.
    pub async fn unsubscribe(&self, token: &str) -> Result<Option<Unsubscribe>, StoreError> {
        let Some(text) = token.strip_prefix(VERSION).filter(|text| text.len() <= LONGEST) else {
            return Ok(None);
        };
        let sealed = format!("{KEY}:{}", text.replace('-', "+").replace('_', "/"));
        match self.ring().open(PLACE, &sealed).await {
            Ok(plain) => Ok(serde_json::from_slice(&plain).ok()),
            // Damaged, or no token was ever made.
            Err(StoreError::Sealed(_) | StoreError::Malformed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
