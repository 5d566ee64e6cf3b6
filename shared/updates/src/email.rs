//! An e-mail as the bytes that SES sends: one recipient, plain text and HTML of the same words.
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use crate::render::Rendered;

/// What stands around the words.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// Name of the agency.
    pub from_name: &'a str,
    /// Address on the verified domain.
    pub from: &'a str,
    /// The one recipient.
    pub to: &'a str,
    /// When it is sent.
    pub at: Timestamp,
    /// Unique token: message id and boundary are made of it, so that the same call gives the same bytes.
    pub token: &'a str,
}

/// The raw message.
pub fn build(envelope: &Envelope<'_>, words: &Rendered) -> Vec<u8> {
    let domain = envelope.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let parts = vec![
        MimePart::new(ContentType::new("text/plain").attribute("charset", "utf-8"), words.body.as_str()),
        MimePart::new(ContentType::new("text/html").attribute("charset", "utf-8"), html(words)),
    ];
    let boundary = format!("part-{}", envelope.token);
    let message = MessageBuilder::new()
        .from((envelope.from_name, envelope.from))
        .to(envelope.to)
        .subject(words.subject.as_str())
        .date(envelope.at.as_second())
        .message_id(format!("{}@{domain}", envelope.token))
        // Out-of-office systems must not answer (RFC 3834).
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .body(MimePart::new(
            ContentType::new("multipart/alternative").attribute("boundary", boundary),
            parts,
        ));
    message.write_to_vec().unwrap_or_default()
}

/// The same paragraphs as HTML: no pictures, no links, no style that a mail reader could drop.
fn html(words: &Rendered) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let paragraphs = words
        .body
        .trim()
        .split("\n\n")
        .map(|paragraph| format!("<p>{}</p>\n", escape(paragraph).replace('\n', "<br>\n")));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em\">\n{}</body></html>\n",
        escape(&words.subject),
        paragraphs.collect::<String>()
    )
}
