//! Whether what the stack consists of stands, moves, can be restored, and is watched.
use super::super::facts::{Agency, Alarms, Facts, Issuer, SecretState};
use super::Report;

/// Tables whose changes a function waits for.
const STREAMED: [&str; 2] = ["IncidentsTable", "MessagesTable"];

/// Alarms that are gone, silent, or heard by nobody.
pub(super) fn alarms(report: &mut Report, alarms: &Alarms) {
    const CHECK: &str = "alarms";
    let Some(found) = report.read(CHECK, "the alarms", &alarms.found) else { return };
    let (mut gone, mut silent, mut ringing) = (Vec::new(), Vec::new(), Vec::new());
    for (logical, name) in &alarms.declared {
        match found.get(name) {
            None => gone.push(logical.as_str()),
            Some(alarm) if !alarm.enabled || alarm.actions.is_empty() => silent.push(logical.as_str()),
            Some(_) => {}
        }
        if found.get(name).is_some_and(|alarm| alarm.state == "ALARM") {
            ringing.push(logical.as_str());
        }
    }
    if !gone.is_empty() {
        report.wrong(
            CHECK,
            format!("missing: {}", gone.join(", ")),
            "What they watch can fail without anybody noticing.",
            "Somebody deleted them by hand. aws cloudformation detect-stack-drift tells what else; deploying a template without them and then the whole one makes them again.",
        );
    }
    if !silent.is_empty() {
        let all = silent.len() == alarms.declared.len();
        let which = if all { format!("all {}", silent.len()) } else { silent.join(", ") };
        report.wrong(
            CHECK,
            format!("without action: {which}"),
            "They ring and tell nobody: failed updates and lost replies are found by chance.",
            "Deploy with AlarmTopic set to the ARN of a topic that somebody hears (RUNBOOK.md); for single ones: aws \
             cloudwatch enable-alarm-actions --alarm-names NAME",
        );
    }
    if !ringing.is_empty() {
        report.note(
            CHECK,
            format!("ringing: {}", ringing.join(", ")),
            "Something is failing now.",
            "RUNBOOK.md has a section for each.",
        );
    }
    for (topic, subscribers) in report.read_all("alarm-targets", "the subscriptions of", &alarms.targets) {
        if *subscribers == 0 {
            report.wrong(
                "alarm-targets",
                format!("nobody has confirmed a subscription of {topic}"),
                "Alarms are sent there and heard by nobody.",
                format!(
                    "aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint ADDRESS, then confirm the mail"
                ),
            );
        }
    }
}

/// Whether the department's settings are the deployed ones, and what is on.
pub(super) fn agency(report: &mut Report, agency: &Agency) {
    const CHECK: &str = "agency-folder";
    let deployed = report.read_all(CHECK, "the package of", &agency.deployed);
    let other: Vec<&str> =
        deployed.iter().filter(|(_, hash)| **hash != agency.here).map(|(name, _)| *name).collect();
    if !other.is_empty() {
        let all = other.len() == agency.deployed.len();
        let which = if all { "every function".into() } else { other.join(", ") };
        report.wrong(
            CHECK,
            format!("another agency folder than the one here is deployed in {which}"),
            "Words, switches and thresholds that were approved here are not those in force.",
            "sam build && sam deploy from this checkout, or name the folder that is deployed with --agency",
        );
    }
    let modes: Vec<String> = agency.modes.iter().map(|(key, mode)| format!("{key} {mode}")).collect();
    report.note(
        CHECK,
        format!("modes here: {}", modes.join(", ")),
        "updates shadow sends nothing, alerts off raises none, map off publishes nothing.",
        "precinct go-live updates|alerts|map tells what is still to be approved",
    );
}

/// Secrets that are still as made, or that anybody can read in the documentation.
pub(super) fn secrets(report: &mut Report, facts: &Facts) {
    const CHECK: &str = "secrets";
    for (name, state) in report.read_all(CHECK, "the secret", &facts.secrets) {
        let unused = name == "TaskWebhookSecret" && !facts.agency.posts_tasks;
        match state {
            SecretState::Default if !unused => report.wrong(
                CHECK,
                format!("{name} is still as the template made it"),
                "Every post of your CAD is answered 401, or nothing can be signed.",
                "Put the senders in: aws secretsmanager put-secret-value (README.md, \"Deploy\")",
            ),
            SecretState::Published => report.wrong(
                CHECK,
                format!("{name} holds a secret that is printed in the documentation"),
                "Anybody can post calls in your name, and so text anybody in your name.",
                "Make a new one at once, as docs/secrets.md says, and give it to the sender",
            ),
            SecretState::Default | SecretState::Set => {}
        }
    }
}

