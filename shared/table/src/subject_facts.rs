//! Calls and cases for readers that hold no key: facts without people, from the table and from stream images.
use incident::call::Facts;
use incident::case::CaseFacts;
use serde::de::DeserializeOwned;
use updates::Subject;

use crate::error::StoreError;
use crate::incidents::{SubjectItem, read_facts};
use crate::keys::subject;
use crate::store::Store;

/// The Incidents table as far as it can be read without its key.
#[derive(Clone, Debug)]
pub struct SubjectFacts(Store);

/// Facts at a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Revised<T> {
    /// The facts.
    pub facts: T,
    /// Revision, counted from 1.
    pub rev: u64,
}

impl SubjectFacts {
    /// The table behind `store`.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Facts of a call.
    pub async fn incident(&self, id: &str) -> Result<Option<Revised<Facts>>, StoreError> {
        self.read(&Subject::incident_key(id)).await
    }

    /// Facts of a case.
    pub async fn case(&self, number: &str) -> Result<Option<Revised<CaseFacts>>, StoreError> {
        self.read(&Subject::case_key(number)).await
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Revised<T>>, StoreError> {
        let item: Option<SubjectItem> = self.0.read("subject", &subject(key)).await?;
        item.map(|item| Ok(Revised { facts: read_facts(&item)?, rev: item.rev })).transpose()
    }
}

/// Facts of a call or a case from an image of a stream record; nothing where the image is none of a subject.
pub fn from_image<T: DeserializeOwned>(image: &serde_dynamo::Item) -> Option<T> {
    let item: SubjectItem = serde_dynamo::from_item(image.clone()).ok()?;
    read_facts(&item).ok()
}
