//! Signing in as the desk does it, over HTTP; and everything that must not get a token.
use jiff::SignedDuration;

use super::super::{Options, Stack};
use super::*;

// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const DISPATCHER: &str = "pat.console@police.example.gov";

async fn stack() -> Stack {
    let agency = concat!(env!("CARGO_MANIFEST_DIR"), "/../agency").into();
    let now = Some("2026-07-04T12:00:00-05:00".parse().unwrap());
    Stack::start(Options { agency, now, still: true, ..Options::default() }).await.unwrap()
}

/// Pairs with some of them replaced or, by an empty text, taken out.
fn form(pairs: &[(&str, &str)], changed: &[(&str, &str)]) -> String {
    let mut whole: Vec<(&str, &str)> =
        pairs.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name)).copied().collect();
    whole.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(whole).finish()
}

fn authorize_query(stack: &Stack, changed: &[(&str, &str)]) -> String {
    let desk = format!("{}/desk/", stack.url());
    let pairs = [
        ("client_id", CLIENT),
        ("redirect_uri", desk.as_str()),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", DISPATCHER),
    ];
    form(&pairs, changed)
}

/// Where the authorization leads: status, the parameters of the way back, cookie, page.
struct Led {
    status: u16,
    back: Vec<(String, String)>,
    cookie: Option<String>,
    page: String,
}

