//! Texts that came in: each stored once, sealed, with everything that follows from it in one transaction: the number's
//! state, the tasks, the answers, the counters. A text that is delivered again finds itself and does nothing.
use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use updates::reply::{Meaning, SurveyAnswer, SurveyAsked, Talk};
use updates::{Answer, Channel, Need};

use crate::error::StoreError;
use crate::keys::{Key, conversation, reply};
use crate::messages::{Message, Messages, State};
use crate::notices::{Carrier, Notice, Told};
use crate::revocations::Revocation;
use crate::schema::PROVIDER;
use crate::store::{from_item, rev_condition, to_item};

/// How many of the messages to a number are looked at to find the last one that went out.
const LOOKED_AT: i32 = 12;
/// How many are looked at for the cases that the number was told of; only their keys are read.
const CASES_LOOKED_AT: i32 = 200;
/// How long what was said to a number is remembered: longer than a survey waits for its comment.
const CONVERSATION_FOR: SignedDuration = SignedDuration::from_hours(24 * 40);

/// A text that came in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredReply {
    /// The provider's id of it.
    pub id: String,
    /// When it was received.
    pub at: Timestamp,
    /// What it was taken for.
    pub meaning: Meaning,
    /// Blind index of the number it came from.
    pub sender: String,
    /// Key of the call or case that the last message to that number was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Sort key of that message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Sealed number and words; none once their time is over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) sealed: Option<String>,
    /// When they were deleted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) emptied_at: Option<Timestamp>,
}

/// What was written, and by whom. Personal; it does not print.
#[derive(Clone, Serialize, Deserialize)]
pub struct Words {
    /// Number, as it came.
    pub from: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words([private])")
    }
}

/// What was said to a number lately and the survey it was asked, under its blind index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Revision; 0 means that nothing is stored.
    pub rev: u64,
    /// What was said lately.
    #[serde(flatten)]
    pub talk: Talk,
    /// The last survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<SurveyAsked>,
    #[serde(default)]
    ttl: i64,
}

