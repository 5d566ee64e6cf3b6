//! `/v1/unsubscribe/{token}`: the link below each e-mail. Looking at it changes nothing, since mail programs and virus
//! scanners open links by themselves; a POST stops e-mails, from the page's form or in one click from a mail program
//! (RFC 8058).
use std::sync::Arc;

use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use startup::http::{Answer, raw_body};
use startup::{Clock, Runtime, agency};
use table::StoreError;
use table::contacts::Contacts;
use table::planning::open_contacts;
use table::unsubscribe::Unsubscribe;
use updates::{Class, Scope};

mod page;

use page::Pages;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &["CONTACTS_TABLE", "CONTACTS_KEY_ID", "AGENCY_DIR"];

/// How often a contact is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    contacts: Contacts,
    pages: Arc<Pages>,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the words of the page. A language whose texts cannot be used is left out: a page in
    /// another one is better than none.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        Ok(Self {
            contacts: open_contacts(runtime, &dynamo, &kms)?,
            pages: Arc::new(Pages::load(&folder)?),
            clock: runtime.clock.clone(),
        })
    }
}

/// Answers with a page, whatever happens.
pub async fn handle(
    context: &Context,
    request: ApiGatewayV2httpRequest,
) -> anyhow::Result<ApiGatewayV2httpResponse> {
    let token = request.path_parameters.get("token").map(String::as_str).unwrap_or_default();
    let answer = match context.contacts.unsubscribe(token).await {
        Ok(Some(whom)) => respond(context, &request, &whom).await,
        Ok(None) => context.pages.unknown(),
        Err(error) => unavailable(context, None, &error),
    };
    Ok(answer.into_http())
}

async fn respond(context: &Context, request: &ApiGatewayV2httpRequest, whom: &Unsubscribe) -> Answer {
    if request.request_context.http.method.as_str() != "POST" {
        return context.pages.form(&whom.language, whom.case.is_some());
    }
    let scope = scope(request, whom);
    match revoke(context, whom, &scope).await {
        Ok(()) => context.pages.done(&whom.language),
        Err(error) => unavailable(context, Some(&whom.language), &error),
    }
}

fn unavailable(context: &Context, language: Option<&str>, error: &StoreError) -> Answer {
    tracing::error!(error = %error, "an opt-out by e-mail could not be recorded");
    context.pages.later(language)
}

/// What is to be stopped: everything, unless the page's form says less. One-click posts carry no choice, and a form
/// that cannot be read must not stop less than its sender wanted.
fn scope(request: &ApiGatewayV2httpRequest, whom: &Unsubscribe) -> Scope {
    let media_type = request.headers.get("content-type").and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded")) {
        return Scope::All;
    }
    let body = raw_body(request.body.as_deref(), request.is_base64_encoded).unwrap_or_default();
    let chosen = form_urlencoded::parse(&body).find(|(name, _)| name == "scope");
    match (chosen.as_ref().map(|(_, value)| value.as_ref()), &whom.case) {
        (Some("case"), Some(case)) => Scope::Case(case.clone()),
        (Some("surveys"), _) => Scope::Class(Class::Survey),
        _ => Scope::All,
    }
}

/// Records the opt-out; once recorded, again changes nothing.
async fn revoke(context: &Context, whom: &Unsubscribe, scope: &Scope) -> Result<(), StoreError> {
    let mut round = 0;
    loop {
        let Some((address, state)) = context.contacts.find(&whom.address).await? else { return Ok(()) };
        let Some(next) = state.opted_out(scope.clone(), context.clock.now(), "email") else {
            return Ok(());
        };
        match context.contacts.write(&address, &next).await {
            Ok(()) => {
                tracing::info!("an opt-out by e-mail was recorded");
                return Ok(());
            }
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(media_type: &str, body: &str, case: Option<&str>, expected: &Scope) {
        let mut request = ApiGatewayV2httpRequest::default();
        request.headers.insert("content-type", media_type.parse().unwrap());
        request.body = Some(body.into());
        let whom = Unsubscribe {
            address: "pat@example.com".into(),
            case: case.map(Into::into),
            language: "en".into(),
        };
        assert_eq!(scope(&request, &whom), *expected);
    }

    #[test]
    fn everything_stops_unless_the_form_says_less() {
        let form = "application/x-www-form-urlencoded";
        check(form, "List-Unsubscribe=One-Click", Some("26-1"), &Scope::All);
        check("multipart/form-data; boundary=b", "--b", Some("26-1"), &Scope::All);
        check(form, "scope=all", Some("26-1"), &Scope::All);
        check(form, "scope=case", Some("26-1"), &Scope::Case("26-1".into()));
        check(form, "scope=case", None, &Scope::All);
        check(&format!("{form}; charset=utf-8"), "scope=surveys", None, &Scope::Class(Class::Survey));
        check(form, "scope=none%20of%20these", None, &Scope::All);
        check(form, "", None, &Scope::All);
    }
}
