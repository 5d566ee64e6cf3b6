"""Each role against every call: what least_privilege.toml says a role may do is allowed, and everything else is refused.

The calls are made for real, with the role's own credentials, against the deployed stack. Three ways in which this could
prove nothing are closed: the table is written by hand and not read from the template; a refusal counts only if it names
the action that was tried; and at the end wider policies are put on roles, each of which must show up.
"""

import json
import re
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import attempts
import boto3
import botocore.config
from botocore.exceptions import ClientError

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "least-privilege.md"
REFUSALS = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
# What a call answers that was let through and then found nothing to do.
HARMLESS = {"ConditionalCheckFailedException", "TransactionCanceledException", "PreconditionFailed", "NoSuchKey", "404", "ReceiptHandleIsInvalid",
            "ResourceNotFoundException", "NoSuchVersion", "ResourceAlreadyExistsException"}
# Wider policies that are put on a role for a moment: role, statement, and a call that must then be reported.
PLANTED = [
    ("incident-intake", {"Action": "dynamodb:Scan", "Resource": "{ContactsTable}"}, "dynamodb:Scan Contacts"),
    ("log-crime", {"Action": "kms:Decrypt", "Resource": "{UpdatesKey}", "Condition": {"StringEquals": {"kms:EncryptionContext:purpose": "incidents"}}},
     "kms:Decrypt UpdatesKey as incidents"),
    ("sweep-updates", {"Action": "dynamodb:PutItem", "Resource": "{IncidentsTable}"}, "dynamodb:PutItem Incidents in a transaction"),
    ("staff-api", {"Action": "s3:*", "Resource": "*"}, "s3:GetObject Audit audit/"),
    ("score-officers", {"Action": "dynamodb:GetItem", "Resource": "*"}, "dynamodb:GetItem Contacts"),
    ("receipts", {"Action": "sns:Publish", "NotResource": "arn:aws:sns:*:*:*"}, "sns:Publish a number"),
]


class Roles:
    """The deployed roles, each with clients of its own."""

    def __init__(self, stack):
        self.stack = stack
        self.clients = {}
        self.names = {}
        for logical in stack.of_type("AWS::IAM::Role"):
            if logical != "TextDeliveryRole":
                label = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", logical.removesuffix("Role")).lower()
                self.names[label] = stack.resource(logical)
        for label, name in self.names.items():
            self.clients[label] = self._assume(name)

    def _assume(self, name):
        """A factory of clients with credentials of the role. Only Lambda may assume it: for the moment of the call, so
        may the account; what the role may do is not touched."""
        iam, sts = self.stack.client("iam"), self.stack.client("sts")
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        open_trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(open_trust))
        got = sts.assume_role(RoleArn=f"arn:aws:iam::000000000000:role/{name}", RoleSessionName="matrix")["Credentials"]
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        session = boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], self.stack.region)
        return clients(session, self.stack.endpoint)


def clients(session, endpoint):
    """`at("s3")` is the session's client, made once, with no second tries."""
    made = {}
    config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})

    def at(service):
        if service not in made:
            made[service] = session.client(service, endpoint_url=endpoint, config=config)
        return made[service]
    return at


def answer(attempt, at):
    """`allowed`, `refused`, or in words what is neither."""
    try:
        attempt.call(at)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code not in REFUSALS:
            return "allowed" if code in HARMLESS else f"unclear: {code}: {message[:120]}"
        verb = attempt.action.split(":")[1]
        # A bypass is refused for the deletion that it is part of, before S3 comes to the bypass.
        named = verb in message or verb == "BypassGovernanceRetention"
        return "refused" if named else f"unclear: refused for another action: {message[:160]}"
    return "allowed"


def read_table(stack):
    """The table by role, with what holds for every function written out for each."""
    table = tomllib.loads((HERE / "least_privilege.toml").read_text())
    common = table.pop("every function")
    for role, entries in table.items():
        log = "".join(part.capitalize() for part in role.split("-")) + "Log"
        if log in stack.resources:
            entries += [{**entry, "on": entry["on"].replace("{its log}", log)} for entry in common]
    return table


def expected(table, everything):
    """The labels that each role may do; an entry without brackets holds for each detail, and in a transaction."""
    may = {}
    for role, entries in table.items():
        asked = [label for entry in entries for label in labels(entry)]
        for label in asked:
            if not any(base(attempt.label) == label or plain(attempt.label) == label for attempt in everything):
                raise AssertionError(f"least_privilege.toml: {role}: nothing tries `{label}`; add it to attempts.py or mend the entry")
        may[role] = {attempt.label for attempt in everything if base(attempt.label) in asked or plain(attempt.label) in asked}
    return may


def labels(entry):
    """`may` by `on`: every action on every target."""
    actions, targets = ([value] if isinstance(value, str) else value for value in (entry["may"], entry["on"]))
    return [f"{action} {target}" for action in actions for target in targets]


def plain(label):
    """The label without its transaction."""
    return label.removesuffix(" in a transaction")


def base(label):
    """The label without transaction and detail."""
    return re.sub(r" \[.*\]$", "", plain(label))


