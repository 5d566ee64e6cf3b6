"""The stack on the emulator: agency folder, build, MiniStack, deployment, and typed reads of what it captured.

Loopback only. Every wait has an end: `until` gives up and says what it waited for.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "emulator"
SAM = ROOT / "target" / "venv" / "sam" / "bin" / "sam"
EMULATOR = Path(__file__).resolve().parent / "emulator.py"
STACK = "precinct"
REGION, ACCOUNT = "us-east-1", "000000000000"
CAD_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PERSONNEL_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}


def until(what, read, seconds=120):
    """The first true value that `read` gives, asked five times a second for at most `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = read()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def live_agency():
    """A copy of the shipped agency folder with everything approved and switched on."""
    folder = WORK / "agency"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "infra" / "agency", folder)
    settings = (folder / "agency.toml").read_text()
    for key, value in {"updates": "live", "alerts": "on", "map": "on"}.items():
        settings, changed = re.subn(rf'^{key} = "\w+"', f'{key} = "{value}"', settings, flags=re.MULTILINE)
        assert changed == 1, f"agency.toml: [modes] {key} not found"
    settings = re.sub(r"^# (alerts_from = ).*", r'\g<1>"2020-01-01"', settings, flags=re.MULTILINE)
    (folder / "agency.toml").write_text(settings)
    for part in ["updates", "alerts", "map"]:
        sign(folder, part)
    return folder


def sign(folder, part):
    """Signs the lines that `precinct go-live` prints as missing."""
    command = ["cargo", "run", "--quiet", "--locked", "--package", "precinct", "--", "go-live", part, "--agency", folder]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    lines = re.findall(r'^\[+(?:texts\.\w+|deny_list|ruleset|map)\]+\nname = ""\ndate = .*\nhash = .*\n', told.stdout, re.MULTILINE)
    assert lines, f"precinct go-live {part} ended with {told.returncode}:\n{told.stdout}{told.stderr}"
    with (folder / "approvals.toml").open("a") as file:
        file.writelines(block.replace('name = ""', 'name = "Emulator suite"') for block in lines)


def build(agency):
    """`sam build` with the quick profile; the artefacts stay in target/emulator/build."""
    environment = {**os.environ, "PRECINCT_PROFILE": "deploy-test", "PRECINCT_AGENCY": str(agency), "SAM_CLI_TELEMETRY": "0"}
    command = [SAM, "build", "--build-dir", WORK / "build"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]


def stub(agency):
    """The template with functions that only fail: enough where roles are tried and no code runs. Takes no time to build."""
    folder = WORK / "stub"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(agency, folder / "agency")
    (folder / "bootstrap").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bootstrap").chmod(0o755)
    text, changed = re.subn(r"^    CodeUri: \.$", f"    CodeUri: {folder}", (ROOT / "infra" / "template.yaml").read_text(), flags=re.MULTILINE)
    assert changed == 1, "template.yaml: Globals: CodeUri not found"
    template = WORK / "stub.yaml"
    template.write_text(text)
    return template


class Stack:
    """MiniStack with the template deployed; `with Stack(issuer) as stack:` ends it."""

    name, region = STACK, REGION

    def __init__(self, issuer, template=WORK / "build" / "template.yaml", own_provider=False):
        """With `own_provider` the stack has its user pool and serves its desk; else tokens are those of `issuer`."""
        self.issuer, self.template = issuer, template
        self.sign_in = ["ServeDesk=true"] if own_provider else [f"JwtIssuer={issuer.url}", "JwtAudience=precinct"]
        with contextlib.closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.endpoint = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint, "SAM_CLI_TELEMETRY": "0"}
        self.log = (WORK / "ministack.log").open("w")

    def __enter__(self):
        port = self.endpoint.rsplit(":", 1)[1]
        # AUTH=true: the roles of the template are enforced. IOT_MTLS_ENABLED=0: otherwise a port opens on all interfaces.
        settings = {"GATEWAY_PORT": port, "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "AUTH": "true", "IOT_MTLS_ENABLED": "0"}
        self.process = subprocess.Popen([sys.executable, "-B", EMULATOR], cwd=WORK, env={**self.environment, **settings}, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            until("MiniStack to answer", self._ready)
            self._deploy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _ready(self):
        with contextlib.suppress(OSError):
            return self._local("/_ministack/health")
        return None

    def _deploy(self):
        command = [SAM, "deploy", "--template-file", self.template, "--stack-name", STACK, "--resolve-s3",
                   "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
                   "--parameter-overrides", *self.sign_in, "ProtectData=false"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.resources = {resource["LogicalResourceId"]: resource for page in pages for resource in page["StackResourceSummaries"]}
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self._lock(stack["Parameters"])
        sources = {"cad": {"secrets": [CAD_SECRET], "paths": ["/v1/cad/events", "/v1/cad/eido", "/v1/cases/events"]},
                   "personnel": {"secrets": [PERSONNEL_SECRET], "paths": ["/v1/personnel/events"]}}
        self.client("secretsmanager").put_secret_value(SecretId=self.outputs["WebhookSecretId"], SecretString=json.dumps(sources))
        self.client("ses").verify_domain_identity(Domain="police.example.gov")

    def _lock(self, parameters):
        """Gives the audit bucket the template's lock: MiniStack has object locks, but does not read them from a template."""
        given = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in parameters}
        rule = {"DefaultRetention": {"Mode": given["AuditLockMode"], "Days": int(given["AuditRetentionDays"])}}
        self.client("s3").put_object_lock_configuration(
            Bucket=self.outputs["AuditBucketName"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})

    def precinct(self, *arguments):
        """The operator's command with the account's credentials: exit code and what it printed."""
        done = subprocess.run([ROOT / "target" / "debug" / "precinct", *arguments], env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def resource(self, logical):
        """The physical name of a resource."""
        return self.resources[logical]["PhysicalResourceId"]

    def of_type(self, kind):
        """Logical names of the resources of a type, sorted."""
        return sorted(name for name, resource in self.resources.items() if resource["ResourceType"] == kind)

    def arn(self, logical):
        """The ARN of a resource of the kinds whose physical name is another thing."""
        kind, name = self.resources[logical]["ResourceType"], self.resource(logical)
        part = {"AWS::DynamoDB::Table": f"dynamodb:{REGION}:{ACCOUNT}:table/{name}", "AWS::KMS::Key": f"kms:{REGION}:{ACCOUNT}:key/{name}",
                "AWS::SQS::Queue": f"sqs:{REGION}:{ACCOUNT}:{name.rsplit('/', 1)[-1]}", "AWS::Lambda::Function": f"lambda:{REGION}:{ACCOUNT}:function:{name}"}
        return f"arn:aws:{part[kind]}"

    def stream(self, logical):
        """The ARN of a table's stream."""
        return self.client("dynamodb").describe_table(TableName=self.resource(logical))["Table"]["LatestStreamArn"]

    def statements(self, logical):
        """The deployed statements of a role."""
        iam, name = self.client("iam"), self.resource(logical)
        policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in policies]
        return [statement for document in documents for statement in document["Statement"]]

    def client(self, service):
        """A boto3 client with the emulator's root key."""
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")

    def url(self, output, path):
        """Where MiniStack serves a deployed address: it has no DNS names of its own."""
        address = re.match(r"https://(\w+)\.execute-api[^/]*(?:/(\w+))?", self.outputs[output])
        return f"{self.endpoint}/_aws/execute-api/{address[1]}/{address[2] or '$default'}{path}"

    def post(self, path, events, secret=CAD_SECRET):
        """Signs the events as the Standard Webhooks specification says and posts them to the deployed address."""
        body = json.dumps(events).encode()
        name, stamp = f"msg_{time.time_ns()}", str(int(time.time()))
        tag = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
        signature = "v1," + base64.b64encode(tag).decode()
        headers = {"content-type": "application/json", "webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}
        return call(self.url("IntakeUrl", path), headers, body)

    def staff(self, method, path, token=None, body=None, key=None):
        """A request to the staff API, with an Idempotency-Key where given."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        headers |= {"idempotency-key": key} if key else {}
        return call(self.url("StaffUrl", path), headers, None if body is None else json.dumps(body).encode(), method)

    def browse(self, method, path, form=None):
        """A request to the public API, as a mail program makes it: status and page."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return call(self.url("PublicUrl", path), headers, form and form.encode(), method)

    def texts(self, number):
        """What MiniStack's SNS was asked to text to `number`, oldest first."""
        captured = self._local("/_ministack/sns/sms-messages")["sms_messages"]
        return [text["Message"] for text in captured.get(number, [])]

    def emails(self, address):
        """What MiniStack's SES was asked to send to `address`, oldest first."""
        captured = self._local("/_ministack/ses/messages")["messages"]
        return [message for messages in captured.values() for message in messages if address in message["To"]]

    def contacts(self):
        """What is kept of each address, as stored."""
        return self.client("dynamodb").scan(TableName=self.outputs["ContactsTableName"], ConsistentRead=True)["Items"]

    def run(self, function, time_of_run):
        """Invokes a nightly function directly: MiniStack ignores the time zone of schedules."""
        payload = json.dumps({"time": time_of_run}).encode()
        answer = self.client("lambda").invoke(FunctionName=f"{STACK}-{function}", Payload=payload)
        body = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, f"{function}: {body}"
        return json.loads(body)

    def text_in(self, number, words):
        """Publishes what End User Messaging would: MiniStack does not have that service."""
        message = {"originationNumber": number, "destinationNumber": "+12185550100", "messageKeyword": "KEYWORD_1", "messageBody": words,
                   "inboundMessageId": f"in-{time.time_ns()}", "previousPublishedMessageId": "none"}
        self.client("sns").publish(TopicArn=self.outputs["InboundTextsTopic"], Message=json.dumps(message))

    def function_logs(self):
        """Everything the functions logged, each line with its function's name."""
        logs = self.client("logs")
        for group in logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK}-")["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
                if event["message"].startswith(("START ", "END ", "REPORT ")):
                    continue
                yield f"{group['logGroupName'].removeprefix(f'/aws/lambda/{STACK}-')}: {event['message'].strip()}"

    def _local(self, path):
        with urllib.request.urlopen(self.endpoint + path, timeout=10) as answer:
            return json.load(answer)


def call(url, headers, body, method="POST"):
    """Status and body of one request, read where it is JSON."""
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    with contextlib.suppress(ValueError):
        return status, json.loads(text or "null")
    return status, text
