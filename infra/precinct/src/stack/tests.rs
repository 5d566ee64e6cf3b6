//! The servers as the AWS SDK sees them.
use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_ses::types::RawMessage;

use super::*;

async fn stack() -> Stack {
    let agency = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../agency"));
    let now = Some("2026-07-04T12:00:00-05:00".parse().unwrap());
    Stack::start(Options { agency, now, still: true, ..Options::default() }).await.unwrap()
}

fn item(pk: &str, more: &[(&str, &str)]) -> HashMap<String, AttributeValue> {
    let pairs = [("pk", pk), ("sk", "X")].into_iter().chain(more.iter().copied());
    pairs.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).collect()
}

#[tokio::test]
async fn tables_hold_items_conditions_and_transactions() {
    let stack = stack().await;
    let client = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    let put = |pk: &str| {
        let put = client
            .put_item()
            .table_name("Messages")
            .set_item(Some(item(pk, &[("due_shard", "D1"), ("due_at", "2026")])));
        put.condition_expression("attribute_not_exists(pk)").send()
    };
    put("a").await.unwrap();
    let refused = put("a").await.unwrap_err();
    assert_eq!(refused.code(), Some("ConditionalCheckFailedException"));

    let write = |pk: &str| {
        let put = Put::builder().table_name("Incidents").set_item(Some(item(pk, &[])));
        let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    client.transact_write_items().transact_items(write("b")).transact_items(write("c")).send().await.unwrap();
    let refused =
        client.transact_write_items().transact_items(write("d")).transact_items(write("b")).send().await;
    let refused = refused.unwrap_err().into_service_error();
    assert!(refused.is_transaction_canceled_exception(), "{refused:?}");
    let missing =
        client.get_item().table_name("Incidents").set_key(Some(item("d", &[]))).send().await.unwrap();
    assert_eq!(missing.item, None);

    let due =
        client.query().table_name("Messages").index_name("due").key_condition_expression("due_shard = :s");
    let due = due.expression_attribute_values(":s", AttributeValue::S("D1".into())).send().await.unwrap();
    assert_eq!(due.count, 1);
}

#[tokio::test]
async fn tables_keep_a_stream_of_both_images() {
    let stack = stack().await;
    let client = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    for n in ["1", "2"] {
        client
            .put_item()
            .table_name("Incidents")
            .set_item(Some(item("a", &[("n", n)])))
            .send()
            .await
            .unwrap();
    }
    let streams = aws_sdk_dynamodbstreams::Client::new(&stack.runtime().sdk);
    let listed = streams.list_streams().table_name("Incidents").send().await.unwrap();
    let arn = listed.streams()[0].stream_arn().unwrap().to_owned();
    let described = streams.describe_stream().stream_arn(&arn).send().await.unwrap();
    let shard = described.stream_description().unwrap().shards()[0].shard_id().unwrap().to_owned();
    let iterator = streams.get_shard_iterator().stream_arn(&arn).shard_id(shard);
    let iterator = iterator.shard_iterator_type("TRIM_HORIZON".into()).send().await.unwrap();
    let records =
        streams.get_records().shard_iterator(iterator.shard_iterator().unwrap()).send().await.unwrap();
    let changed = records.records()[1].dynamodb().unwrap();
    let n = |image: Option<&HashMap<String, aws_sdk_dynamodbstreams::types::AttributeValue>>| {
        image.unwrap()["n"].as_s().unwrap().clone()
    };
    assert_eq!((n(changed.old_image()), n(changed.new_image())), ("1".into(), "2".into()));
}

#[tokio::test]
async fn objects_keep_their_headers_and_are_made_once() {
    let stack = stack().await;
    let client = calls::s3_client(&stack.runtime().sdk);
    let put = |once: Option<&str>| {
        let put =
            client.put_object().bucket("public").key("hotspots/latest.geojson").body(b"{}".to_vec().into());
        let put = put.content_type("application/geo+json").cache_control("max-age=60");
        put.set_if_none_match(once.map(str::to_owned)).send()
    };
    put(Some("*")).await.unwrap();
    assert_eq!(put(Some("*")).await.unwrap_err().code(), Some("PreconditionFailed"));
    put(None).await.unwrap();
    let object = stack.object("public", "hotspots/latest.geojson").await.unwrap().unwrap();
    assert_eq!(object.content_type.as_deref(), Some("application/geo+json"));
    assert_eq!(object.cache_control.as_deref(), Some("max-age=60"));
    assert_eq!(stack.public("hotspots/latest.geojson").await.unwrap(), Some(b"{}".to_vec()));
    assert_eq!(stack.public("other").await.unwrap(), None);
    let listed = client.list_objects_v2().bucket("public").prefix("hotspots/").send().await.unwrap();
    assert_eq!(listed.contents().len(), 1);
}

#[tokio::test]
async fn the_public_folder_opens_with_its_page() {
    let stack = stack().await;
    for path in ["/public/", "/public/index.html"] {
        let (status, headers, page) = stack.browse("GET", path, "").await.unwrap();
        assert_eq!((status, page.contains("npm run build")), (200, true), "{page}");
        assert!(headers["content-security-policy"].starts_with("default-src 'none'"));
    }
    assert_eq!(stack.browse("GET", "/public/nothing.html", "").await.unwrap().0, 404);
}

#[tokio::test]
async fn the_pages_about_texts_are_public_in_every_language() {
    let stack = stack().await;
    for (name, words) in
        [("index", "Is this text real?"), ("en", "Is this text real?"), ("es", "¿Es auténtico")]
    {
        let path = format!("/public/texts/{name}.html");
        let (status, headers, page) = stack.browse("GET", &path, "").await.unwrap();
        assert_eq!(
            (status, page.contains(words), page.contains("class=\"draft\"")),
            (200, true, false),
            "{page}"
        );
        assert!(headers["content-security-policy"].starts_with("default-src 'none'; style-src 'self'"));
    }
    assert_eq!(
        stack.browse("GET", "/public/texts/style.css", "").await.unwrap().1["content-type"],
        "text/css"
    );
    for path in ["/public/texts/", "/public/texts/xx.html", "/public/texts/../agency.toml"] {
        assert_eq!(stack.browse("GET", path, "").await.unwrap().0, 404, "{path}");
    }
}

#[tokio::test]
async fn data_keys_open_under_their_own_key_and_context_only() {
    let stack = stack().await;
    let client = aws_sdk_kms::Client::new(&stack.runtime().sdk);
    let made = client.generate_data_key().key_id("UpdatesKey").key_spec(DataKeySpec::Aes256);
    let made = made.encryption_context("purpose", "Messages").send().await.unwrap();
    let open = |key: &str, purpose: &str| {
        let call =
            client.decrypt().key_id(key).ciphertext_blob(Blob::new(made.ciphertext_blob().unwrap().as_ref()));
        call.encryption_context("purpose", purpose).send()
    };
    assert_eq!(open("UpdatesKey", "Messages").await.unwrap().plaintext(), made.plaintext());
    assert_eq!(open("UpdatesKey", "Contacts").await.unwrap_err().code(), Some("InvalidCiphertextException"));
    assert_eq!(open("ContactsKey", "Messages").await.unwrap_err().code(), Some("IncorrectKeyException"));
}

#[tokio::test]
async fn texts_are_captured_and_refused_on_demand() {
    let stack = stack().await;
    let client = aws_sdk_sns::Client::new(&stack.runtime().sdk);
    let text = || client.publish().phone_number("+12185550123").message("Hello & good-bye: 1+1").send();
    let id = text().await.unwrap().message_id.unwrap();
    let texts = stack.texts().unwrap();
    assert_eq!(texts.len(), 1);
    assert_eq!((texts[0].body.as_str(), &texts[0].message_id), ("Hello & good-bye: 1+1", &id));
    assert_eq!(texts[0].at, stack.now());

    stack.fault(Service::Sns, Fault::Throttle, Duration::ZERO);
    assert_eq!(text().await.unwrap_err().code(), Some("Throttled"));
    stack.fault(Service::Sns, Fault::Reject, Duration::ZERO);
    assert_eq!(text().await.unwrap_err().code(), Some("InvalidParameter"));
    assert_eq!(stack.texts().unwrap().len(), 1);
    stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    let lost = text().await.unwrap_err();
    assert!(lost.as_service_error().is_none(), "{lost:?}");
    assert_eq!(stack.texts().unwrap().len(), 2);
}

#[tokio::test]
async fn emails_are_read_back_as_a_mail_program_does() {
    const RAW: &str = "From: Example City Police <updates@police.example.gov>\r\nTo: <pat@example.com>\r\n\
        Subject: =?utf-8?B?WW91ciBjYXNlIOKAnDI2LTHigJ0=?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9\r\n--b\r\nContent-Type: text/html\r\n\r\n\
        <p>Caf\u{e9}</p>\r\n--b--\r\n";
    let stack = stack().await;
    let client = aws_sdk_ses::Client::new(&stack.runtime().sdk);
    let raw = RawMessage::builder().data(Blob::new(RAW)).build().unwrap();
    let send = client.send_raw_email().destinations("pat@example.com").raw_message(raw);
    let id = send.send().await.unwrap().message_id;
    let emails = stack.emails().unwrap();
    assert_eq!(emails[0].to, "pat@example.com");
    assert_eq!(emails[0].subject, "Your case \u{201c}26-1\u{201d}");
    assert_eq!((emails[0].text.trim(), emails[0].html.trim()), ("Caf\u{e9}", "<p>Caf\u{e9}</p>"));
    let kept = std::fs::read_to_string(stack.captures_folder().join(format!("{id}.eml"))).unwrap();
    assert_eq!(kept, RAW);
}

#[tokio::test]
async fn staff_paths_want_a_token_and_posts_a_signature() {
    let stack = stack().await;
    assert_eq!(stack.get("/v1/alerts", "nonsense").await.unwrap().0, 401);
    assert_eq!(stack.get("/v1/nothing", "nonsense").await.unwrap().0, 404);
    let wrong = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let (status, _) = stack.post_bytes("/v1/cad/events", b"{}".to_vec(), wrong).await.unwrap();
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_temporary_folder_goes_with_the_stack() {
    let stack = stack().await;
    let folder = stack.data().to_owned();
    assert!(folder.join("tables.sqlite").exists());
    drop(stack);
    assert!(!folder.exists());
}