/// A text with what was decided about it, to be stored.
#[derive(Clone, Debug)]
pub struct NewReply<'a> {
    /// The provider's id of it.
    pub id: &'a str,
    /// Number and text.
    pub words: Words,
    /// Blind index of the number.
    pub sender: &'a str,
    /// When it was received.
    pub received: Timestamp,
    /// The present instant.
    pub now: Timestamp,
    /// What it was taken for.
    pub meaning: Meaning,
    /// The last message that went to the number.
    pub latest: Option<&'a Message>,
    /// The number's new state, as part of the transaction.
    pub contact: Option<Put>,
    /// Whether that state honours a revocation, which is put on record.
    pub revoked: bool,
    /// What is answered, in which language, to which number.
    pub answers: Option<(&'a [Answer], &'a str, &'a str)>,
    /// What a person has to do.
    pub needs: &'a [Need],
    /// What was said lately, where it changes; the revision must be one above what is stored.
    pub conversation: Option<Conversation>,
    /// The answer to a survey, for the counters.
    pub survey: Option<(&'a SurveyAsked, SurveyAnswer)>,
    /// Time zone of the department, for business days.
    pub zone: &'a TimeZone,
}

impl Conversation {
    /// The same under the next revision, to be changed and written.
    pub fn next(&self) -> Self {
        Self { rev: self.rev + 1, ..self.clone() }
    }
}

impl Messages {
    /// The text with the provider's id `id`.
    pub async fn reply(&self, id: &str) -> Result<Option<StoredReply>, StoreError> {
        self.store().read("reply", &reply(id)).await
    }

    /// What was written in it, and from where; none once that was deleted.
    pub async fn reply_words(&self, stored: &StoredReply) -> Result<Option<Words>, StoreError> {
        match &stored.sealed {
            Some(sealed) => self.ring().open_json(&place(&stored.id), sealed).await.map(Some),
            None => Ok(None),
        }
    }

    /// The texts that came in about a call or a case, oldest first.
    pub async fn replies_of(&self, subject: &str) -> Result<Vec<StoredReply>, StoreError> {
        let mut replies = Vec::new();
        for item in self.store().query("reply", subject, "REPLY#").await? {
            let link: Link = from_item("reply", item)?;
            replies.extend(self.reply(&link.id).await?);
        }
        replies.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(replies)
    }

    /// What was said lately to the number with this blind index.
    pub async fn conversation(&self, sender: &str) -> Result<Conversation, StoreError> {
        Ok(self.store().read("conversation", &conversation(sender)).await?.unwrap_or_default())
    }

    /// A conversation as part of a transaction; its revision must be one above what is stored.
    pub(crate) fn put_conversation(
        &self,
        sender: &str,
        next: &Conversation,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let next = Conversation { ttl: (now + CONVERSATION_FOR).as_second(), ..next.clone() };
        let (condition, values) = rev_condition(next.rev - 1);
        Ok(Put::builder()
            .table_name(self.store().name())
            .set_item(Some(to_item("conversation", &conversation(sender), &next)?))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table and item are set"))
    }

    /// The last text that went to the number with this blind index: the one the provider names, if it is one of ours to
    /// that number, else the one that went out last.
    pub async fn last_text_to(
        &self,
        sender: &str,
        provider_id: Option<&str>,
    ) -> Result<Option<Message>, StoreError> {
        if let Some(id) = provider_id.filter(|id| !id.is_empty()) {
            for key in self.store().index_keys(PROVIDER, id, None, 2).await? {
                let named = if key.sk.starts_with("MSG#") { self.get(&key).await? } else { None };
                if let Some(named) = named.filter(|message| message.recipient == sender) {
                    return Ok(Some(named));
                }
            }
        }
        let mut latest: Option<Message> = None;
        for key in self.store().newest_to(sender, LOOKED_AT).await? {
            let Some(message) = self.get(&key).await?.filter(went_out) else { continue };
            if latest.as_ref().is_none_or(|best| sent_at(best) < sent_at(&message)) {
                latest = Some(message);
            }
        }
        Ok(latest)
    }

    /// The cases that messages to the number with this blind index are about, by number.
    pub async fn cases_told(&self, sender: &str) -> Result<BTreeSet<String>, StoreError> {
        let keys = self.store().newest_to(sender, CASES_LOOKED_AT).await?;
        Ok(keys.iter().filter_map(|key| key.pk.strip_prefix("CASE#")).map(str::to_owned).collect())
    }

    /// Stores a text with what follows from it. `Condition` means that it is stored already, or that something it was
    /// decided on has changed: read again and decide again.
    pub async fn keep(&self, new: NewReply<'_>) -> Result<(), StoreError> {
        let mut writes = vec![self.put_reply(&new).await?];
        writes.extend(self.put_link(&new)?);
        writes.extend(new.contact.clone());
        if new.revoked {
            let note = Revocation {
                id: new.id.into(),
                received_at: new.received,
                effective_at: Some(new.now),
                by: "text".into(),
            };
            writes.push(self.put_revocation(&note)?);
        }
        if let Some(next) = &new.conversation {
            writes.push(self.put_conversation(new.sender, next, new.now)?);
        }
        let mut items: Vec<TransactWriteItem> = writes.into_iter().map(put).collect();
        for need in new.needs {
            items.extend(self.raise_writes(need, new.now, new.zone).await?);
        }
        if let Some((answers, language, number)) = new.answers {
            for answer in answers {
                items.push(put(self.put_answer(&new, *answer, language, number).await?));
            }
        }
        if let Some((asked, answer)) = &new.survey {
            items.push(self.count_answer(asked, *answer));
        }
        self.store().transact("reply", items).await
    }

    async fn put_reply(&self, new: &NewReply<'_>) -> Result<Put, StoreError> {
        let stored = StoredReply {
            id: new.id.into(),
            at: new.received,
            meaning: new.meaning,
            sender: new.sender.into(),
            subject: new.latest.map(|latest| latest.subject.clone()),
            message: new.latest.map(|latest| latest.sk.clone()),
            sealed: Some(self.ring().seal_json(&place(new.id), &new.words).await?),
            emptied_at: None,
        };
        self.put_once(&reply(new.id), &stored)
    }

    /// Lists the text under what it is about.
    fn put_link(&self, new: &NewReply<'_>) -> Result<Option<Put>, StoreError> {
        let Some(latest) = new.latest else { return Ok(None) };
        let key = Key::new(&latest.subject, format!("REPLY#{}", new.id));
        self.put_once(&key, &Link { id: new.id.into() }).map(Some)
    }

    async fn put_answer(
        &self,
        new: &NewReply<'_>,
        answer: Answer,
        language: &str,
        number: &str,
    ) -> Result<Put, StoreError> {
        let told = Told::Answer { answer, language: language.into() };
        let until = new.now + worth_for(answer);
        let pk = reply(new.id).pk;
        let mut notice = Notice::new(&pk, answer.word(), Carrier::Text, told, new.now, until);
        self.seal_notice_address(&mut notice, number).await?;
        self.put_notice(&notice)
    }

    fn put_once(&self, key: &Key, value: &impl Serialize) -> Result<Put, StoreError> {
        Ok(Put::builder()
            .table_name(self.store().name())
            .set_item(Some(to_item("reply", key, value)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("table and item are set"))
    }
}

/// A text listed under the call or case that it is about.
#[derive(Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) id: String,
}

/// How long an answer is worth sending. The one confirmation of a STOP goes within five minutes (47 CFR
/// 64.1200(a)(12)); later it would be a text to somebody who wants none.
fn worth_for(answer: Answer) -> SignedDuration {
    match answer {
        Answer::Stopped | Answer::StoppedPart => SignedDuration::from_mins(5),
        _ => SignedDuration::from_mins(15),
    }
}

fn put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

pub(crate) fn place(id: &str) -> String {
    format!("{}|words", reply(id).pk)
}

/// Whether it may have reached the phone.
fn went_out(message: &Message) -> bool {
    let sent = matches!(message.state, State::Claimed | State::Accepted | State::Delivered | State::Unknown);
    sent && message.channel == Channel::Text
}

/// When it went out.
pub fn sent_at(message: &Message) -> Timestamp {
    let claims = message.history.iter().rev().find(|step| step.state == State::Claimed);
    claims.map_or(message.created_at, |step| step.at)
}
