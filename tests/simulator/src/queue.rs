//! SQS before `replies` and `receipts`: at least once, in no order to rely on, hidden while it is worked on, and given
//! up to the dead-letter queue after so many tries.
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Most messages in one call, as the template sets it.
pub(crate) const BATCH: usize = 10;
/// How often a message is received before it is a dead letter, as the template says.
pub(crate) const RECEIVES: u32 = 8;
/// How long a message is hidden after it was handed over, as the template says.
pub(crate) const HIDDEN: SignedDuration = SignedDuration::from_secs(180);

/// A message of a queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) sent_at: Timestamp,
    visible_at: Timestamp,
    received: u32,
}

/// A queue with its dead letters.
#[derive(Default)]
pub(crate) struct Queue {
    messages: Vec<Message>,
    pub(crate) dead: Vec<Message>,
}

impl Queue {
    pub(crate) fn add(&mut self, id: String, body: String, now: Timestamp) {
        self.messages.push(Message { id, body, sent_at: now, visible_at: now, received: 0 });
    }

    /// The messages to hand over now, and the event that hands them over.
    pub(crate) fn receive(&mut self, now: Timestamp) -> Option<(Vec<String>, Value)> {
        let (dead, alive) = std::mem::take(&mut self.messages)
            .into_iter()
            .partition(|message| message.received >= RECEIVES && message.visible_at <= now);
        self.messages = alive;
        self.dead.extend::<Vec<Message>>(dead);
        let visible = self.messages.iter_mut().filter(|message| message.visible_at <= now).take(BATCH);
        let mut ids = Vec::new();
        let mut records = Vec::new();
        for message in visible {
            message.visible_at = now + HIDDEN;
            message.received += 1;
            ids.push(message.id.clone());
            records.push(json!({
                "messageId": message.id, "receiptHandle": message.id, "body": message.body,
                "attributes": {"ApproximateReceiveCount": message.received.to_string(),
                               "SentTimestamp": message.sent_at.as_millisecond().to_string()},
                "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "us-east-1",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:simulated",
            }));
        }
        (!ids.is_empty()).then(|| (ids, json!({"Records": records})))
    }

    /// Deletes what was handled; the bodies of it.
    pub(crate) fn delete(&mut self, ids: &[String]) -> Vec<String> {
        let (gone, kept) =
            std::mem::take(&mut self.messages).into_iter().partition(|message| ids.contains(&message.id));
        self.messages = kept;
        let gone: Vec<Message> = gone;
        gone.into_iter().map(|message| message.body).collect()
    }

    /// When something becomes visible next.
    pub(crate) fn next_visible(&self) -> Option<Timestamp> {
        self.messages.iter().map(|message| message.visible_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-07-07T17:00:00Z".parse().unwrap()
    }

    fn filled(messages: usize) -> Queue {
        let mut queue = Queue::default();
        for number in 0..messages {
            queue.add(format!("reply-{number}"), format!("body {number}"), start());
        }
        queue
    }

    #[test]
    fn ten_messages_are_handed_over_and_hidden_for_a_while() {
        let mut queue = filled(12);
        let (ids, event) = queue.receive(start()).unwrap();
        assert_eq!((ids.len(), event["Records"].as_array().unwrap().len()), (10, 10));
        assert_eq!(queue.receive(start()).unwrap().0, ["reply-10", "reply-11"]);
        assert!(queue.receive(start()).is_none());
        assert_eq!(queue.next_visible(), Some(start() + HIDDEN));
        assert_eq!(queue.receive(start() + HIDDEN).unwrap().0.len(), 10);
    }

    #[test]
    fn what_is_deleted_does_not_come_again_and_the_rest_does() {
        let mut queue = filled(2);
        queue.receive(start());
        assert_eq!(queue.delete(&["reply-0".into()]), ["body 0"]);
        let (ids, event) = queue.receive(start() + HIDDEN).unwrap();
        assert_eq!(ids, ["reply-1"]);
        assert_eq!(event["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
    }

    #[test]
    fn a_message_that_nobody_deletes_is_a_dead_letter_after_so_many_receives() {
        let mut queue = filled(1);
        let mut now = start();
        let mut received = 0;
        while queue.receive(now).is_some() {
            received += 1;
            now += HIDDEN;
        }
        assert_eq!(received, RECEIVES);
        assert_eq!(queue.dead.iter().map(|dead| dead.id.as_str()).collect::<Vec<_>>(), ["reply-0"]);
        assert_eq!(queue.next_visible(), None);
    }

    #[test]
    fn a_message_that_is_sent_twice_comes_twice() {
        let mut queue = filled(1);
        queue.add("reply-0-1".into(), "body 0".into(), start());
        assert_eq!(queue.receive(start()).unwrap().0, ["reply-0", "reply-0-1"]);
    }
}
