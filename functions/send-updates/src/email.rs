//! An update as an e-mail: its words, what stands below them, and the link that stops e-mails.
use jiff::Timestamp;
use startup::Runtime;
use startup::agency::Agency;
use table::StoreError;
use table::messages::Message;
use table::planning::Loaded;
use table::unsubscribe::Unsubscribe;
use table::wording::{Below, Worded};
use updates::Channel;
use updates::email::{Around, Envelope, Stop, build_update};

use crate::Context;

/// What is the same for every e-mail.
#[derive(Clone, Debug)]
pub(crate) struct Emails {
    from_name: String,
    from: String,
    /// Address of the public API; without it an e-mail names a telephone number only.
    public_url: Option<String>,
    /// Mailbox that a person reads.
    mailbox: Option<String>,
}

impl Emails {
    pub(crate) fn new(runtime: &Runtime, agency: &Agency) -> Self {
        let public_url = runtime.variables.optional("PUBLIC_API_URL");
        Self {
            from_name: agency.name.clone(),
            from: agency.email_from.clone(),
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            mailbox: agency.mailboxes.get("records").cloned(),
        }
    }

    /// The bytes of an update to `address` at an instant; `token` makes the message id.
    pub(crate) fn build(
        &self,
        worded: &Worded,
        foot: &Foot,
        (address, at, token): (&str, Timestamp, &str),
    ) -> Vec<u8> {
        let envelope = Envelope { from_name: &self.from_name, from: &self.from, to: address, at, token };
        let stop = foot.link.as_deref();
        let stop = stop.map(|url| Stop { label: &foot.below.link, url, mailbox: self.mailbox.as_deref() });
        let around = Around { language: &worded.language, footer: &foot.below.footer, stop };
        build_update(&envelope, &worded.words, &around)
    }
}

/// What stands below an e-mail; a text has nothing of it.
#[derive(Debug, Default)]
pub(crate) struct Foot {
    below: Below,
    link: Option<String>,
}

/// What stands below `message`, made before the claim: the link may need a key, the words may not be fillable (`None`).
pub(crate) async fn foot(
    context: &Context,
    loaded: &Loaded,
    message: &Message,
    worded: &Worded,
) -> Result<Option<Foot>, StoreError> {
    if message.channel == Channel::Text {
        return Ok(Some(Foot::default()));
    }
    let link = link(context, loaded, message, &worded.language).await?;
    let below = context.words.below_email(&worded.language, link.is_some());
    Ok(below.map(|below| Foot { below, link }))
}

/// The link that stops e-mails to the recipient of `message`.
async fn link(
    context: &Context,
    loaded: &Loaded,
    message: &Message,
    language: &str,
) -> Result<Option<String>, StoreError> {
    let Some(base) = &context.emails.public_url else { return Ok(None) };
    let known = loaded.known.indexes.iter().find(|(_, index)| **index == message.recipient);
    let Some((address, _)) = known else { return Ok(None) };
    let whom = Unsubscribe {
        address: address.clone(),
        case: loaded.subject.case_number().map(str::to_owned),
        language: language.to_owned(),
    };
    let token = context.planning.contacts.unsubscribe_token(&whom).await?;
    Ok(Some(format!("{base}/v1/unsubscribe/{token}")))
}
