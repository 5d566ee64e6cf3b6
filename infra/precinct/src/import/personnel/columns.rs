//! The files of a personnel folder and their columns, named as the fields of the events that they become.

/// How a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Words, ids, codes: as they stand.
    Text,
    /// The same, and empty says that there is none (the chief has no supervisor).
    NoneIfEmpty,
    /// A day.
    Day,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A day that is no field of the event, but when it took effect.
    When,
}

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// Whether the file is refused without it.
    pub(super) required: bool,
}

/// A kind of event and its file.
pub(super) struct Kind {
    /// File name; `.gz` may follow.
    pub(super) file: &'static str,
    /// Type of the event.
    pub(super) event: &'static str,
    pub(super) columns: &'static [Column],
    /// Columns that say when it took effect: the first that is filled.
    pub(super) when: &'static [&'static str],
    /// Columns of which two rows that differ must not agree: the ledger could not tell which one stands.
    pub(super) key: &'static [&'static str],
}

const fn required(name: &'static str, form: Form) -> Column {
    Column { name, form, required: true }
}

const fn optional(name: &'static str, form: Form) -> Column {
    Column { name, form, required: false }
}

/// In the order in which they are loaded: people first, what follows up on an event after it.
pub(super) const KINDS: [Kind; 8] = [
    Kind {
        file: "officers.csv",
        event: "officer.upserted",
        columns: &[
            required("officer_id", Form::Text),
            required("effective_on", Form::When),
            required("hired_on", Form::Day),
            required("rank", Form::Text),
            required("unit", Form::Text),
            required("shift", Form::Text),
            required("active", Form::Flag),
            optional("supervisor_id", Form::NoneIfEmpty),
            optional("employee_type", Form::Text),
            optional("name", Form::Text),
            optional("email", Form::Text),
            optional("subject", Form::Text),
        ],
        when: &["effective_on"],
        key: &["officer_id"],
    },
    Kind {
        file: "exposure.csv",
        event: "exposure.recorded",
        columns: &[
            required("officer_id", Form::Text),
            required("date", Form::Day),
            optional("hours", Form::Number),
            optional("calls", Form::Number),
            optional("arrests", Form::Number),
            optional("stops", Form::Number),
            optional("miles", Form::Number),
            optional("revised_on", Form::When),
        ],
        when: &["revised_on", "date"],
        key: &["officer_id", "date"],
    },
    Kind {
        file: "events.csv",
        event: "event.reported",
        columns: &[
            required("event_id", Form::Text),
            required("officer_id", Form::Text),
            required("indicator", Form::Text),
            required("occurred_on", Form::Day),
            required("reported_on", Form::Day),
            optional("severity", Form::Text),
            optional("scene_id", Form::Text),
            optional("summary_ref", Form::Text),
            optional("confidential_until", Form::Day),
            optional("revised_on", Form::When),
        ],
        when: &["revised_on", "reported_on"],
        key: &["event_id"],
    },
    Kind {
        file: "findings.csv",
        event: "event.finding",
        columns: &[
            required("event_id", Form::Text),
            required("finding", Form::Text),
            required("closed_on", Form::Day),
            optional("revised_on", Form::When),
        ],
        when: &["revised_on", "closed_on"],
        key: &["event_id"],
    },
    Kind {
        file: "voided.csv",
        event: "event.voided",
        columns: &[required("event_id", Form::Text), required("voided_on", Form::When)],
        when: &["voided_on"],
        key: &[],
    },
    Kind {
        file: "commendations.csv",
        event: "commendation.recorded",
        columns: &[
            required("officer_id", Form::Text),
            required("date", Form::Day),
            optional("kind", Form::Text),
        ],
        when: &["date"],
        key: &[],
    },
    Kind {
        file: "training_required.csv",
        event: "training.required",
        columns: &[
            required("officer_id", Form::Text),
            required("course", Form::Text),
            required("due_on", Form::Day),
            optional("required_on", Form::When),
        ],
        when: &["required_on", "due_on"],
        key: &[],
    },
    Kind {
        file: "training_completed.csv",
        event: "training.completed",
        columns: &[
            required("officer_id", Form::Text),
            required("course", Form::Text),
            required("completed_on", Form::Day),
            required("hours", Form::Number),
            required("result", Form::Text),
            optional("expires_on", Form::Day),
        ],
        when: &["completed_on"],
        key: &[],
    },
];