def uncovered(stack, everything):
    """Statements of the deployed roles that no attempt would notice. What AWS does on a role's behalf is left out: a
    direct call never carries kms:ViaService."""
    missing = []
    for logical in stack.of_type("AWS::IAM::Role"):
        for statement in stack.statements(logical):
            if "kms:ViaService" in json.dumps(statement) or logical == "TextDeliveryRole":
                continue
            for action in listed(statement["Action"]):
                tried = [attempt for attempt in everything if fnmatchcase(attempt.action, action)]
                for resource in listed(statement.get("Resource", attempts.NUMBER)):
                    tells = any(fnmatchcase(attempt.resource, resource) for attempt in tried)
                    if not tells and action != "dynamodb:ListStreams" and ":configuration-set/" not in resource:
                        missing.append(f"{logical}: {statement.get('Sid')}: {action} on {resource}")
    return missing


def listed(value):
    """A value, or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def matrix(roles, everything):
    """Role to label to answer."""
    def column(role):
        return role, {attempt.label: answer(attempt, roles.clients[role]) for attempt in everything}
    with ThreadPoolExecutor(3) as pool:
        return dict(pool.map(column, roles.clients))


def differences(found, may):
    """What is not as the table says: wrong allows, wrong refusals, unclear answers."""
    wrong = {"allowed": [], "refused": [], "unclear": []}
    for role, answers in found.items():
        for label, got in answers.items():
            should = "allowed" if label in may.get(role, set()) else "refused"
            if got not in ("allowed", "refused"):
                wrong["unclear"].append(f"{role}: {label}: {got}")
            elif got != should:
                wrong[got].append(f"{role}: {label}")
    return wrong


def planted(stack, roles, everything, may):
    """Puts each wider policy on its role, tries the role again, takes it off; every one must be reported."""
    iam, missed = stack.client("iam"), []
    for role, statement, label in PLANTED:
        resources = {name: stack.arn(name) for name in ("ContactsTable", "IncidentsTable", "UpdatesKey")}
        wider = {name: value.format(**resources) if isinstance(value, str) else value for name, value in statement.items()}
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **wider}]}
        iam.put_role_policy(RoleName=roles.names[role], PolicyName="planted", PolicyDocument=json.dumps(policy))
        try:
            tried = [attempt for attempt in everything if attempt.label == label]
            answers = {role: {attempt.label: answer(attempt, roles.clients[role]) for attempt in tried}}
        finally:
            iam.delete_role_policy(RoleName=roles.names[role], PolicyName="planted")
        if differences(answers, may)["allowed"] != [f"{role}: {label}"]:
            missed.append(f"{role}: {json.dumps(statement)}: {answers}")
    return missed


def check(stack, write):
    """The whole of it; returns one line for the terminal. With `write` the document is written, else compared."""
    table = read_table(stack)
    everything = attempts.all_of(stack)
    assert len({attempt.label for attempt in everything}) == len(everything), "two attempts have one label"
    may, roles = expected(table, everything), Roles(stack)
    assert set(may) == set(roles.names), f"least_privilege.toml and the template's roles: {set(may) ^ set(roles.names)}"
    missing = uncovered(stack, everything)
    assert not missing, "no attempt notices these permissions:\n" + "\n".join(missing)
    found = matrix(roles, everything)
    wrong = differences(found, may)
    text = document(table, found, wrong, everything)
    assert not any(wrong.values()), "\n".join(f"{kind}: {line}" for kind, lines in wrong.items() for line in lines)
    missed = planted(stack, roles, everything, may)
    assert not missed, "wider policies that the matrix does not report:\n" + "\n".join(missed)
    if write:
        DOCUMENT.write_text(text)
    else:
        assert DOCUMENT.read_text() == text, f"{DOCUMENT.name} is not what the roles are allowed: tests/emulator/run --roles --write"
    count = Counter(got for answers in found.values() for got in answers.values())
    return (f"{len(found)} roles x {len(everything)} calls: {count['allowed']} allowed, {count['refused']} refused; wrongly allowed 0, "
            f"wrongly refused 0; {len(PLANTED)} wider policies planted, {len(PLANTED)} reported")


def document(table, found, wrong, everything):
    """docs/least-privilege.md."""
    count = Counter(got for answers in found.values() for got in answers.values())
    parts = [(HERE / "least_privilege.md").read_text().rstrip(), "", "## Result", "",
             f"| roles | calls tried by each | allowed | refused | wrongly allowed | wrongly refused | wider policies planted, reported |",
             "|---|---|---|---|---|---|---|",
             f"| {len(found)} | {len(everything)} | {count['allowed']} | {count['refused']} | {len(wrong['allowed'])} | {len(wrong['refused'])} | {len(PLANTED)}, {len(PLANTED)} |",
             "", "## What each role may do", "", "Everything else that is tried was refused.", ""]
    for role, entries in table.items():
        allowed = sum(got == "allowed" for got in found[role].values())
        parts += [f"### {role}", "", f"{allowed} of {len(everything)} calls allowed.", "", "| may | on | because |", "|---|---|---|"]
        parts += [f"| {code(entry['may'])} | {code(entry['on'])} | {entry['why']} |" for entry in entries]
        parts.append("")
    parts += ["## What nobody may do", "", "Tried by every role and refused to each:", ""]
    nobody = [attempt for attempt in everything if all(answers[attempt.label] == "refused" for answers in found.values())]
    by_action = {}
    for attempt in nobody:
        by_action.setdefault(attempt.action, []).append(attempt.label.removeprefix(attempt.action + " "))
    parts += ["| action | tried on |", "|---|---|"]
    parts += [f"| `{action}` | {', '.join(targets)} |" for action, targets in sorted(by_action.items())]
    return "\n".join(parts) + "\n"


def code(value):
    """Words as code."""
    return " ".join(f"`{word}`" for word in listed(value))
