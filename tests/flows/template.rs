//! The template against the code: functions, variables, AWS services, tables, routes and the function table of
//! functions/README.md say the same thing in each place. A permission that nobody uses, or a variable that nobody
//! sets, is found here and not at three in the morning.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

mod athena;
pub(crate) mod source;

use source::{
    code, file, grants, of_type, on_behalf, pascal, readme, resources, role_statements, statements, strings,
    targets, yaml,
};

/// Each function's crate name and the variables it says it reads.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("incident-intake", incident_intake::VARIABLES),
    ("log-crime", log_crime::VARIABLES),
    ("map-hotspots", map_hotspots::VARIABLES),
    ("notify-reviews", notify_reviews::VARIABLES),
    ("personnel-intake", personnel_intake::VARIABLES),
    ("plan-updates", plan_updates::VARIABLES),
    ("receipts", receipts::VARIABLES),
    ("replies", replies::VARIABLES),
    ("retain-records", retain_records::VARIABLES),
    ("score-officers", score_officers::VARIABLES),
    ("send-updates", send_updates::VARIABLES),
    ("staff-api", staff_api::VARIABLES),
    ("summarise-updates", summarise_updates::VARIABLES),
    ("sweep-updates", sweep_updates::VARIABLES),
    ("unsubscribe", unsubscribe::VARIABLES),
];

#[test]
fn every_function_crate_is_deployed_and_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = std::fs::read_dir(root.join("functions")).unwrap().map(|entry| entry.unwrap());
    let crates: BTreeSet<String> = folders
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let named: BTreeSet<String> = FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(crates, named, "functions/ and this test");
    let deployed: BTreeSet<String> =
        of_type("AWS::Serverless::Function").into_iter().map(|(name, _)| name.to_owned()).collect();
    let expected = crates.iter().map(|name| format!("{}Function", pascal(name))).collect();
    assert_eq!(deployed, expected, "template and functions/");
    assert_eq!(readme().into_keys().collect::<BTreeSet<_>>(), crates, "functions/README.md and functions/");
    for name in crates {
        assert!(root.join("functions").join(&name).join("README.md").is_file(), "{name} has no README.md");
    }
}

#[test]
fn variables_are_set_as_the_crate_reads_them() {
    let names = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let described = readme();
    for (name, read) in FUNCTIONS {
        let properties = &resources()[&format!("{}Function", pascal(name))]["Properties"];
        let set = names(&properties["Environment"]["Variables"]);
        let read: BTreeSet<String> = read.iter().map(|&variable| variable.to_owned()).collect();
        assert_eq!(set, read, "{name}: template and VARIABLES");
        assert_eq!(code(&described[*name][4]), read, "{name}: functions/README.md and VARIABLES");
    }
}

#[test]
fn services_of_a_role_are_those_the_crate_links() {
    for (name, _) in FUNCTIONS {
        let manifest: toml::Table = toml::from_str(&file(&format!("functions/{name}/Cargo.toml"))).unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap().keys();
        let linked: BTreeSet<String> = dependencies
            .filter_map(|dependency| dependency.strip_prefix("aws-sdk-"))
            .map(str::to_owned)
            .collect();
        let calls = statements(name).iter().filter(|statement| !on_behalf(statement));
        let allowed: BTreeSet<String> = calls
            .flat_map(|statement| strings(&statement["Action"]))
            .map(|action| action.split(':').next().unwrap().to_owned())
            .collect();
        assert_eq!(allowed, linked, "{name}: actions of its role and aws-sdk crates of its manifest");
    }
}

#[test]
fn statements_name_what_they_allow() {
    for (role, properties) in of_type("AWS::IAM::Role") {
        assert!(properties.get("ManagedPolicyArns").is_none(), "{role}: its role is written out here");
        for statement in role_statements(role) {
            let label = format!("{role}: {}", statement["Sid"]);
            let actions = strings(&statement["Action"]);
            assert!(statement.get("NotAction").is_none(), "{label}: actions are named");
            assert!(
                !actions.is_empty() && actions.iter().all(|action| !action.contains('*')),
                "{label}: action"
            );
            if statement["Sid"] == "TextsToNumbers" {
                assert_eq!(statement["Action"], "sns:Publish", "{label}");
                assert_eq!(
                    statement["NotResource"],
                    json!({"Sub": "arn:${AWS::Partition}:sns:*:*:*"}),
                    "{label}"
                );
                continue;
            }
            assert!(statement.get("NotResource").is_none(), "{label}: only texting needs NotResource");
            for resource in targets(statement) {
                assert!(names_one_thing(&resource), "{label}: {resource} names more than it should");
            }
        }
    }
}

