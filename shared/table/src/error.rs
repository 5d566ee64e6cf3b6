//! What can go wrong with a table, sorted by what the caller can do about it.
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold: somebody else was first. Read again and decide again.
    #[error("condition not met on {what}; read again and decide again")]
    Condition {
        /// Which item of which operation.
        what: &'static str,
    },
    /// DynamoDB could not be reached or throttled: the same call may succeed later.
    #[error("DynamoDB call for {what} failed ({code}); it can be tried again")]
    Unavailable {
        /// Which operation.
        what: &'static str,
        /// DynamoDB's error code.
        code: String,
    },
    /// An item does not have the form it was written in.
    #[error("{what} cannot be read from its item: {reason}")]
    Malformed {
        /// Which kind of item.
        what: &'static str,
        /// What is wrong, without its values.
        reason: String,
    },
    /// A row would hold more than it can: trying again does not help.
    #[error("{what} would hold more than one row can; nothing was stored")]
    Full {
        /// Which kind of item.
        what: &'static str,
    },
    /// KMS did not answer.
    #[error(transparent)]
    Kms(#[from] vault::kms::KmsError),
    /// Sealed data does not open.
    #[error(transparent)]
    Sealed(#[from] vault::OpenError),
}

impl StoreError {
    /// Whether the condition of a write did not hold.
    pub fn is_condition(&self) -> bool {
        matches!(self, Self::Condition { .. })
    }

    /// Whether what is stored cannot be read, now or later: trying again would only keep others waiting.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Malformed { .. } | Self::Sealed(_))
    }

    /// Sorts an SDK error of the operation `what`.
    pub fn from_sdk<E: ProvideErrorMetadata, R>(what: &'static str, error: &SdkError<E, R>) -> Self {
        let code = error.code().unwrap_or("no answer");
        if code == "ConditionalCheckFailedException" {
            Self::Condition { what }
        } else {
            Self::Unavailable { what, code: code.into() }
        }
    }

    /// The error for an item that cannot be read back.
    pub fn malformed(what: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Malformed { what, reason: reason.to_string() }
    }
}
