//! DynamoDB in process: the tables of `table::schema`, in memory or in one SQLite file.
use std::path::Path;

use anyhow::{Context as _, anyhow};
use dynoxide::{Database, DynoxideError};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use table::keys::{DUE_SHARDS, swept};
use table::schema::{DUE, PK, SK, TABLES, TTL, Table};

/// The tables in memory, without streams, which the simulator makes itself.
pub fn memory() -> anyhow::Result<Database> {
    memory_of(TABLES.iter().map(|table| Table { stream: false, ..*table }))
}

/// The same without indexes, for who keeps them himself.
pub fn memory_without_indexes() -> anyhow::Result<Database> {
    memory_of(TABLES.iter().map(|table| Table { name: table.name, stream: false, indexes: &[] }))
}

fn memory_of(made: impl Iterator<Item = Table>) -> anyhow::Result<Database> {
    let tables = Database::memory().map_err(|error| anyhow!("the tables cannot be opened: {error}"))?;
    for table in made {
        make(&tables, &table)?;
    }
    Ok(tables)
}

/// The tables in `file`, made on first use.
pub fn open(file: &Path) -> anyhow::Result<Database> {
    let path = file.to_str().context("the path of the data folder is not valid UTF-8")?;
    let tables = Database::new(path).map_err(|error| anyhow!("the tables cannot be opened: {error}"))?;
    // Sets SQLite to write ahead without a flush per commit: a killed process loses nothing, only a power cut may.
    tables.disable_bulk_loading().map_err(|error| anyhow!("the tables cannot be opened: {error}"))?;
    for table in TABLES {
        make(&tables, table)?;
    }
    // Without this index each write to a table with a stream takes time in proportion to the stream's length.
    rusqlite::Connection::open(file)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_order ON _stream_records(table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(tables)
}

fn make(tables: &Database, table: &Table) -> anyhow::Result<()> {
    let key = |pk: &str, sk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]);
    let mut attributes = vec![PK, SK];
    attributes.extend(table.indexes.iter().flat_map(|index| [index.pk, index.sk]));
    attributes.sort_unstable();
    attributes.dedup();
    let indexes = table.indexes.iter().map(|index| {
        json!({"IndexName": index.name, "KeySchema": key(index.pk, index.sk), "Projection": {"ProjectionType": "KEYS_ONLY"}})
    });
    let mut request = json!({
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key(PK, SK),
        "AttributeDefinitions": attributes.iter()
            .map(|name| json!({"AttributeName": name, "AttributeType": "S"})).collect::<Value>(),
    });
    if !table.indexes.is_empty() {
        request["GlobalSecondaryIndexes"] = indexes.collect();
    }
    if table.stream {
        request["StreamSpecification"] =
            json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"});
    }
    let ttl =
        json!({"TableName": table.name, "TimeToLiveSpecification": {"Enabled": true, "AttributeName": TTL}});
    match call(tables, "CreateTable", request.to_string().as_bytes()) {
        Ok(_) => call(tables, "UpdateTimeToLive", ttl.to_string().as_bytes())
            .map(drop)
            .map_err(|error| anyhow!("table {}: {error}", table.name)),
        Err(DynoxideError::ResourceInUseException(_)) => Ok(()),
        Err(error) => Err(anyhow!("table {} cannot be made: {error}", table.name)),
    }
}

/// The earliest moment in the due indexes, for which a sweep would find work; `MIN` where one is not a moment.
/// Received events stay in the index: of these, the first after the sweep's mark counts.
pub fn earliest_due(tables: &Database) -> anyhow::Result<Option<Timestamp>> {
    let key = swept();
    let mark = json!({"TableName": "Incidents", "Key": {PK: {"S": key.pk}, SK: {"S": key.sk}}});
    let mark = &ask(tables, "GetItem", &mark)?["Item"];
    // What could not be looked after comes with the next sweep.
    let again = mark["again"]["L"].as_array().is_some_and(|again| !again.is_empty());
    let mut earliest = again.then_some(Timestamp::MIN);
    let mark = mark["until"]["S"].as_str().unwrap_or("0").to_owned();
    for table in TABLES.iter().filter(|table| table.indexes.contains(&DUE)) {
        for shard in 0..DUE_SHARDS {
            for (shard, after) in [(format!("D{shard}"), "0"), (format!("E{shard}"), mark.as_str())] {
                let query = json!({
                    "TableName": table.name, "IndexName": DUE.name, "Limit": 1,
                    "KeyConditionExpression": "#p = :p AND #s > :after",
                    "ExpressionAttributeNames": {"#p": DUE.pk, "#s": DUE.sk},
                    "ExpressionAttributeValues": {":p": {"S": shard}, ":after": {"S": after}},
                });
                let found = ask(tables, "Query", &query)?;
                let due = found["Items"][0][DUE.sk]["S"].as_str();
                earliest =
                    earliest.into_iter().chain(due.map(|at| at.parse().unwrap_or(Timestamp::MIN))).min();
            }
        }
    }
    Ok(earliest)
}

fn ask(tables: &Database, action: &str, request: &Value) -> anyhow::Result<Value> {
    let answer = call(tables, action, request.to_string().as_bytes()).map_err(|error| anyhow!("{error}"))?;
    Ok(serde_json::from_str(&answer)?)
}

/// Size of every row of a table, as the service counts it.
pub fn row_sizes(tables: &Database, table: &str) -> anyhow::Result<Vec<(String, usize)>> {
    let answer = ask(tables, "Scan", &json!({"TableName": table}))?;
    let row = |item: &Value| {
        let key = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
        let name = format!("{} {}", key(PK), key(SK));
        Ok((name, dynoxide::types::item_size(&serde_json::from_value(item.clone())?)))
    };
    answer["Items"].as_array().into_iter().flatten().map(row).collect()
}

/// One action on JSON bodies.
pub fn call(tables: &Database, action: &str, body: &[u8]) -> dynoxide::Result<String> {
    match action {
        "CreateTable" => with(body, |request| tables.create_table(request)),
        "DescribeTable" => with(body, |request| tables.describe_table(request)),
        "ListTables" => with(body, |request| tables.list_tables(request)),
        "UpdateTimeToLive" => with(body, |request| tables.update_time_to_live(request)),
        "PutItem" => with(body, |request| tables.put_item(request)),
        "GetItem" => with(body, |request| tables.get_item(request)),
        "DeleteItem" => with(body, |request| tables.delete_item(request)),
        "UpdateItem" => with(body, |request| tables.update_item(request)),
        "Query" => with(body, |request| tables.query(request)),
        "Scan" => with(body, |request| tables.scan(request)),
        "BatchGetItem" => with(body, |request| tables.batch_get_item(request)),
        "BatchWriteItem" => with(body, |request| tables.batch_write_item(request)),
        "TransactWriteItems" => with(body, |request| tables.transact_write_items(request)),
        "TransactGetItems" => with(body, |request| tables.transact_get_items(request)),
        "ListStreams" => with(body, |request| tables.list_streams(request)),
        "DescribeStream" => with(body, |request| tables.describe_stream(request)),
        "GetShardIterator" => with(body, |request| tables.get_shard_iterator(request)),
        "GetRecords" => with(body, |request| tables.get_records(request)),
        other => Err(DynoxideError::ValidationException(format!("the local stack has no action {other}"))),
    }
}

fn with<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    act: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> dynoxide::Result<String> {
    let malformed = |error: serde_json::Error| DynoxideError::SerializationException(error.to_string());
    let answer = act(serde_json::from_slice(body).map_err(malformed)?)?;
    serde_json::to_string(&answer).map_err(malformed)
}