/// Whether a resource is a thing of this stack or account, with a star at most in the last part of an object's key or
/// for the two log groups that SNS names itself.
fn names_one_thing(resource: &Value) -> bool {
    let own = |name: &str| resources().contains_key(name.split('.').next().unwrap());
    if let Some(name) = resource["GetAtt"].as_str().or(resource["Ref"].as_str()) {
        return own(name);
    }
    let Some(text) = resource["Sub"].as_str() else { return false };
    let star = text.find('*');
    if let Some((name, rest)) = text.strip_prefix("${").and_then(|text| text.split_once("Arn}")) {
        let prefix =
            star.is_none() || (rest.starts_with('/') && rest.len() > 2 && rest.matches('*').count() == 1);
        return own(name.trim_end_matches('.')) && prefix;
    }
    let account = "${AWS::Region}:${AWS::AccountId}:";
    let texts = "log-group:sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber*";
    text.contains(account) && (star.is_none() || text.contains(texts))
}

#[test]
fn leading_keys_must_be_there_to_match() {
    let mut bound = Vec::new();
    for (role, _) in of_type("AWS::IAM::Role") {
        for statement in role_statements(role) {
            let condition = &statement["Condition"];
            if condition.to_string().contains("dynamodb:LeadingKeys") {
                // Without it a request that names no key would pass: ForAllValues holds for nothing.
                assert_eq!(
                    condition["Null"]["dynamodb:LeadingKeys"], "false",
                    "{role}: {}",
                    statement["Sid"]
                );
                bound.push(statement["Sid"].as_str().unwrap());
            }
            // Deleting what is past its time is all that this one is for, whatever its key.
            let deletes = strings(&statement["Action"]).contains(&"dynamodb:DeleteItem".to_owned());
            if deletes && role != "RetainRecordsRole" {
                assert!(condition.is_object(), "{role}: a deletion is bound to the keys it is for");
            }
        }
    }
    bound.sort_unstable();
    assert_eq!(bound, ["IncidentsSwept", "Lease", "PausesLifted", "SubjectsUntied"]);
}

#[test]
fn keys_are_used_for_one_purpose_or_through_one_service() {
    for (name, _) in FUNCTIONS {
        for statement in statements(name) {
            let actions = strings(&statement["Action"]);
            if !actions.iter().any(|action| action.starts_with("kms:")) {
                continue;
            }
            let label = format!("{name}: {}", statement["Sid"]);
            let asked = &statement["Condition"]["StringEquals"];
            let (purpose, service) =
                (asked.get("kms:EncryptionContext:purpose"), asked.get("kms:ViaService"));
            assert!(purpose.is_some() != service.is_some(), "{label}: a purpose or a service");
            if purpose.is_some() {
                let own = ["kms:Decrypt", "kms:GenerateDataKey"];
                assert!(actions.iter().all(|action| own.contains(&action.as_str())), "{label}: {actions:?}");
            }
            assert!(
                statement["Resource"]["GetAtt"].as_str().is_some_and(|key| key.ends_with("Key.Arn")),
                "{label}"
            );
        }
    }
}