impl Led {
    fn given(&self, name: &str) -> Option<&str> {
        self.back.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

async fn authorize(stack: &Stack, changed: &[(&str, &str)]) -> Led {
    let path = format!("/_local/oidc/authorize?{}", authorize_query(stack, changed));
    led(stack, "GET", &path, "").await
}

async fn led(stack: &Stack, method: &str, path: &str, body: &str) -> Led {
    let (status, headers, page) = stack.browse(method, path, body).await.unwrap();
    assert_eq!(headers["cache-control"], "no-store");
    let back = headers.get("location").map(|to| {
        let (desk, query) = to.split_once('?').unwrap();
        assert_eq!(desk, format!("{}/desk/", stack.url()));
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    });
    Led { status, back: back.unwrap_or_default(), cookie: headers.get("set-cookie").cloned(), page }
}

async fn fetch_token(stack: &Stack, code: &str, changed: &[(&str, &str)]) -> (u16, Value) {
    let desk = format!("{}/desk/", stack.url());
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", desk.as_str()),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    let (status, _, body) = stack.browse("POST", "/_local/oidc/token", &form(&pairs, changed)).await.unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

fn claims(token: &Value) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_dispatcher_signs_in_and_reads_what_dispatchers_read() {
    let stack = stack().await;
    let led = authorize(&stack, &[]).await;
    assert_eq!((led.status, led.given("state")), (303, Some("state-1")));
    assert_eq!(led.given("iss"), Some(issuer(stack.url()).as_str()));
    let (status, answer) = fetch_token(&stack, led.given("code").unwrap(), &[]).await;
    assert_eq!(
        (status, &answer["token_type"], &answer["expires_in"]),
        (200, &json!("Bearer"), &json!(token::LIFETIME))
    );
    assert_eq!(answer["access_token"], answer["id_token"]);
    let claims = claims(&answer["id_token"]);
    assert_eq!((&claims["aud"], &claims["nonce"]), (&json!(CLIENT), &json!("nonce-1")));
    assert_eq!((&claims["sub"], &claims["groups"]), (&json!(DISPATCHER), &json!(["dispatch"])));
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(stack.get("/v1/tasks", token).await.unwrap().0, 200);
    // Signed in is not let in everywhere.
    assert_eq!(stack.get("/v1/alerts", token).await.unwrap().0, 403);
}

async fn renew(stack: &Stack, refresh: &str, changed: &[(&str, &str)]) -> (u16, Value) {
    let pairs = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", refresh)];
    let (status, _, body) = stack.browse("POST", "/_local/oidc/token", &form(&pairs, changed)).await.unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn a_token_holds_a_quarter_of_an_hour_and_is_renewed_until_the_session_is_given_back() {
    let stack = stack().await;
    let led = authorize(&stack, &[]).await;
    let (_, first) = fetch_token(&stack, led.given("code").unwrap(), &[]).await;
    let refresh = first["refresh_token"].as_str().unwrap();
    let read = async |answer: &Value| {
        stack.get("/v1/tasks", answer["access_token"].as_str().unwrap()).await.unwrap().0
    };
    stack.advance(SignedDuration::from_mins(14)).await.unwrap();
    assert_eq!(read(&first).await, 200);
    stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    assert_eq!(read(&first).await, 401);
    let (status, next) = renew(&stack, refresh, &[]).await;
    assert_eq!((status, read(&next).await), (200, 200));
    let (before, after) = (claims(&first["id_token"]), claims(&next["id_token"]));
    assert_eq!([&before["sub"], &before["auth_time"]], [&after["sub"], &after["auth_time"]]);
    // Of the sign-in alone (OpenID Connect Core, section 12.2), and the old refresh token stays good.
    assert!(after["nonce"].is_null() && next["refresh_token"].is_null());
    assert_eq!(renew(&stack, refresh, &[("client_id", "another")]).await.0, 401);
    assert_eq!(renew(&stack, refresh, &[("refresh_token", "")]).await.1, json!({"error": "invalid_request"}));
    let back = form(&[("client_id", CLIENT), ("token", refresh)], &[]);
    assert_eq!(stack.browse("POST", "/_local/oidc/revoke", &back).await.unwrap().0, 200);
    assert_eq!(renew(&stack, refresh, &[]).await, (400, json!({"error": "invalid_grant"})));
    assert_eq!(stack.browse("POST", "/_local/oidc/revoke", &back).await.unwrap().0, 200);
}

#[tokio::test]
async fn everybody_offered_can_be_chosen_and_has_the_role() {
    let stack = stack().await;
    let page = authorize(&stack, &[("login_hint", "")]).await;
    assert_eq!((page.status, page.page.matches("<button").count()), (200, people::people().len()));
    let path = format!("/_local/oidc/authorize?{}", authorize_query(&stack, &[("login_hint", "")]));
    for person in people::people() {
        assert!(page.page.contains(&format!("value=\"{}\" data-role=\"{}\"", person.subject, person.role)));
        let body = form(&[("subject", &person.subject)], &[]);
        let led = led(&stack, "POST", &path, &body).await;
        let (_, answer) = fetch_token(&stack, led.given("code").unwrap(), &[]).await;
        let claims = claims(&answer["id_token"]);
        assert_eq!((&claims["sub"], &claims["groups"]), (&json!(person.subject), &json!([person.role])));
    }
}

#[tokio::test]
async fn the_session_signs_in_again_until_it_ends() {
    let stack = stack().await;
    let cookie = authorize(&stack, &[]).await.cookie.unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let again = async |changed: &[(&str, &str)]| {
        let path = format!("/_local/oidc/authorize?{}", authorize_query(&stack, changed));
        let ask = hyper::Request::get(path).header("cookie", &pair).body(bytes::Bytes::new()).unwrap();
        answer(&stack.shared, "authorize", &ask).status().as_u16()
    };
    assert_eq!(again(&[("login_hint", "")]).await, 303);
    assert_eq!(again(&[("login_hint", ""), ("prompt", "login")]).await, 200);
    let desk = form(&[("post_logout_redirect_uri", &format!("{}/desk/", stack.url()))], &[]);
    let (status, headers, _) = stack.browse("GET", &format!("/_local/oidc/logout?{desk}"), "").await.unwrap();
    assert_eq!((status, headers["location"].clone()), (303, format!("{}/desk/", stack.url())));
    assert!(headers["set-cookie"].contains("Max-Age=0"));
    let foreign = "/_local/oidc/logout?post_logout_redirect_uri=https%3A%2F%2Fexample.com%2F";
    assert_eq!(stack.browse("GET", foreign, "").await.unwrap().0, 400);
}

#[tokio::test]
async fn who_is_not_the_desk_is_sent_nowhere() {
    let stack = stack().await;
    let lookalike = format!("{}/desk/index.html", stack.url());
    for changed in [
        ("client_id", "another"),
        ("client_id", ""),
        ("redirect_uri", "https://example.com/desk/"),
        ("redirect_uri", &lookalike),
        ("redirect_uri", ""),
    ] {
        let led = authorize(&stack, &[changed]).await;
        assert_eq!((led.status, led.back.len(), led.cookie), (400, 0, None), "{changed:?}");
    }
    let path = format!(
        "/_local/oidc/authorize?{}&redirect_uri=https%3A%2F%2Fexample.com",
        authorize_query(&stack, &[])
    );
    assert_eq!(led(&stack, "GET", &path, "").await.status, 400);
}

#[tokio::test]
async fn without_pkce_there_is_no_code() {
    let stack = stack().await;
    let check = async |changed: (&str, &str), error: &str| {
        let led = authorize(&stack, &[changed]).await;
        assert_eq!((led.given("error"), led.given("code")), (Some(error), None), "{changed:?}");
        assert_eq!(led.given("state"), Some("state-1"));
    };
    check(("code_challenge", ""), "invalid_request").await;
    check(("code_challenge", "short"), "invalid_request").await;
    check(("code_challenge_method", "plain"), "invalid_request").await;
    check(("code_challenge_method", ""), "invalid_request").await;
    check(("response_type", "token"), "unsupported_response_type").await;
    check(("scope", "email"), "invalid_scope").await;
    let led = authorize(&stack, &[("login_hint", ""), ("prompt", "none")]).await;
    assert_eq!(led.given("error"), Some("login_required"));
}

#[tokio::test]
async fn a_code_is_good_for_its_own_request_alone() {
    let stack = stack().await;
    let check = async |changed: (&str, &str), expected: (u16, &str)| {
        let code = authorize(&stack, &[]).await.given("code").unwrap().to_owned();
        let (status, answer) = fetch_token(&stack, &code, &[changed]).await;
        assert_eq!((status, answer["error"].as_str().unwrap()), expected, "{changed:?}");
        assert!(answer.get("access_token").is_none());
    };
    check(("code_verifier", CHALLENGE), (400, "invalid_grant")).await;
    check(("code_verifier", ""), (400, "invalid_request")).await;
    check(("redirect_uri", "http://127.0.0.1:1/desk/"), (400, "invalid_grant")).await;
    check(("client_id", "another"), (401, "invalid_client")).await;
    check(("client_id", ""), (401, "invalid_client")).await;
    check(("code", "0123456789abcdef0123456789abcdef"), (400, "invalid_grant")).await;
    check(("grant_type", "password"), (400, "unsupported_grant_type")).await;
    check(("grant_type", ""), (400, "invalid_request")).await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_a_minute() {
    let stack = stack().await;
    let code = authorize(&stack, &[]).await.given("code").unwrap().to_owned();
    assert_eq!(fetch_token(&stack, &code, &[]).await.0, 200);
    assert_eq!(fetch_token(&stack, &code, &[]).await.0, 400);
    let code = authorize(&stack, &[]).await.given("code").unwrap().to_owned();
    stack.advance(SignedDuration::from_secs(60)).await.unwrap();
    assert_eq!(fetch_token(&stack, &code, &[]).await.0, 400);
}

#[tokio::test]
async fn the_desks_config_leads_to_the_provider() {
    let stack = stack().await;
    let get = async |path: &str| -> Value {
        serde_json::from_str(&stack.browse("GET", path, "").await.unwrap().2).unwrap()
    };
    let config = get("/desk/config.json").await;
    assert_eq!(config, json!({"issuer": issuer(stack.url()), "client_id": CLIENT, "scope": "openid email"}));
    let document = get("/_local/oidc/.well-known/openid-configuration").await;
    assert_eq!(document["issuer"], config["issuer"]);
    for (name, rest) in
        [("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "jwks")]
    {
        assert_eq!(document[name], format!("{}/_local/oidc/{rest}", stack.url()));
    }
    assert_eq!(get("/_local/oidc/jwks").await["keys"][0]["kid"], "local-1");
    assert_eq!(stack.browse("GET", "/_local/oidc/token", "").await.unwrap().0, 404);
}
