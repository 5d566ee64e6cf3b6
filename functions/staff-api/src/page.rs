//! Pages of a list: `?limit=` and an opaque `?cursor=`, which the answer gives as `next`.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use startup::http::{Answer, Fault};

/// Items of a page unless asked otherwise, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// What part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The id after which to go on.
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}

impl Page {
    /// Reads the query.
    pub(crate) fn of(request: &ApiGatewayV2httpRequest) -> Result<Self, Answer> {
        let query = &request.query_string_parameters;
        Self::parse(query.first("cursor"), query.first("limit"))
    }

    fn parse(cursor: Option<&str>, limit: Option<&str>) -> Result<Self, Answer> {
        let limit = match limit {
            None => USUAL,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| refuse("limit", "limit must be a number from 1 to 200"))?,
        };
        let decode = |text: &str| String::from_utf8(hex::decode(text).ok()?).ok();
        let after = match cursor {
            None => None,
            Some(text) => Some(
                decode(text)
                    .ok_or_else(|| refuse("cursor", "take the cursor from the last answer's next"))?,
            ),
        };
        Ok(Self { after, limit })
    }
}

/// The cursor that goes on after `id`.
pub(crate) fn cursor(id: &str) -> String {
    hex::encode(id)
}

/// The word of the filter `name`, if it is given; it must be one of `words`.
pub(crate) fn filter<'a>(
    request: &'a ApiGatewayV2httpRequest,
    name: &str,
    words: &[&str],
) -> Result<Option<&'a str>, Answer> {
    match request.query_string_parameters.first(name) {
        Some(word) if !words.contains(&word) => {
            Err(refuse(name, &format!("{name} must be one of {}", words.join(", "))))
        }
        word => Ok(word),
    }
}

/// 400 that names one word of the query.
pub(crate) fn refuse(name: &str, detail: &str) -> Answer {
    let fault = Fault { index: None, pointer: format!("/{name}"), code: "invalid", detail: detail.into() };
    Answer::problem(400, "Wrong query", detail, &[fault])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_refused() {
        let page = Page::parse(Some(&cursor("E-1053.2026-07-04")), Some("7")).unwrap();
        assert_eq!(page, Page { after: Some("E-1053.2026-07-04".into()), limit: 7 });
        assert_eq!(Page::parse(None, None).unwrap().limit, 50);
        for (cursor, limit) in [(Some("zz"), None), (None, Some("0")), (None, Some("201")), (None, Some("x"))]
        {
            assert_eq!(Page::parse(cursor, limit).unwrap_err().status, 400);
        }
    }
}