#[test]
fn the_audit_bucket_is_locked_and_refuses_deletions() {
    let bucket = &resources()["AuditBucket"]["Properties"];
    let retention = json!({"Mode": {"Ref": "AuditLockMode"}, "Days": {"Ref": "AuditRetentionDays"}});
    assert_eq!(bucket["ObjectLockEnabled"], true);
    assert_eq!(bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"], retention);
    assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
    let policy = &resources()["AuditBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let denied: BTreeSet<String> = policy
        .as_array()
        .unwrap()
        .iter()
        .filter(|statement| statement["Effect"] == "Deny" && statement["Principal"] == "*")
        .filter(|statement| statement.get("Condition").is_none())
        .flat_map(|statement| strings(&statement["Action"]))
        .collect();
    for action in ["DeleteObject", "DeleteObjectVersion", "BypassGovernanceRetention", "PutObjectRetention"] {
        assert!(denied.contains(&format!("s3:{action}")), "{action} is not refused");
    }
}

#[test]
fn readme_names_the_tables_and_buckets_that_the_role_allows() {
    let rows = readme();
    for (name, _) in FUNCTIONS {
        let may = |verbs: &[&str]| -> BTreeSet<String> {
            let allowed = |action: &str| verbs.iter().any(|verb| action.ends_with(&format!(":{verb}")));
            let found = grants(name).into_iter().filter(|(_, action)| allowed(action));
            found
                .map(|(target, _)| target.trim_end_matches("Table").trim_end_matches("Bucket").to_owned())
                .collect()
        };
        let row = &rows[*name];
        assert_eq!(code(&row[1]), may(&["GetItem", "Query", "GetObject", "ListBucket"]), "{name}: reads");
        assert_eq!(
            code(&row[2]),
            may(&["PutItem", "UpdateItem", "DeleteItem", "PutObject", "DeleteObject"]),
            "{name}: writes"
        );
        let actions: BTreeSet<String> =
            statements(name).iter().flat_map(|one| strings(&one["Action"])).collect();
        let sends: BTreeSet<String> = actions
            .into_iter()
            .filter(|action| action.starts_with("sns:") || action.starts_with("ses:"))
            .collect();
        assert_eq!(code(&row[3]), sends, "{name}: sends");
    }
}

#[test]
fn the_nightly_summary_may_read_revocations_survey_counters_and_open_tasks() {
    let allowed = statements("summarise-updates");
    let may = |action: &str, resource: &str| {
        let names = |one: &Value| one["Resource"].to_string().contains(resource);
        allowed.iter().any(|one| strings(&one["Action"]).contains(&action.to_owned()) && names(one))
    };
    assert!(may("dynamodb:Query", "MessagesTable.Arn\""), "months of revocations and survey counters");
    assert!(may("dynamodb:Query", "MessagesTable.Arn}/index/open_tasks"), "open tasks");
    assert!(may("dynamodb:GetItem", "MessagesTable.Arn\""), "each open task");
}

#[test]
fn tables_have_the_shape_that_the_code_expects() {
    let deployed = of_type("AWS::DynamoDB::Table");
    assert_eq!(deployed.len(), table::schema::TABLES.len());
    for expected in table::schema::TABLES {
        let name = format!("{}Table", expected.name);
        let (_, table) =
            deployed.iter().find(|(found, _)| *found == name).unwrap_or_else(|| panic!("{name} is missing"));
        let keys = |pk: &str, sk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]);
        assert_eq!(table["KeySchema"], keys(table::schema::PK, table::schema::SK), "{name}");
        let indexes: Vec<Value> = expected
            .indexes
            .iter()
            .map(|index| json!({"IndexName": index.name, "KeySchema": keys(index.pk, index.sk), "Projection": {"ProjectionType": "KEYS_ONLY"}}))
            .collect();
        assert_eq!(
            table["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default(),
            indexes,
            "{name}"
        );
        let stream = expected.stream.then(|| json!({"StreamViewType": "NEW_AND_OLD_IMAGES"}));
        assert_eq!(table.get("StreamSpecification"), stream.as_ref(), "{name}");
        assert_eq!(
            table["TimeToLiveSpecification"],
            json!({"AttributeName": table::schema::TTL, "Enabled": true}),
            "{name}"
        );
        assert_eq!(table["SSESpecification"]["SSEType"], "KMS", "{name}");
        assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{name}");
        assert_eq!(table["DeletionProtectionEnabled"], json!({"Ref": "ProtectData"}), "{name}");
    }
}

#[test]
fn stream_consumers_can_neither_block_nor_lose_in_silence() {
    let mut consumers = BTreeMap::new();
    for (name, properties) in of_type("AWS::Serverless::Function") {
        for event in properties["Events"].as_object().into_iter().flat_map(Map::values) {
            if event["Type"] != "DynamoDB" {
                continue;
            }
            let source = &event["Properties"];
            *consumers.entry(source["Stream"].to_string()).or_insert(0) += 1;
            assert_eq!(source["BisectBatchOnFunctionError"], true, "{name}");
            assert_eq!(source["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{name}");
            assert!(
                source["MaximumRetryAttempts"].as_i64().is_some_and(|tries| (6..=10).contains(&tries)),
                "{name}"
            );
            assert_eq!(source["MaximumRecordAgeInSeconds"], 21_600, "{name}");
            assert_eq!(source["DestinationConfig"]["OnFailure"]["Type"], "SQS", "{name}");
            assert!(source["FilterCriteria"]["Filters"][0]["Pattern"].is_string(), "{name}");
        }
    }
    assert!(consumers.values().all(|&count| count <= 2), "a stream has room for two readers: {consumers:?}");
}

#[test]
fn nights_follow_the_agencys_clock_outside_the_hours_that_are_left_out_or_come_twice() {
    let mut nightly = BTreeMap::new();
    for (name, schedule) in of_type("AWS::Scheduler::Schedule") {
        assert_eq!(schedule["FlexibleTimeWindow"], json!({"Mode": "OFF"}), "{name}");
        assert_eq!(schedule["Target"]["Input"], r#"{"time":"<aws.scheduler.scheduled-time>"}"#, "{name}");
        let expression = schedule["ScheduleExpression"].as_str().unwrap();
        if expression.starts_with("cron") {
            assert_eq!(schedule["ScheduleExpressionTimezone"], json!({"Ref": "AgencyTimeZone"}), "{name}");
            nightly.insert(name, expression);
        }
    }
    // As infra/precinct/src/stack/schedule.rs has them; all after three, where every local night has each hour once.
    let (night, morning) = ("cron(30 3 * * ? *)", "cron(0 5 * * ? *)");
    let expected = [
        ("MapSchedule", night),
        ("RetentionSchedule", "cron(15 4 * * ? *)"),
        ("ReviewsSchedule", morning),
        ("ScoreSchedule", night),
        ("SummarySchedule", night),
    ];
    assert_eq!(nightly, BTreeMap::from(expected));
}

#[test]
fn nothing_lies_open_or_unencrypted() {
    for (name, queue) in of_type("AWS::SQS::Queue") {
        assert_eq!(queue["KmsMasterKeyId"], json!({"GetAtt": "OperationsKey.Arn"}), "{name}");
        assert_eq!(queue["MessageRetentionPeriod"], 1_209_600, "{name}");
    }
    for (name, bucket) in of_type("AWS::S3::Bucket") {
        let block = bucket["PublicAccessBlockConfiguration"].as_object().unwrap();
        assert!(block.len() == 4 && block.values().all(|value| *value == true), "{name}");
        assert!(bucket["BucketEncryption"].is_object(), "{name}");
    }
    let (text_logs, groups): (Vec<_>, Vec<_>) =
        of_type("AWS::Logs::LogGroup").into_iter().partition(|(name, _)| name.starts_with("Text"));
    let access_logs = groups.iter().filter(|(name, _)| name.ends_with("AccessLog")).count();
    assert_eq!(access_logs, 3, "one access log per API");
    assert_eq!(groups.len() - access_logs, FUNCTIONS.len(), "one log group per function");
    for (name, group) in groups {
        assert_eq!(group["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{name}");
        assert_eq!(group["KmsKeyId"], json!({"GetAtt": "OperationsKey.Arn"}), "{name}");
    }
    assert_eq!(text_logs.len(), 2, "SNS writes two, with numbers in them");
    for (name, group) in text_logs {
        assert_eq!(group["RetentionInDays"], 1, "{name}");
        assert_eq!(group["KmsKeyId"], json!({"GetAtt": "OperationsKey.Arn"}), "{name}");
    }
}

#[test]
fn the_own_provider_has_one_group_a_role() {
    let groups = of_type("AWS::Cognito::UserPoolGroup").into_iter();
    let groups: BTreeSet<String> =
        groups.map(|(_, group)| group["GroupName"].as_str().unwrap().to_owned()).collect();
    let roles: BTreeSet<String> = staff_api::Role::ALL.map(|role| role.word().to_owned()).into();
    assert_eq!(groups, roles);
}

#[test]
fn routes_are_those_of_the_published_contract() {
    let mut deployed = BTreeSet::new();
    for (_, properties) in of_type("AWS::Serverless::Function") {
        for event in properties["Events"].as_object().into_iter().flat_map(Map::values) {
            if let ("Api", Some(path)) =
                (event["Type"].as_str().unwrap(), event["Properties"]["Path"].as_str())
            {
                deployed.insert(format!(
                    "{} {path}",
                    event["Properties"]["Method"].as_str().unwrap().to_uppercase()
                ));
            }
        }
    }
    deployed.extend(
        of_type("AWS::ApiGatewayV2::Route")
            .iter()
            .map(|(_, route)| route["RouteKey"].as_str().unwrap().to_owned()),
    );
    let mut published = BTreeSet::new();
    for (path, methods) in yaml("infra/openapi.yaml")["paths"].as_object().unwrap() {
        let methods =
            methods.as_object().unwrap().keys().filter(|key| matches!(key.as_str(), "get" | "post" | "put"));
        published.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    assert_eq!(deployed, published);
}

#[test]
fn refusals_of_the_rest_api_read_like_those_of_the_functions() {
    let responses = resources()["IntakeApi"]["Properties"]["GatewayResponses"].as_object().unwrap();
    for needed in ["DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED", "REQUEST_TOO_LARGE", "THROTTLED"] {
        assert!(responses.contains_key(needed), "{needed} answers in a form of its own");
    }
    for (name, response) in responses {
        let headers = &response["ResponseParameters"]["Headers"];
        assert_eq!(headers["Content-Type"], "'application/problem+json'", "{name}");
        let body = response["ResponseTemplates"]["application/json"].as_str().unwrap();
        let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{name}");
        assert_eq!(problem.get("status"), response.get("StatusCode"), "{name}: body and status");
        assert!(!body.contains("$context"), "{name}: nothing of the request is repeated");
        let again = response["StatusCode"].as_u64().is_none_or(|status| status == 429 || status >= 500);
        assert!(
            headers.get("Retry-After").is_none() || again,
            "{name}: asks to post again what stays refused"
        );
    }
}
