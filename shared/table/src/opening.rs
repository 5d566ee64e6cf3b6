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
    let store = store(runtime, dynamo, "INCIDENTS_TABLE")?;
    let ring = ring(runtime, kms, &store, ("UPDATES_KEY_ID", "incidents"))?;
    Ok(Incidents::new(store, ring))
}

/// The Messages table as the function's variables name it.
pub fn open_messages(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    kms: &aws_sdk_kms::Client,
) -> Result<Messages, VariableError> {
    let store = store(runtime, dynamo, "MESSAGES_TABLE")?;
    let ring = ring(runtime, kms, &store, ("UPDATES_KEY_ID", "messages"))?;
    Ok(Messages::new(store, ring))
}

/// The Contacts table as the function's variables name it.
pub fn open_contacts(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    kms: &aws_sdk_kms::Client,
) -> Result<Contacts, VariableError> {
    let store = store(runtime, dynamo, "CONTACTS_TABLE")?;
    let ring = ring(runtime, kms, &store, ("CONTACTS_KEY_ID", "contacts"))?;
    Ok(Contacts::new(store, ring))
}

fn store(
    runtime: &Runtime,
    dynamo: &aws_sdk_dynamodb::Client,
    variable: &'static str,
) -> Result<Store, VariableError> {
    Ok(Store::new(dynamo.clone(), runtime.variables.required(variable)?, runtime.entropy.clone()))
}

fn ring(
    runtime: &Runtime,
    kms: &aws_sdk_kms::Client,
    store: &Store,
    (variable, purpose): (&'static str, &str),
) -> Result<KeyRing, VariableError> {
    let key = Kms::new(kms.clone(), runtime.variables.required(variable)?, purpose);
    Ok(KeyRing::new(store.clone(), key, runtime.clock.clone()))
}
