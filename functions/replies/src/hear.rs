//! One text: read, decided, stored with everything that follows from it.
use jiff::Timestamp;
use serde::Deserialize;
use table::StoreError;
use table::messages::Message;
use table::replies::{NewReply, Words, sent_at};
use updates::reply::{self, Decided, Heard, Latest, Reading, Stop};
use updates::{Answer, ContactState};

use crate::Context;

/// How often a text is decided anew when somebody else writes at the same time.
const ROUNDS: u32 = 8;

/// A text that came in, as End User Messaging posts it to the topic. It does not print.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InboundText {
    origination_number: String,
    message_body: String,
    pub(crate) inbound_message_id: Option<String>,
    previous_published_message_id: Option<String>,
}

/// What is known of a number at the moment.
struct Sender {
    /// Normalised; none where it is no number that we could text.
    address: Option<String>,
    /// Blind index.
    index: String,
    state: ContactState,
}

/// Takes the text stored under `id`. One that was taken before changes nothing.
pub(crate) async fn take(
    context: &Context,
    text: &InboundText,
    id: &str,
    received: Timestamp,
) -> Result<(), StoreError> {
    let mut round = 0;
    loop {
        match once(context, text, id, received).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => return result,
        }
    }
}

async fn once(
    context: &Context,
    text: &InboundText,
    id: &str,
    received: Timestamp,
) -> Result<(), StoreError> {
    let Context { messages, policy, .. } = context;
    if messages.reply(id).await?.is_some() {
        return Ok(());
    }
    let reading = reply::read(&text.message_body);
    let sender = sender(context, &text.origination_number).await?;
    let last = messages.last_text_to(&sender.index, text.previous_published_message_id.as_deref()).await?;
    let latest = last.as_ref().map(latest);
    let conversation = messages.conversation(&sender.index).await?;
    let named_case = named_case(context, text, &reading, &sender.index).await?;
    let decided = reply::decide(&Heard {
        reading: &reading,
        reply: &format!("REPLY#{id}"),
        contact: &sender.state,
        latest: latest.as_ref(),
        survey: conversation.survey.as_ref(),
        talk: &conversation.talk,
        named_case: named_case.as_deref(),
        stop_keeps_case_news: policy.stop_keeps_case_news(),
        received,
    });
    let language = language(context, &decided, &sender.state, &reading, latest.as_ref());
    let contact = match (&decided.contact, &sender.address) {
        (Some(next), Some(address)) => Some(context.contacts.put(address, next).await?),
        _ => None,
    };
    let mut next = conversation.next();
    let changed = decided.talk.is_some() || decided.survey.is_some();
    next.talk = decided.talk.clone().unwrap_or(next.talk);
    next.survey = decided.survey.as_ref().map(|(asked, _)| asked.clone()).or(next.survey);
    let answers: &[Answer] = &decided.answers;
    messages
        .keep(NewReply {
            id,
            words: Words { from: text.origination_number.clone(), text: text.message_body.clone() },
            sender: &sender.index,
            received,
            now: context.clock.now(),
            meaning: decided.meaning,
            latest: last.as_ref(),
            revoked: contact.is_some() && matches!(reading.stop, Stop::Yes { .. }),
            contact,
            // A number of another plan is not texted back: that costs money and may be meant to.
            answers: sender.address.as_deref().map(|number| (answers, language, number)),
            needs: &decided.needs,
            conversation: changed.then_some(next),
            survey: decided.survey.as_ref().map(|(asked, answer)| (asked, *answer)),
            zone: policy.zone(),
        })
        .await
}

async fn sender(context: &Context, number: &str) -> Result<Sender, StoreError> {
    Ok(match context.contacts.find(number).await? {
        Some((address, state)) => {
            Sender { index: context.contacts.index(&address).await?, address: Some(address), state }
        }
        None => Sender {
            address: None,
            index: context.contacts.index(number.trim()).await?,
            state: ContactState::default(),
        },
    })
}

fn latest(message: &Message) -> Latest {
    Latest {
        kind: message.kind,
        subject: message.subject.clone(),
        sent_at: sent_at(message),
        language: message.language.clone(),
    }
}

/// The case that a STOP names, if this number was told of it; STOP with any other number means everything.
async fn named_case(
    context: &Context,
    text: &InboundText,
    reading: &Reading,
    sender: &str,
) -> Result<Option<String>, StoreError> {
    let asks = matches!(reading.stop, Stop::Yes { everything: false });
    if !asks || !text.message_body.contains(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    let cases = context.messages.cases_told(sender).await?;
    Ok(cases.into_iter().find(|number| reply::names(&text.message_body, number)))
}

/// Language of the answers: the one asked for by keyword, that of the words that were understood, that of the last
/// message, else the department's own.
fn language<'a>(
    context: &'a Context,
    decided: &'a Decided,
    state: &'a ContactState,
    reading: &Reading,
    latest: Option<&'a Latest>,
) -> &'a str {
    let contact = decided.contact.as_ref().unwrap_or(state);
    let asked = contact.language.as_deref();
    asked
        .or(reading.language)
        .or(latest.and_then(|latest| latest.language.as_deref()))
        .unwrap_or(&context.default_language)
}
