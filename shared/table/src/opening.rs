//! The three tables of caller updates, as a function's variables name them and their keys.
use startup::{Runtime, VariableError};
use vault::Kms;

use crate::contacts::Contacts;
use crate::incidents::Incidents;
use crate::keyring::KeyRing;
use crate::messages::Messages;
use crate::store::Store;

/// The Incidents table as the function's variables name it.
pub fn open_incidents(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    kms: &aws_sdk_kms::Client,
) -> Result<Incidents, VariableError> {
    let store =
        Store::new(dynamo.clone(), runtime.variables.required("INCIDENTS_TABLE")?, runtime.entropy.clone());
    let ring = updates_ring(runtime, kms, &store, "incidents")?;
    Ok(Incidents::new(store, ring))
}

/// The Messages table as the function's variables name it.
pub fn open_messages(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    kms: &aws_sdk_kms::Client,
) -> Result<Messages, VariableError> {
    let store =
        Store::new(dynamo.clone(), runtime.variables.required("MESSAGES_TABLE")?, runtime.entropy.clone());
    let ring = updates_ring(runtime, kms, &store, "messages")?;
    Ok(Messages::new(store, ring))
}

/// The Contacts table as the function's variables name it.
pub fn open_contacts(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    kms: &aws_sdk_kms::Client,
) -> Result<Contacts, VariableError> {
    let store =
        Store::new(dynamo.clone(), runtime.variables.required("CONTACTS_TABLE")?, runtime.entropy.clone());
    let key = Kms::new(kms.clone(), runtime.variables.required("CONTACTS_KEY_ID")?, "contacts");
    Ok(Contacts::new(store.clone(), KeyRing::new(store, key, runtime.clock.clone())))
}

fn updates_ring(
    runtime: &Runtime,
    kms: &aws_sdk_kms::Client,
    store: &Store,
    purpose: &str,
) -> Result<KeyRing, VariableError> {
    let key = Kms::new(kms.clone(), runtime.variables.required("UPDATES_KEY_ID")?, purpose);
    Ok(KeyRing::new(store.clone(), key, runtime.clock.clone()))
}
