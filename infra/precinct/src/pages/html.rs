//! The page as HTML: no script, one style sheet beside it, readable aloud, at any width, in the dark and on paper.
use super::Page;
use super::words::Section;

/// What the page may load; whoever serves it sends the same as a header.
pub(crate) const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/// The style sheet, a file of its own because the policy allows no inline style.
pub(crate) const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--ground:#f0f2f5;--line:#1f4e79}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#1f252c;--ground:#14181d;--line:#8fc1ec}}
body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
main{box-sizing:border-box;max-width:42rem;margin:0 auto;padding:1.5rem;background:var(--paper);border-top:4px solid var(--line)}
@media (min-width:44rem){main{margin:2rem auto;border-radius:4px;padding:2rem 2.5rem}}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1.25rem;padding:0}
nav a{display:inline-block;padding:.4rem 0;color:var(--line)}
nav [aria-current]{font-weight:bold;color:var(--ink);text-decoration:none}
a:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .75rem}
h2{font-size:1.2rem;line-height:1.3;margin:1.75rem 0 .5rem}
.agency{font-weight:bold;margin:0 0 .5rem}
.number{font-size:1.35rem;margin:1rem 0;padding:.75rem 1rem;border:2px solid var(--line);border-radius:4px}
.number strong{white-space:nowrap}
.draft{margin:0 0 1rem;padding:.75rem 1rem;border:2px dashed var(--line)}
section ul{margin:.5rem 0;padding-left:1.25rem}
li{margin:.35rem 0}
.whole{white-space:nowrap}
@media print{
:root{--ink:#000;--paper:#fff;--ground:#fff;--line:#000}
body{font-size:9.5pt;line-height:1.3}
main{max-width:none;margin:0;padding:0;border:0}
p,section ul{margin:.3rem 0}
li{margin:.1rem 0}
h1{font-size:15pt}
.number{margin:.4rem 0;padding:.3rem .6rem}
nav{display:none}
section{break-inside:avoid}
h2{font-size:11pt;margin:.7rem 0 .2rem}
}
";

/// The page of one language; `all` are those that people can change to.
pub(super) fn page(page: &Page, agency: &str, number: &str, all: &[Page]) -> String {
    let words = &page.words;
    let (language, agency, number) = (escaped(&page.language), escaped(agency), escaped(number));
    let (title, lead) = (escaped(&words.title), prose(&words.lead));
    let robots = if page.signed.is_none() { "<meta name=\"robots\" content=\"noindex\">\n" } else { "" };
    let (draft, links) = (draft(page), links(page, all));
    let sections: String = words.sections().map(|(anchor, words)| section(anchor, words)).concat();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n{robots}\
         <title>{title} - {agency}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n<main>\n{draft}{links}\
         <p class=\"agency\">{agency}</p>\n<h1>{title}</h1>\n<p>{lead}</p>\n\
         <p class=\"number\"><strong>{number}</strong></p>\n{sections}</main>\n</body>\n</html>\n"
    )
}

fn section(anchor: &str, words: &Section) -> String {
    let heading = escaped(&words.heading);
    let point = |words: &String| format!("<li>{}</li>\n", prose(words));
    let paragraph = |words: &String| format!("<p>{}</p>\n", prose(words));
    let points: String = words.points.iter().map(point).collect();
    let after: String = words.after.iter().map(paragraph).collect();
    format!(
        "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-title\">\n<h2 id=\"{anchor}-title\">{heading}</h2>\n\
         <ul>\n{points}</ul>\n{after}</section>\n"
    )
}

/// Words in which no telephone number is broken at the end of a line.
fn prose(text: &str) -> String {
    let is_number = |word: &str| word.bytes().filter(u8::is_ascii_digit).count() >= 7;
    let word = |word: &str| {
        let text = escaped(word);
        if is_number(word) { format!("<span class=\"whole\">{text}</span>") } else { text }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// What a page says above itself while nobody answers for its words; it is for the department's eyes.
fn draft(page: &Page) -> String {
    if page.signed.is_some() {
        return String::new();
    }
    let key = format!("[pages.{}]", page.language);
    format!(
        "<p class=\"draft\" lang=\"en\" role=\"note\">Draft, not published: nobody who reads this language has signed \
         {} in approvals.toml.</p>\n",
        escaped(&key)
    )
}

fn links(page: &Page, all: &[Page]) -> String {
    if all.len() < 2 {
        return String::new();
    }
    let link = |other: &Page| {
        let (code, name) = (escaped(&other.language), escaped(&other.words.language));
        let current = if other.language == page.language { " aria-current=\"page\"" } else { "" };
        format!("<li><a href=\"{code}.html\" lang=\"{code}\" hreflang=\"{code}\"{current}>{name}</a></li>\n")
    };
    let names: Vec<&str> = all.iter().map(|page| page.words.language.as_str()).collect();
    let label = escaped(&names.join(", "));
    format!("<nav aria-label=\"{label}\">\n<ul>\n{}</ul>\n</nav>\n", all.iter().map(link).collect::<String>())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