/// Streams, recovery and protection of the tables.
pub(super) fn tables(report: &mut Report, facts: &Facts) {
    let tables = report.read_all("recovery", "the table", &facts.tables);
    for (name, table) in tables {
        if !table.stream && STREAMED.contains(&name) {
            report.wrong(
                "streams",
                format!("{name} has no stream"),
                "Nothing is planned or sent: calls are taken in and nobody hears of them.",
                "Deploy the template again; then precinct redrive for what came in meanwhile (docs/recovery.md)",
            );
        }
        match table.recovery {
            Some(true) => {}
            Some(false) => report.wrong(
                "recovery",
                format!("{name} has no point-in-time recovery"),
                "What is deleted or overwritten by mistake is gone for good.",
                "aws dynamodb update-continuous-backups --table-name NAME --point-in-time-recovery-specification \
                 PointInTimeRecoveryEnabled=true, and find out who switched it off",
            ),
            None => {
                let unread = Err("the service does not tell".to_owned());
                let _: Option<&bool> = report.read("recovery", &format!("point-in-time recovery of {name}"), &unread);
            }
        }
        if !table.protected {
            report.wrong(
                "recovery",
                format!("{name} can be deleted"),
                "One wrong command takes it with all that is in it.",
                "Deploy with ProtectData=true; false is for a stack that is thrown away",
            );
        }
    }
}

/// What must move: readers, schedules, functions; and what did not.
pub(super) fn moving(report: &mut Report, facts: &Facts) {
    for (name, state) in report.read_all("readers", "the event source", &facts.readers) {
        if !matches!(state.as_str(), "Enabled" | "Creating" | "Enabling" | "Updating") {
            report.wrong(
                "readers",
                format!("{name} is {state}"),
                "What arrives there waits, and is lost after a day (streams) or two weeks (queues).",
                "RUNBOOK.md, PlanUpdatesLag: find its id with aws lambda list-event-source-mappings, then aws lambda \
                 update-event-source-mapping --uuid ID --enabled",
            );
        }
    }
    for (name, waiting) in report.read_all("failures", "the queue", &facts.failures) {
        if *waiting > 0 {
            report.wrong(
                "failures",
                format!("{name} holds {waiting}"),
                "Somebody's update, reply or receipt was given up.",
                "precinct redrive (docs/recovery.md) tells what they are and hands out what still may be",
            );
        }
    }
    for (name, state) in report.read_all("schedules", "the schedule", &facts.schedules) {
        if state != "ENABLED" {
            report.wrong(
                "schedules",
                format!("{name} is {state}"),
                "What it starts does not run: the sweep each minute, scores, map and retention at night.",
                "Deploy the template again, or enable it: EventBridge Scheduler",
            );
        }
    }
    for (name, reserved) in report.read_all("functions", "the function", &facts.functions) {
        if *reserved == Some(0) {
            report.wrong(
                "functions",
                format!("{name} is stopped: its reserved concurrency is 0"),
                "It takes nothing. Somebody stopped it by hand, perhaps for a reason.",
                "Ask who did and why (RUNBOOK.md, \"Stop everything\"), then aws lambda delete-function-concurrency \
                 --function-name NAME",
            );
        }
    }
}

/// Whether staff can sign in.
pub(super) fn issuer(report: &mut Report, issuer: &Issuer) {
    const CHECK: &str = "issuer";
    let what = format!("the discovery document of {}", issuer.expected);
    if let Some(found) = report.read(CHECK, &what, &issuer.found)
        && *found != issuer.expected
    {
        report.wrong(
            CHECK,
            format!("the provider calls itself {found}, the stack expects {}", issuer.expected),
            "Every token is refused: nobody can sign in.",
            format!("Deploy with JwtIssuer={found}, to the letter, a slash at the end included"),
        );
    }
}
