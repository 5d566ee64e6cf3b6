//! Each check by cases: a stack that is well says nothing, and each thing that can be wrong is named with its remedy.
use std::collections::{BTreeMap, BTreeSet};

use super::super::facts::*;
use super::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:texts";
const ROLE: &str = "arn:aws:iam::111122223333:role/deliveries";
const ALARMS: &str = "arn:aws:sns:us-east-1:111122223333:alarms";

fn named<T>(name: &str, value: T) -> BTreeMap<String, T> {
    BTreeMap::from([(name.to_owned(), value)])
}

fn number() -> Number {
    Number {
        number: "+12185550100".into(),
        id: "phone-1".into(),
        status: "ACTIVE".into(),
        two_way: true,
        two_way_topic: Some(TOPIC.into()),
        self_managed_opt_outs: true,
    }
}

/// A stack with which nothing is wrong.
fn well() -> Facts {
    let attributes = [("MonthlySpendLimit", "300"), ("DeliveryStatusIAMRole", ROLE)];
    let policy = r#"{"Statement": [{"Effect": "Allow", "Principal": {"Service": "sms-voice.amazonaws.com"},
        "Action": "sns:Publish"}]}"#;
    let alarm = Alarm { enabled: true, actions: vec![ALARMS.into()], state: "OK".into() };
    let table = Table { stream: true, recovery: Some(true), protected: true };
    Facts {
        stack: "precinct".into(),
        texts: Texts {
            sandbox: Ok(false),
            attributes: Ok(attributes.map(|(key, value)| (key.into(), value.into())).into()),
            origination: "+12185550100".into(),
            numbers: Ok(vec![number()]),
            topic: TOPIC.into(),
            topic_policy: Ok(policy.into()),
            topic_subscriptions: Ok(1),
            delivery_role: ROLE.into(),
        },
        emails: Emails {
            identity: "police.example.gov".into(),
            found: Ok(Some(Identity { verified: true, dkim: true })),
            production: Ok(true),
        },
        alarms: Alarms {
            declared: BTreeMap::from([
                ("SweepStopped".into(), "s-1".into()),
                ("TextSpend".into(), "t-1".into()),
            ]),
            found: Ok(BTreeMap::from([("s-1".into(), alarm.clone()), ("t-1".into(), alarm)])),
            targets: named(ALARMS, Ok(1)),
        },
        agency: Agency {
            here: "aa".into(),
            deployed: named("StaffApiFunction", Ok("aa".into())),
            modes: named("updates", "shadow".into()),
            spend_per_month_usd: 250.0,
            posts_tasks: false,
        },
        secrets: BTreeMap::from([
            ("WebhookSecret".into(), Ok(SecretState::Set)),
            ("TaskWebhookSecret".into(), Ok(SecretState::Default)),
        ]),
        tables: named("MessagesTable", Ok(table)),
        readers: named("SendUpdatesFunctionMessages", Ok("Enabled".into())),
        failures: named("SendUpdatesFailures", Ok(0)),
        schedules: named("SweepSchedule", Ok("ENABLED".into())),
        functions: named("StaffApiFunction", Ok(None)),
        issuer: Some(Issuer {
            expected: "https://login.example.gov/".into(),
            found: Ok("https://login.example.gov/".into()),
        }),
    }
}

