//! Data keys from KMS, bound to what they are for by the encryption context.
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;

/// The KMS key under which one table's data keys are wrapped.
#[derive(Clone, Debug)]
pub struct Kms {
    client: aws_sdk_kms::Client,
    key_id: String,
    purpose: String,
}

/// KMS did not give or unwrap a key.
#[derive(Debug, thiserror::Error)]
#[error("KMS could not {action} a data key for {purpose}; check the key's state and the function's role")]
pub struct KmsError {
    action: &'static str,
    purpose: String,
}

/// A new data key: in the clear for use now, wrapped for keeping.
pub struct NewKey {
    /// 32 bytes, never stored.
    pub plain: Vec<u8>,
    /// What only KMS can open.
    pub wrapped: Vec<u8>,
}

impl Kms {
    /// Wraps under `key_id`; `purpose` (the table's logical name) is the encryption context.
    pub fn new(client: aws_sdk_kms::Client, key_id: String, purpose: &str) -> Self {
        Self { client, key_id, purpose: purpose.into() }
    }

    /// What the data keys are for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// A new 256-bit key.
    pub async fn generate(&self) -> Result<NewKey, KmsError> {
        let call = self.client.generate_data_key().key_id(&self.key_id).key_spec(DataKeySpec::Aes256);
        let output = call
            .encryption_context("purpose", &self.purpose)
            .send()
            .await
            .map_err(|_| self.error("generate"))?;
        match (output.plaintext, output.ciphertext_blob) {
            (Some(plain), Some(wrapped)) => {
                Ok(NewKey { plain: plain.into_inner(), wrapped: wrapped.into_inner() })
            }
            _ => Err(self.error("generate")),
        }
    }

    /// The key behind `wrapped`.
    pub async fn unwrap_key(&self, wrapped: &[u8]) -> Result<Vec<u8>, KmsError> {
        let call = self.client.decrypt().key_id(&self.key_id).ciphertext_blob(Blob::new(wrapped));
        let output = call
            .encryption_context("purpose", &self.purpose)
            .send()
            .await
            .map_err(|_| self.error("unwrap"))?;
        output.plaintext.map(Blob::into_inner).ok_or_else(|| self.error("unwrap"))
    }

    fn error(&self, action: &'static str) -> KmsError {
        KmsError { action, purpose: self.purpose.clone() }
    }
}
