//! RUNBOOK.md against the template: whoever an alarm wakes finds its section, and no section is about an alarm that is gone.
use std::collections::BTreeSet;

use crate::template::source::{file, of_type, resources};

/// Titles of the sections with their text.
fn sections() -> Vec<(String, String)> {
    let text = file("RUNBOOK.md");
    let parts = text.split("\n## ").skip(1).map(|part| part.split("\n# ").next().unwrap());
    parts
        .map(|part| part.split_once('\n').unwrap())
        .map(|(title, body)| (title.to_owned(), body.to_owned()))
        .collect()
}

fn alarms() -> BTreeSet<String> {
    of_type("AWS::CloudWatch::Alarm").into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// Text of the blocks that can be pasted into a shell.
fn commands(body: &str) -> Vec<&str> {
    body.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn every_alarm_has_its_section_and_every_section_its_alarm() {
    let general = ["Before anything", "Stop everything"];
    let sections = sections();
    let mut titles: Vec<&str> = sections.iter().flat_map(|(title, _)| title.split(", ")).collect();
    titles.retain(|title| !general.contains(title));
    let named: BTreeSet<String> = titles.iter().map(|&title| title.to_owned()).collect();
    assert_eq!(named.len(), titles.len(), "a section stands twice");
    assert_eq!(named, alarms());
}

#[test]
fn a_section_says_what_it_means_where_to_look_and_what_to_do() {
    let alarms = alarms();
    let of_alarm = |title: &str| title.split(", ").any(|name| alarms.contains(name));
    for (title, body) in sections().into_iter().filter(|(title, _)| of_alarm(title)) {
        let place = |part: &str| body.find(part).unwrap_or_else(|| panic!("{title} has no {part}"));
        let (means, look, remedy) = (place("**Means**"), place("**First look**"), place("**Remedy**"));
        assert!(means < look && look < remedy, "{title}: order");
        assert!(!commands(&body[look..remedy]).is_empty(), "{title}: a first look without a command");
    }
}

#[test]
fn commands_name_what_the_template_has() {
    let text = file("RUNBOOK.md");
    let outputs = &crate::template::source::TEMPLATE["Outputs"];
    let functions: Vec<String> = of_type("AWS::Serverless::Function")
        .into_iter()
        .map(|(_, one)| {
            one["FunctionName"]["Sub"].as_str().unwrap().trim_start_matches("${AWS::StackName}-").to_owned()
        })
        .collect();
    let mut named = 0;
    for block in commands(&text).into_iter().filter(|block| !block.contains("() {")) {
        for output in block.split("$(output ").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            assert!(!outputs[output].is_null(), "there is no output {output}");
            named += 1;
        }
        let resources_named = block.split("$(name ").skip(1).map(|rest| rest.split(')').next().unwrap());
        let queues = block.lines().filter_map(|line| line.strip_prefix("waiting "));
        // A name out of a loop is not known here.
        for resource in resources_named.chain(queues).filter(|name| !name.contains('$')) {
            assert!(resources().contains_key(resource), "there is no resource {resource}");
            named += 1;
        }
        for verb in ["errors ", "reader ", "invoke "] {
            for argument in block.lines().filter_map(|line| line.strip_prefix(verb)) {
                let function = argument.split(' ').next().unwrap();
                assert!(functions.iter().any(|one| one == function), "{verb}{function}: no such function");
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named} names found: the blocks have another form");
}

/// What is not in a block of the shell is run by nothing: one command, which says so, and names without arguments.
#[test]
fn a_command_that_nothing_runs_says_so() {
    let text = file("RUNBOOK.md");
    let untried: Vec<&str> =
        text.split("```text\n").skip(1).map(|rest| rest.split(' ').nth(2).unwrap()).collect();
    assert_eq!(untried, ["get-sms-attributes"]);
    assert_eq!(text.matches("(not tried: ").count(), untried.len());
    let prose: String = text.split("```").step_by(2).collect();
    let inline = prose.split('`').skip(1).step_by(2);
    let with_arguments = inline.filter(|words| {
        ["precinct ", "aws "].iter().any(|start| words.starts_with(start)) && words.split(' ').count() > 2
    });
    assert_eq!(with_arguments.collect::<Vec<_>>(), [""; 0], "these belong into a block");
}

#[test]
fn what_the_records_officer_gives_a_deployed_stack_is_run_on_the_emulator() {
    let text = file("docs/records.md");
    let all = commands(&text).into_iter().filter(|block| block.contains("--stack precinct")).count();
    let parts = text.split("<!-- emulator -->\n```sh\n").skip(1);
    let marked = parts.filter(|rest| rest.split("```").next().unwrap().contains("--stack precinct")).count();
    assert_eq!((marked, all), (3, 3));
}

#[test]
fn an_alarm_tells_where_its_section_is_and_who_is_called() {
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        assert!(alarm["AlarmDescription"].as_str().unwrap().ends_with("; RUNBOOK.md"), "{name}");
        assert!(alarm["AlarmActions"].to_string().contains("AlarmTopic"), "{name} calls nobody");
        assert!(alarm["TreatMissingData"].is_string(), "{name}: what silence means is not said");
    }
}

#[test]
fn whatever_can_fail_has_an_alarm() {
    let watched = |metric: &str, target: &str| {
        of_type("AWS::CloudWatch::Alarm").into_iter().any(|(_, alarm)| {
            alarm["MetricName"] == metric && alarm["Dimensions"].to_string().contains(&format!("\"{target}"))
        })
    };
    for (name, function) in of_type("AWS::Serverless::Function") {
        assert!(watched("Errors", name), "errors of {name}");
        for event in function["Events"].as_object().into_iter().flat_map(serde_json::Map::values) {
            if event["Type"] == "DynamoDB" {
                assert!(watched("IteratorAge", name), "age of what {name} reads");
            }
        }
    }
    for (name, queue) in of_type("AWS::SQS::Queue") {
        let metric = if queue.get("RedrivePolicy").is_some() {
            "ApproximateAgeOfOldestMessage"
        } else {
            "ApproximateNumberOfMessagesVisible"
        };
        assert!(watched(metric, &format!("{name}.")), "{metric} of {name}");
    }
    for (_, schedule) in of_type("AWS::Scheduler::Schedule") {
        let target = schedule["Target"]["Arn"]["GetAtt"].as_str().unwrap().trim_end_matches(".Arn");
        assert!(watched("Invocations", target), "whether {target} still runs");
    }
}
