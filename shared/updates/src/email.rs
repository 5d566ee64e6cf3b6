//! An e-mail as the bytes that SES sends: one recipient, plain text and HTML of the same words.
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::url::URL;
use mail_builder::mime::MimePart;

use crate::render::Rendered;

/// Who writes to whom, and when.
#[derive(Clone)]
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

impl std::fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Envelope([private])")
    }
}

/// What stands around the words of an update.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// Language of the words, ISO 639: readers aloud and translators go by it.
    pub language: &'a str,
    /// What stands below them.
    pub footer: &'a str,
    /// The way to stop e-mails, where there is one beside the telephone.
    pub stop: Option<Stop<'a>>,
}

/// The one link that an e-mail carries, and the headers by which mail programs stop it in one click (RFC 8058).
#[derive(Clone, Debug)]
pub struct Stop<'a> {
    /// Words of the link.
    pub label: &'a str,
    /// Address of the page; a POST to it stops the e-mails.
    pub url: &'a str,
    /// Mailbox that a person reads, for mail programs that only know this way (RFC 2369).
    pub mailbox: Option<&'a str>,
}

/// The raw message of an update.
pub fn build_update(envelope: &Envelope<'_>, words: &Rendered, around: &Around<'_>) -> Vec<u8> {
    let mut text = format!("{}\n\n{}\n", words.body.trim(), around.footer);
    let mut message = headers(envelope, &words.subject);
    if let Some(stop) = &around.stop {
        text = format!("{text}{}: {}\n", stop.label, stop.url);
        let mailbox = stop.mailbox.map(|mailbox| format!("mailto:{mailbox}?subject=unsubscribe"));
        let ways = std::iter::once(stop.url.to_owned()).chain(mailbox);
        message = message
            .header("List-Unsubscribe", URL::new_list(ways))
            .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
    }
    let html = page(envelope.from_name, words, around);
    let message = message.header("Content-Language", Raw::new(around.language.to_owned()));
    finish(message, envelope, &text, html)
}

/// The raw message of a notice to a mailbox of the department: English, nothing to stop.
pub fn build(envelope: &Envelope<'_>, words: &Rendered) -> Vec<u8> {
    let around = Around { language: "en", footer: "", stop: None };
    let html = page(envelope.from_name, words, &around);
    finish(headers(envelope, &words.subject), envelope, &words.body, html)
}

fn headers<'a>(envelope: &Envelope<'a>, subject: &'a str) -> MessageBuilder<'a> {
    let domain = envelope.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    MessageBuilder::new()
        .from((envelope.from_name, envelope.from))
        .to(envelope.to)
        .subject(subject)
        .date(envelope.at.as_second())
        .message_id(format!("{}@{domain}", envelope.token))
        // Out-of-office systems must not answer (RFC 3834).
        .header("Auto-Submitted", Raw::new("auto-generated"))
}

fn finish(message: MessageBuilder<'_>, envelope: &Envelope<'_>, text: &str, html: String) -> Vec<u8> {
    let parts = vec![
        MimePart::new(ContentType::new("text/plain").attribute("charset", "utf-8"), text.to_owned()),
        MimePart::new(ContentType::new("text/html").attribute("charset", "utf-8"), html),
    ];
    let boundary = format!("part-{}", envelope.token);
    let body =
        MimePart::new(ContentType::new("multipart/alternative").attribute("boundary", boundary), parts);
    message.body(body).write_to_vec().unwrap_or_default()
}

/// Colours of the dark scheme; the light ones stand at the elements, for mail programs that drop a style sheet.
const DARK: &str = ":root{color-scheme:light dark}\n\
    @media (prefers-color-scheme:dark){\n\
    .page{background:#14181d!important;color:#e8eaed!important}\n\
    .card{background:#1f252c!important;border-color:#6ea8dc!important}\n\
    .foot{color:#b3bac2!important}\n\
    .card a,.foot a{color:#9cc7ee!important}\n\
    }";

/// The same paragraphs as HTML: no pictures, nothing fetched, no link but the one below and those that the words name.
fn page(agency: &str, words: &Rendered, around: &Around<'_>) -> String {
    let paragraph = |text: &str| {
        format!("<p style=\"margin:0 0 16px\">{}</p>\n", marked_up(text).replace('\n', "<br>\n"))
    };
    let body: String = words.body.trim().split("\n\n").map(paragraph).collect();
    let stop = around.stop.as_ref().map(|stop| {
        format!("<br>\n<a href=\"{}\" style=\"color:#1f4e79\">{}</a>", escaped(stop.url), escaped(stop.label))
    });
    let footer = format!("{}{}", marked_up(around.footer), stop.unwrap_or_default());
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{DARK}\n</style></head>\n\
         <body class=\"page\" style=\"margin:0;background:#f0f2f5;color:#1b1f24;\
         font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;\
         line-height:1.5\">\n\
         <div style=\"max-width:36em;margin:0 auto;padding:24px 16px;overflow-wrap:break-word\">\n\
         <div class=\"card\" style=\"background:#ffffff;border-top:4px solid #1f4e79;border-radius:4px;\
         padding:20px 24px 8px\">\n\
         <p style=\"margin:0 0 16px;font-weight:bold\">{agency}</p>\n{body}</div>\n\
         <p class=\"foot\" style=\"margin:16px 24px;color:#4a545e;font-size:14px\">{footer}</p>\n\
         </div></body></html>\n",
        language = escaped(around.language),
        title = escaped(&words.subject),
        agency = escaped(agency),
    )
}

/// Longest number that is kept on one line: on the smallest phones a longer one would not fit.
const WHOLE: usize = 20;

/// Escaped; what begins with `https://` is a link, and a number with hyphens, to be copied or dialled, stays on one line.
fn marked_up(text: &str) -> String {
    let word = |word: &str| {
        let shown = word.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')')
        });
        let (html, rest) = (escaped(shown), escaped(&word[shown.len()..]));
        let is_number = shown.contains('-') && shown.contains(|c: char| c.is_ascii_digit());
        // Shown as it is printed and said; with the scheme a phone breaks it, or what follows it.
        if let Some(label) = html.strip_prefix("https://") {
            format!("<a href=\"{html}\" style=\"color:#1f4e79\">{label}</a>{rest}")
        } else if is_number && shown.chars().count() <= WHOLE {
            format!("<span style=\"white-space:nowrap\">{html}</span>{rest}")
        } else {
            format!("{html}{rest}")
        }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