/// A change of the facts, the check that names it, and words of what it says and of its remedy.
type Case = (fn(&mut Facts), &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    (|facts| facts.texts.sandbox = Ok(true), "sms-sandbox", "in the SMS sandbox", "production access"),
    (
        |facts| facts.agency.spend_per_month_usd = 301.0,
        "sms-spend-limit",
        "AWS stops texts at 300 dollars a month, updates.toml allows 301",
        "MonthlySpendLimit=",
    ),
    // AWS tells no limit while it is its own default of one dollar.
    (
        |facts| facts.texts.attributes = Ok(named("DeliveryStatusIAMRole", ROLE.into())),
        "sms-spend-limit",
        "at 1 dollars",
        "MonthlySpendLimit=",
    ),
    (
        |facts| facts.texts.attributes = Ok(named("MonthlySpendLimit", "300".into())),
        "sms-deliveries",
        "does not log",
        "DeliveryStatusIAMRole=arn:aws:iam::111122223333:role/deliveries",
    ),
    (|facts| facts.texts.origination.clear(), "sms-number", "names no number", "SmsOriginationNumber="),
    (
        |facts| facts.texts.numbers = Ok(Vec::new()),
        "sms-number",
        "has no number +12185550100",
        "describe-phone-numbers",
    ),
    (
        |facts| facts.texts.numbers = Ok(vec![Number { status: "PENDING".into(), ..number() }]),
        "sms-number",
        "+12185550100 is PENDING",
        "describe-registrations",
    ),
    (
        |facts| facts.texts.numbers = Ok(vec![Number { two_way: false, ..number() }]),
        "sms-two-way",
        "+12185550100 takes no replies",
        "--phone-number-id phone-1 --two-way-enabled --two-way-channel-arn arn:aws:sns:us-east-1:111122223333:texts",
    ),
    (
        |facts| {
            facts.texts.numbers = Ok(vec![Number { two_way_topic: Some("arn:other".into()), ..number() }]);
        },
        "sms-two-way",
        "go to arn:other",
        "--two-way-channel-arn",
    ),
    (
        |facts| facts.texts.numbers = Ok(vec![Number { self_managed_opt_outs: false, ..number() }]),
        "sms-opt-outs",
        "AWS answers STOP",
        "--self-managed-opt-outs-enabled",
    ),
    (|facts| facts.texts.topic_policy = Ok("{}".into()), "sms-topic", "does not let", "InboundTextsPolicy"),
    (
        |facts| facts.texts.topic_subscriptions = Ok(0),
        "sms-topic",
        "nothing is subscribed",
        "InboundTextsToQueue",
    ),
    (
        |facts| facts.emails.found = Ok(None),
        "email-identity",
        "does not know police.example.gov",
        "create-email-identity",
    ),
    (
        |facts| facts.emails.found = Ok(Some(Identity { verified: false, dkim: true })),
        "email-identity",
        "is not verified",
        "CNAME",
    ),
    (
        |facts| facts.emails.found = Ok(Some(Identity { verified: true, dkim: false })),
        "email-dkim",
        "not signed with DKIM",
        "--signing-enabled",
    ),
    (|facts| facts.emails.production = Ok(false), "email-sandbox", "in the SES sandbox", "production access"),
    (|facts| drop(alarms_of(facts).remove("s-1")), "alarms", "missing: SweepStopped", "detect-stack-drift"),
    (|facts| alarm(facts).actions.clear(), "alarms", "without action: SweepStopped", "AlarmTopic"),
    (|facts| alarm(facts).enabled = false, "alarms", "without action: SweepStopped", "enable-alarm-actions"),
    (|facts| facts.alarms.targets = named(ALARMS, Ok(0)), "alarm-targets", ALARMS, "aws sns subscribe"),
    (|facts| facts.agency.here = "bb".into(), "agency-folder", "in every function", "sam deploy"),
    (
        |facts| facts.secrets = named("WebhookSecret", Ok(SecretState::Default)),
        "secrets",
        "WebhookSecret is still",
        "put-secret-value",
    ),
    (
        |facts| facts.secrets = named("WebhookSecret", Ok(SecretState::Published)),
        "secrets",
        "is printed in the documentation",
        "docs/secrets.md",
    ),
    (|facts| facts.agency.posts_tasks = true, "secrets", "TaskWebhookSecret is still", "put-secret-value"),
    (|facts| table(facts).stream = false, "streams", "MessagesTable has no stream", "redrive"),
    (
        |facts| table(facts).recovery = Some(false),
        "recovery",
        "MessagesTable has no point-in-time recovery",
        "update-continuous-backups",
    ),
    (|facts| table(facts).protected = false, "recovery", "MessagesTable can be deleted", "ProtectData=true"),
    (
        |facts| facts.readers = named("SendUpdatesFunctionMessages", Ok("Disabled".into())),
        "readers",
        "SendUpdatesFunctionMessages is Disabled",
        "update-event-source-mapping",
    ),
    (
        |facts| facts.failures = named("RepliesFailures", Ok(2)),
        "failures",
        "RepliesFailures holds 2",
        "precinct redrive",
    ),
    (
        |facts| facts.schedules = named("SweepSchedule", Ok("DISABLED".into())),
        "schedules",
        "SweepSchedule is DISABLED",
        "EventBridge Scheduler",
    ),
    (
        |facts| facts.functions = named("SendUpdatesFunction", Ok(Some(0))),
        "functions",
        "SendUpdatesFunction is stopped",
        "delete-function-concurrency",
    ),
    (
        |facts| facts.issuer.as_mut().unwrap().found = Ok("https://login.example.gov".into()),
        "issuer",
        "calls itself https://login.example.gov,",
        "JwtIssuer=https://login.example.gov,",
    ),
];

