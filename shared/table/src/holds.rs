//! Legal holds, beside the table they concern: those on people, calls and cases in Messages, those on officers in
//! Personnel. Every deletion is a transaction with a check that no hold was placed or lifted since it was decided.
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use jiff::Timestamp;
use records::{Hold, Scope};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys::Key;
use crate::schema::{PK, SK};
use crate::store::{Item, Store, from_item, n, rev_condition, s, to_item};

const HOLDS: &str = "HOLD";
const LIFTED: &str = "HOLDLIFTED";
/// Counts each change of the holds.
const REVISION: &str = "REVISION";

/// The holds of one table.
#[derive(Clone, Debug)]
pub struct Holds(Store);

/// The holds in force, and the check that they still are the ones in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The holds.
    pub holds: Vec<Hold>,
    store: Store,
    rev: u64,
}

/// A hold that was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    /// As it was placed.
    #[serde(flatten)]
    pub hold: Hold,
    /// Who lifted it.
    pub lifted_by: String,
    /// When.
    pub lifted_at: Timestamp,
    /// Why.
    pub lifted_because: String,
}

#[derive(Deserialize)]
struct Revision {
    rev: u64,
}

fn key(scope: Scope, value: &str) -> Key {
    Key::new(HOLDS, format!("ON#{scope}#{value}"))
}

impl Holds {
    /// The holds kept in `store`.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// The holds in force, read consistently.
    pub async fn in_force(&self) -> Result<InForce, StoreError> {
        let (mut holds, mut rev) = (Vec::new(), 0);
        for item in self.0.query("hold", HOLDS, "").await? {
            let is_revision = item.get(SK).and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == REVISION);
            if is_revision {
                rev = from_item::<Revision>("revision of the holds", item)?.rev;
            } else {
                holds.push(from_item("hold", item)?);
            }
        }
        Ok(InForce { holds, store: self.0.clone(), rev })
    }

    /// The holds that were lifted, oldest first.
    pub async fn lifted(&self) -> Result<Vec<Lifted>, StoreError> {
        let items = self.0.query("lifted hold", LIFTED, "").await?;
        items.into_iter().map(|item| from_item("lifted hold", item)).collect()
    }

    /// Places a hold; `Condition` where the same is in force already.
    pub async fn place(&self, hold: &Hold) -> Result<(), StoreError> {
        let item = to_item("hold", &key(hold.scope, &hold.value), hold)?;
        let put = Put::builder()
            .table_name(self.0.name())
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("table and item are set");
        self.0.transact("hold", vec![TransactWriteItem::builder().put(put).build(), self.count()]).await
    }

    /// Lifts a hold and keeps the record of it; `Condition` where there is none.
    pub async fn lift(&self, lifted: &Lifted) -> Result<(), StoreError> {
        let Hold { scope, value, .. } = &lifted.hold;
        let place = key(*scope, value);
        let record = Key::new(LIFTED, format!("{}#{scope}#{value}", lifted.lifted_at));
        let put = Put::builder()
            .table_name(self.0.name())
            .set_item(Some(to_item("lifted hold", &record, lifted)?))
            .build()
            .expect("table and item are set");
        let delete = Delete::builder()
            .table_name(self.0.name())
            .key(PK, s(place.pk))
            .key(SK, s(place.sk))
            .condition_expression("attribute_exists(pk)")
            .build()
            .expect("table and key are set");
        let writes = vec![
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().put(put).build(),
            self.count(),
        ];
        self.0.transact("hold", writes).await
    }

    fn count(&self) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(self.0.name())
            .key(PK, s(HOLDS))
            .key(SK, s(REVISION))
            .update_expression("ADD rev :one")
            .expression_attribute_values(":one", n(1))
            .build()
            .expect("table, key and expression are set");
        TransactWriteItem::builder().update(update).build()
    }
}

impl InForce {
    /// Whether this is held by name.
    pub fn holds(&self, scope: Scope, value: &str) -> bool {
        self.holds.iter().any(|hold| hold.scope == scope && hold.value == value)
    }

    /// The check for a transaction that deletes: nothing was placed or lifted since these were read.
    fn unchanged(&self) -> TransactWriteItem {
        let (condition, values) = rev_condition(self.rev);
        let check = ConditionCheck::builder()
            .table_name(self.store.name())
            .key(PK, s(HOLDS))
            .key(SK, s(REVISION))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table, key and condition are set");
        TransactWriteItem::builder().condition_check(check).build()
    }
}

/// The condition that a row still is as it was read: its revision, or where it has none, that it is there.
fn as_read(item: &Item) -> (&'static str, Option<Item>) {
    match item.get("rev") {
        Some(rev) => ("rev = :rev", Some(Item::from([(":rev".to_owned(), rev.clone())]))),
        None => ("attribute_exists(pk)", None),
    }
}

impl Store {
    /// Writes `next` over the row `read`, if that is as it was read and so are the holds.
    pub(crate) async fn replace(
        &self,
        what: &'static str,
        read: &Item,
        next: Item,
        held: &InForce,
    ) -> Result<(), StoreError> {
        let (condition, values) = as_read(read);
        let put = Put::builder()
            .table_name(self.name())
            .set_item(Some(next))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .expect("table and item are set");
        self.transact(what, vec![TransactWriteItem::builder().put(put).build(), held.unchanged()]).await
    }

    /// Deletes the row `read`, if it is as it was read and so are the holds.
    pub(crate) async fn remove(
        &self,
        what: &'static str,
        read: &Item,
        held: &InForce,
    ) -> Result<(), StoreError> {
        let (condition, values) = as_read(read);
        let part = |name: &str| read.get(name).cloned().unwrap_or_else(|| s(""));
        let delete = Delete::builder()
            .table_name(self.name())
            .key(PK, part(PK))
            .key(SK, part(SK))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .expect("table and key are set");
        self.transact(what, vec![TransactWriteItem::builder().delete(delete).build(), held.unchanged()]).await
    }
}
