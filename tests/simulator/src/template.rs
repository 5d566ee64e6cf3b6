//! The simulator's numbers stand beside the template's: what is deployed otherwise than it is played proves nothing.
use crate::mapping::Reader;
use crate::work::Work;
use crate::world::Inbox;
use crate::{mapping, queue};

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// The lines of the template from the one that holds `begin` to the next resource of the kind, or the end.
fn part(begin: &str) -> &'static str {
    let (_, rest) = TEMPLATE.split_once(begin).unwrap_or_else(|| panic!("the template holds no {begin}"));
    rest.split("\n    Type: AWS::").next().unwrap()
}

fn function(name: &str) -> &'static str {
    part(&format!("FunctionName: !Sub \"${{AWS::StackName}}-{name}\"\n"))
}

/// The number that stands once after `key`.
#[track_caller]
fn number(text: &str, key: &str) -> i64 {
    let key = format!("{key}: ");
    let mut found = text.split(&key).skip(1);
    let digits =
        |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
    let number = digits(found.next().unwrap_or_else(|| panic!("no {key:?}")));
    assert!(found.next().is_none(), "{key:?} stands twice");
    number
}

#[test]
fn streams_are_read_as_the_template_says() {
    for reader in [Reader::Plan, Reader::Log, Reader::Send] {
        let function = function(Work::stream_function(reader));
        assert_eq!(number(function, "BatchSize"), mapping::BATCH as i64, "{reader:?}");
        assert_eq!(number(function, "MaximumRetryAttempts"), i64::from(mapping::RETRIES), "{reader:?}");
        assert_eq!(
            number(function, "MaximumRecordAgeInSeconds"),
            mapping::RECORD_AGE.as_secs(),
            "{reader:?}"
        );
        assert_eq!(number(function, "MaximumBatchingWindowInSeconds"), 0, "{reader:?}");
        for word in ["BisectBatchOnFunctionError: true", "[ReportBatchItemFailures]", "OnFailure: {Type: SQS"]
        {
            assert!(function.contains(word), "{reader:?} {word}");
        }
    }
}

#[test]
fn queues_are_read_as_the_template_says() {
    for (name, reader) in [("RepliesQueue", "replies"), ("ReceiptsQueue", "receipts")] {
        let queue = part(&format!("\n  {name}:\n    Type: AWS::SQS::Queue\n"));
        assert_eq!(number(queue, "maxReceiveCount"), i64::from(queue::RECEIVES), "{name}");
        assert_eq!(number(queue, "VisibilityTimeout"), queue::HIDDEN.as_secs(), "{name}");
        assert_eq!(number(function(reader), "BatchSize"), queue::BATCH as i64, "{name}");
    }
}

#[test]
fn sandboxes_have_the_time_that_the_template_gives_them() {
    let stream = |reader| Work::Stream(reader, 0, mapping::Batch::empty());
    let inbox = |inbox| Work::Queue(inbox, Vec::new());
    let works = [Work::Post(0), stream(Reader::Plan), stream(Reader::Log), stream(Reader::Send), Work::Sweep];
    for work in works.into_iter().chain([inbox(Inbox::Replies), inbox(Inbox::Receipts)]) {
        let function = function(work.function());
        let (properties, _) = function.split_once("\n      Environment:").unwrap();
        assert_eq!(number(properties, "\n      Timeout"), work.limit().as_secs(), "{}", work.function());
    }
    assert_eq!(number(function("sweep-updates"), "EventInvokeConfig: {MaximumRetryAttempts"), 0);
}
