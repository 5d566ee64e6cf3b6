//! Surveys: the claim that keeps a number from being asked twice, and the counters. Counters hold no personal data: per
//! month, call type and language how many were asked, answered and with which score.
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;
use updates::ContactState;
use updates::reply::{SurveyAnswer, SurveyAsked};
use updates::standing::SurveyCount;

use crate::error::StoreError;
use crate::keys::{Key, survey_count};
use crate::messages::{Message, Messages, State};
use crate::planning::{Loaded, Planning};
use crate::schema::{PK, SK};
use crate::store::{from_item, n, s};

impl Planning {
    /// Claims a message that was decided on what `loaded` holds. A survey is noted on its address and in the counters in
    /// the same transaction, so that two calls never ask one number.
    pub async fn claim(&self, loaded: &Loaded, claimed: &Message, now: Timestamp) -> Result<(), StoreError> {
        if claimed.kind != updates::Kind::Survey {
            return self.messages.claim(claimed, self.unchanged(loaded, claimed)).await;
        }
        let addresses = loaded.known.indexes.iter().filter(|(_, index)| **index == claimed.recipient);
        let mut further = Vec::new();
        for (address, _) in addresses {
            let state = &loaded.known.states[address];
            let asked = ContactState {
                survey_at: Some(now),
                survey_for: Some(claimed.subject.clone()),
                ..state.next()
            };
            let put = self.contacts.put(address, &asked).await?;
            further.push(TransactWriteItem::builder().put(put).build());
            let elsewhere = self.contacts.unchanged_elsewhere(&loaded.known, address).into_iter();
            further
                .extend(elsewhere.map(|check| TransactWriteItem::builder().condition_check(check).build()));
        }
        let asked = SurveyAsked {
            sent_at: now,
            call_type: loaded.subject.call_type().unwrap_or("unknown").to_owned(),
            language: claimed.language.clone().unwrap_or_default(),
            scored_at: None,
            commented: false,
        };
        // A survey that the provider was too busy for is claimed again, and counted once.
        let claims = claimed.history.iter().filter(|step| step.state == State::Claimed).count();
        further.extend((claims == 1).then(|| self.messages.count_sent(&asked)));
        let mut conversation = self.messages.conversation(&claimed.recipient).await?.next();
        conversation.survey = Some(asked);
        let put = self.messages.put_conversation(&claimed.recipient, &conversation, now)?;
        further.push(TransactWriteItem::builder().put(put).build());
        let facts = loaded.safety.iter().map(|(key, safety)| self.incidents.unchanged(key, safety)).collect();
        self.messages.claim_with(claimed, facts, further).await
    }
}

impl Messages {
    /// The counters of the surveys sent in `month` (`2026-07`, UTC), by call type and language.
    pub async fn survey_counts(&self, month: &str) -> Result<Vec<SurveyCount>, StoreError> {
        let items = self.store().query("survey counter", &survey_count(month, "", "").pk, "").await?;
        items.into_iter().map(|item| from_item("survey counter", item)).collect()
    }

    fn count_sent(&self, asked: &SurveyAsked) -> TransactWriteItem {
        self.add(asked, &["sent"])
    }

    /// Counts an answer; part of the transaction that stores the text, so that it counts once.
    pub(crate) fn count_answer(&self, asked: &SurveyAsked, answer: SurveyAnswer) -> TransactWriteItem {
        const SCORES: [&str; 5] = ["score_1", "score_2", "score_3", "score_4", "score_5"];
        let mut counters = Vec::new();
        if let Some(score) = answer.score {
            counters.push("answered");
            counters.extend(SCORES.get(usize::from(score.clamp(1, 5)) - 1).copied());
        }
        counters.extend(answer.comment.then_some("comments"));
        self.add(asked, &counters)
    }

    fn add(&self, asked: &SurveyAsked, counters: &[&str]) -> TransactWriteItem {
        let month = asked.sent_at.to_string()[..7].to_owned();
        let Key { pk, sk } = survey_count(&month, &asked.call_type, &asked.language);
        let sums: Vec<String> = counters.iter().map(|counter| format!("{counter} :one")).collect();
        let update = Update::builder()
            .table_name(self.store().name())
            .key(PK, s(pk))
            .key(SK, s(sk))
            .update_expression(format!("SET call_type = :type, #l = :language ADD {}", sums.join(", ")))
            // The word is reserved.
            .expression_attribute_names("#l", "language")
            .expression_attribute_values(":type", s(&asked.call_type))
            .expression_attribute_values(":language", s(&asked.language))
            .expression_attribute_values(":one", n(1))
            .build()
            .expect("table, key and expression are set");
        TransactWriteItem::builder().update(update).build()
    }
}