fn alarms_of(facts: &mut Facts) -> &mut BTreeMap<String, Alarm> {
    facts.alarms.found.as_mut().unwrap()
}

fn alarm(facts: &mut Facts) -> &mut Alarm {
    alarms_of(facts).get_mut("s-1").unwrap()
}

fn table(facts: &mut Facts) -> &mut Table {
    facts.tables.get_mut("MessagesTable").unwrap().as_mut().unwrap()
}

#[test]
fn a_stack_that_is_well_is_said_to_be() {
    let report = examine(&well());
    assert!(report.is_well(), "{report}");
    assert_eq!(report.good, CHECKS.map(|(check, _)| check));
}

#[test]
fn everything_that_can_be_wrong_is_named_alone_and_with_its_remedy() {
    for (change, check, what, remedy) in CASES {
        let mut facts = well();
        change(&mut facts);
        let report = examine(&facts);
        let wrong: Vec<&Finding> = report.findings.iter().filter(|one| one.level == Level::Wrong).collect();
        assert_eq!(wrong.len(), 1, "{check}, {what}: {report}");
        assert_eq!(wrong[0].check, *check, "{report}");
        assert!(wrong[0].what.contains(what), "{what}: {report}");
        assert!(wrong[0].remedy.contains(remedy), "{remedy}: {report}");
        assert!(!report.is_well() && !report.good.contains(check));
    }
}

#[test]
fn no_check_is_without_a_case() {
    let tried: BTreeSet<&str> = CASES.iter().map(|(_, check, _, _)| *check).collect();
    let checks: BTreeSet<&str> = CHECKS.iter().map(|(check, _)| *check).chain(["issuer"]).collect();
    assert_eq!(tried, checks);
}

#[test]
fn what_cannot_be_read_is_not_taken_for_well() {
    let unread = |change: fn(&mut Facts), check: &str, what: &str| {
        let mut facts = well();
        change(&mut facts);
        let report = examine(&facts);
        assert!(!report.is_well() && !report.good.contains(&check), "{report}");
        let found = report.findings.iter().find(|one| one.level == Level::Unread).unwrap();
        assert_eq!(found.check, check);
        assert!(found.what.contains(what) && found.what.ends_with("cannot be read: denied"), "{report}");
    };
    unread(|facts| facts.texts.sandbox = Err("denied".into()), "sms-sandbox", "sandbox");
    unread(|facts| facts.texts.numbers = Err("denied".into()), "sms-number", "numbers");
    unread(|facts| facts.emails.found = Err("denied".into()), "email-identity", "police.example.gov");
    unread(|facts| facts.alarms.found = Err("denied".into()), "alarms", "the alarms");
    unread(|facts| facts.secrets = named("WebhookSecret", Err("denied".into())), "secrets", "WebhookSecret");
    unread(|facts| facts.readers = named("Reader", Err("denied".into())), "readers", "Reader");
}

#[test]
fn a_ringing_alarm_and_the_modes_are_notes() {
    let mut facts = well();
    alarm(&mut facts).state = "ALARM".into();
    let report = examine(&facts);
    assert!(report.is_well());
    let notes: Vec<&str> = report.findings.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(notes, ["ringing: SweepStopped", "modes here: updates shadow"]);
}

#[test]
fn the_gravest_comes_first_and_the_sum_last() {
    let mut facts = well();
    facts.failures = named("RepliesFailures", Ok(2));
    facts.texts.sandbox = Err("denied".into());
    let shown = examine(&facts).to_string();
    let places = ["WRONG  failures: RepliesFailures holds 2", "UNREAD sms-sandbox", "note   agency-folder"];
    let places = places.map(|text| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}")));
    assert!(places.is_sorted(), "{shown}");
    assert!(shown.ends_with("precinct: 1 wrong, 1 that could not be looked at\n"), "{shown}");
}
