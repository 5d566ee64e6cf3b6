//! The words of the contract: kinds, classes, channels, and the reasons why an update is not sent.
use serde::{Deserialize, Serialize};

/// Defines an enum whose words are the contract's, in snake case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the words are the contract's own")]
        pub enum $name { $(#[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of the contract.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What an update is about.
    Kind {
        CallReceived = "call_received",
        OfficersOnTheWay = "officers_on_the_way",
        OfficersDelayed = "officers_delayed",
        CallClosed = "call_closed",
        CallTransferred = "call_transferred",
        CaseNumber = "case_number",
        CaseAssigned = "case_assigned",
        CaseStatus = "case_status",
        CaseReferred = "case_referred",
        CaseCharged = "case_charged",
        CaseClosed = "case_closed",
        ContactRequested = "contact_requested",
        Survey = "survey",
        StaffMessage = "staff_message",
    }
}

words! {
    /// Legal class of a kind.
    Class {
        EmergencyService = "emergency_service",
        CaseInformation = "case_information",
        Survey = "survey",
    }
}

words! {
    /// Way to a person.
    Channel { Text = "text", Email = "email" }
}

words! {
    /// What is answered to a text that came in. Answers carry nothing about a call or a case.
    Answer {
        Stopped = "stopped",
        StoppedPart = "stopped_part",
        Started = "started",
        Help = "help",
        NotMonitored = "not_monitored",
        PassedOn = "passed_on",
        LanguageSet = "language_set",
        SurveyScored = "survey_scored",
        SurveyThanks = "survey_thanks",
    }
}

words! {
    /// Why an update is not sent.
    Reason {
        KindOff = "kind_off",
        CallTypeDenied = "call_type_denied",
        OffenceDenied = "offence_denied",
        RoleSuspect = "role_suspect",
        NumberOfSuspect = "number_of_suspect",
        Minor = "minor",
        ContactNever = "contact_never",
        ContactNoText = "contact_no_text",
        ContactNoEmail = "contact_no_email",
        ContactAskFirst = "contact_ask_first",
        SafetyLatch = "safety_latch",
        OptedOut = "opted_out",
        UndeliverableAddress = "undeliverable_address",
        NoAddress = "no_address",
        NotASubscriberNumber = "not_a_subscriber_number",
        Baseline = "baseline",
        Merged = "merged",
        Cancelled = "cancelled",
        BreakerOpen = "breaker_open",
        SpendCap = "spend_cap",
        SurveyCap = "survey_cap",
        Paused = "paused",
        UnapprovedText = "unapproved_text",
        StatusUnmapped = "status_unmapped",
        Shadow = "shadow",
        RoleNotNotified = "role_not_notified",
        HoldOut = "hold_out",
        NumberCap = "number_cap",
        RenderRefused = "render_refused",
    }
}

impl Kind {
    /// The class, which decides quiet hours and the scope of opt-outs.
    pub fn class(self) -> Class {
        match self {
            Self::CallReceived | Self::OfficersOnTheWay | Self::OfficersDelayed | Self::CallTransferred => {
                Class::EmergencyService
            }
            Self::Survey => Class::Survey,
            _ => Class::CaseInformation,
        }
    }

    /// Whether a person has to be told some other way where this cannot reach them.
    pub fn must_notify(self) -> bool {
        matches!(self, Self::CaseReferred | Self::CaseCharged | Self::CaseClosed | Self::ContactRequested)
    }

    /// Whether it is news of a case: only these may pass a latch or a denied offence by a confirmed safe way.
    pub fn is_about_a_case(self) -> bool {
        self.word().starts_with("case_") || self == Self::ContactRequested
    }
}

impl Reason {
    /// Whether it stands once decided; any other reason is decided again until the update's age limit.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Baseline | Self::Shadow | Self::OptedOut)
    }

    /// The rule behind it, as named in the agency folder or the design.
    pub fn rule(self) -> &'static str {
        match self {
            Self::KindOff => "updates.toml: kinds.*.on",
            Self::CallTypeDenied => "updates.toml: call_types",
            Self::OffenceDenied => "updates.toml: offences",
            Self::RoleSuspect | Self::NumberOfSuspect => {
                "nobody named as suspect, and no number a suspect shares"
            }
            Self::RoleNotNotified => "the kind goes to other roles",
            Self::Minor => "updates.toml: adult_age",
            Self::ContactAskFirst => {
                "the person has to be asked first: no consent, or updates.toml: number_recheck_days"
            }
            Self::ContactNever | Self::ContactNoText | Self::ContactNoEmail => {
                "the person's own word about contact"
            }
            Self::SafetyLatch => "updates.toml: latch_days",
            Self::OptedOut => "opt-out by the recipient",
            Self::NoAddress | Self::NotASubscriberNumber | Self::UndeliverableAddress => "address",
            Self::Baseline => "known before the service began",
            Self::Merged | Self::Cancelled => "course of the incident",
            Self::StatusUnmapped => "the contract's list of case statuses",
            Self::BreakerOpen => "updates.toml: limits.breaker_per_minute",
            Self::SpendCap => "updates.toml: limits.spend_per_month_usd",
            Self::SurveyCap => "updates.toml: survey.days_between",
            Self::NumberCap => "updates.toml: limits.per_number_per_day",
            Self::HoldOut => "updates.toml: hold_out",
            Self::Paused => "pause",
            Self::UnapprovedText => "approvals.toml: texts",
            Self::Shadow => "agency.toml: modes.updates",
            Self::RenderRefused => "texts: blank, unknown or too long",
        }
    }
}
