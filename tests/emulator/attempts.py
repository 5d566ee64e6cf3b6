"""Every call that the matrix tries: an action, what it is tried on, and how, so that nothing changes if it is allowed.

A label reads `dynamodb:PutItem Incidents [SWEPT]`: action, target, and in brackets a detail that a narrower permission may
ask for. Writes carry a condition that never holds, objects a precondition, invocations are dry runs.
"""

import email.message
from dataclasses import dataclass
from typing import Callable

TABLES = {"Incidents": ["due"], "Messages": ["due", "provider", "recipient", "open_tasks"], "Contacts": [], "Personnel": ["open_alerts"]}
PARTITION_KEYS = {"due": "due_shard", "provider": "provider_id", "recipient": "recipient", "open_tasks": "task_role", "open_alerts": "open_alert"}
DETAILS = {"Incidents": ["SWEPT"], "Messages": ["LEASE#probe", "PAUSE"], "Personnel": ["SUBJ#probe"]}
STREAMS = ["Incidents", "Messages"]
KEYS = {"UpdatesKey": ["incidents", "messages"], "ContactsKey": ["contacts"], "PersonnelKey": ["Personnel"], "OperationsKey": []}
PURPOSES = ["incidents", "messages", "contacts", "Personnel", ""]
FOLDERS = {"Internal": ["crime", "crime/facts", "crime/day=2000-01-01", "cells", "patrol", "patrol-records", "stats", "forecast", "updates", "nights", "elsewhere"],
           "Public": ["hotspots", "elsewhere"], "Audit": ["audit", "elsewhere"]}
FILES = {"Public": ["data.json", "index.html"]}
QUEUES = ["PlanUpdatesFailures", "SendUpdatesFailures", "LogCrimeFailures", "RepliesQueue", "RepliesFailures", "ReceiptsQueue",
          "ReceiptsFailures", "ScheduleFailures"]
TOPICS = ["InboundTexts", "EmailReceipts"]
SECRETS = ["WebhookSecret", "TaskWebhookSecret"]
NUMBER = "+12185550199"


@dataclass
class Attempt:
    """One call. `resource` is what IAM compares; `call` takes a factory of clients."""
    label: str
    resource: str
    call: Callable
    service: str = ""

    @property
    def action(self):
        return self.label.split(" ")[0]


def tables(stack):
    """Reads, writes and scans of each table, on its own, in a transaction and by its indexes."""
    for name, indexes in TABLES.items():
        table, arn = stack.resource(f"{name}Table"), stack.arn(f"{name}Table")
        for detail in [None, *DETAILS.get(name, [])]:
            key = {"pk": {"S": detail or "PROBE"}, "sk": {"S": "RECEIVED" if detail == "SWEPT" else "PROBE"}}
            target = f"{name} [{detail}]" if detail else name
            yield from rows(table, arn, target, key)
        yield from whole(table, arn, name)
        for index in indexes:
            query = {"TableName": table, "IndexName": index, "KeyConditionExpression": "#k = :k",
                     "ExpressionAttributeNames": {"#k": PARTITION_KEYS[index]}, "ExpressionAttributeValues": {":k": {"S": "PROBE"}}}
            scan = {"TableName": table, "IndexName": index, "Limit": 1}
            yield Attempt(f"dynamodb:Query {name}/{index}", f"{arn}/index/{index}", lambda at, q=query: at("dynamodb").query(**q))
            yield Attempt(f"dynamodb:Scan {name}/{index}", f"{arn}/index/{index}", lambda at, s=scan: at("dynamodb").scan(**s))


def rows(table, arn, target, key):
    """Calls on one row."""
    never = {"ConditionExpression": "attribute_exists(nobody_has_this)"}
    at_key, item = {"TableName": table, "Key": key}, {"TableName": table, "Item": key}
    update = {**at_key, "UpdateExpression": "SET nobody_has_this = :v", "ExpressionAttributeValues": {":v": {"S": "v"}}, **never}
    query = {"TableName": table, "KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": {":k": key["pk"]}}
    calls = {
        "GetItem": lambda at: at("dynamodb").get_item(**at_key),
        "PutItem": lambda at: at("dynamodb").put_item(**item, **never),
        "UpdateItem": lambda at: at("dynamodb").update_item(**update),
        "DeleteItem": lambda at: at("dynamodb").delete_item(**at_key, **never),
        "Query": lambda at: at("dynamodb").query(**query),
        "ConditionCheckItem": lambda at: at("dynamodb").transact_write_items(TransactItems=[{"ConditionCheck": {**at_key, **never}}]),
    }
    for action, call in calls.items():
        yield Attempt(f"dynamodb:{action} {target}", arn, call)
    within = {"PutItem": {"Put": {**item, **never}}, "UpdateItem": {"Update": update}, "DeleteItem": {"Delete": {**at_key, **never}}}
    for action, one in within.items():
        yield Attempt(f"dynamodb:{action} {target} in a transaction", arn, lambda at, one=one: at("dynamodb").transact_write_items(TransactItems=[one]))


def whole(table, arn, name):
    """Calls that reach every row, or the table itself. No function has one of them."""
    calls = {
        "Scan": lambda at: at("dynamodb").scan(TableName=table, Limit=1),
        "BatchGetItem": lambda at: at("dynamodb").batch_get_item(RequestItems={table: {"Keys": [{"pk": {"S": "PROBE"}, "sk": {"S": "PROBE"}}]}}),
        "BatchWriteItem": lambda at: at("dynamodb").batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": {"pk": {"S": "PROBE"}, "sk": {"S": "PROBE"}}}}]}),
        "DescribeTable": lambda at: at("dynamodb").describe_table(TableName=table),
        "UpdateTable": lambda at: at("dynamodb").update_table(TableName=table, BillingMode="PAY_PER_REQUEST"),
        "UpdateTimeToLive": lambda at: at("dynamodb").update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}),
        "UpdateContinuousBackups": lambda at: at("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}),
        "DeleteTable": lambda at: at("dynamodb").delete_table(TableName=table),
    }
    for action, call in calls.items():
        yield Attempt(f"dynamodb:{action} {name}", arn, call)


def streams(stack):
    """What a reader of a stream asks."""
    for name in STREAMS:
        arn = stack.stream(f"{name}Table")
        shard = stack.client("dynamodbstreams").describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        place = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        yield Attempt(f"dynamodb:DescribeStream {name} stream", arn, lambda at, arn=arn: at("dynamodbstreams").describe_stream(StreamArn=arn))
        yield Attempt(f"dynamodb:GetShardIterator {name} stream", arn, lambda at, place=place: at("dynamodbstreams").get_shard_iterator(**place))
        iterator = stack.client("dynamodbstreams").get_shard_iterator(**place)["ShardIterator"]
        yield Attempt(f"dynamodb:GetRecords {name} stream", arn, lambda at, iterator=iterator: at("dynamodbstreams").get_records(ShardIterator=iterator, Limit=1))


def keys(stack):
    """Direct use of each key under each encryption context, and its administration."""
    root = stack.client("kms")
    for name in KEYS:
        key, arn = stack.resource(name), stack.arn(name)
        for purpose in PURPOSES:
            context = {"EncryptionContext": {"purpose": purpose}} if purpose else {}
            target = f"{name} as {purpose}" if purpose else f"{name} without context"
            sealed = root.encrypt(KeyId=key, Plaintext=b"probe", **context)["CiphertextBlob"]
            calls = {
                "Decrypt": lambda at, sealed=sealed, key=key, context=context: at("kms").decrypt(CiphertextBlob=sealed, KeyId=key, **context),
                "Encrypt": lambda at, key=key, context=context: at("kms").encrypt(KeyId=key, Plaintext=b"probe", **context),
                "GenerateDataKey": lambda at, key=key, context=context: at("kms").generate_data_key(KeyId=key, KeySpec="AES_256", **context),
            }
            for action, call in calls.items():
                yield Attempt(f"kms:{action} {target}", arn, call)
        administer = {
            "DescribeKey": lambda at, key=key: at("kms").describe_key(KeyId=key),
            "CreateGrant": lambda at, key=key: at("kms").create_grant(KeyId=key, GranteePrincipal="arn:aws:iam::000000000000:role/probe", Operations=["Decrypt"]),
            "PutKeyPolicy": lambda at, key=key: at("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=root.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
            "EnableKeyRotation": lambda at, key=key: at("kms").enable_key_rotation(KeyId=key),
        }
        for action, call in administer.items():
            yield Attempt(f"kms:{action} {name}", arn, call)
        for action in ("DisableKey", "ScheduleKeyDeletion"):
            yield Attempt(f"kms:{action} {name}", arn, lambda at, key=key, action=action: at("kms").disable_key(KeyId=key) if action == "DisableKey" else at("kms").schedule_key_deletion(KeyId=key))


def objects(stack):
    """Objects under each prefix, the buckets' lists and settings."""
    root = stack.client("s3")
    for name, folders in FOLDERS.items():
        bucket = stack.resource(f"{name}Bucket")
        arn = f"arn:aws:s3:::{bucket}"
        yield Attempt(f"s3:ListBucket {name}", arn, lambda at, bucket=bucket: at("s3").list_objects_v2(Bucket=bucket, MaxKeys=1))
        if name == "Internal":
            for prefix in ("crime/day=", "nights/"):
                yield Attempt(f"s3:ListBucket Internal [{prefix}]", arn, lambda at, bucket=bucket, prefix=prefix: at("s3").list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1))
        for key in [f"{folder}/probe" for folder in folders] + FILES.get(name, []):
            if "/" in key:
                root.put_object(Bucket=bucket, Key=key, Body=b"probe")
            target = f"{name} {key.removesuffix('probe')}"
            calls = {
                "GetObject": lambda at, bucket=bucket, key=key: at("s3").get_object(Bucket=bucket, Key=key),
                "PutObject": lambda at, bucket=bucket, key=key: at("s3").put_object(Bucket=bucket, Key=key, Body=b"x", IfMatch='"0123456789abcdef0123456789abcdef"'),
                "DeleteObject": lambda at, bucket=bucket, key=key: at("s3").delete_object(Bucket=bucket, Key=key + ".nobody-has-this"),
            }
            for action, call in calls.items():
                yield Attempt(f"s3:{action} {target}", f"{arn}/{key}", call)
        yield from settings(name, bucket, arn)


def settings(name, bucket, arn):
    """What would undo a bucket's protection."""
    nobody = '{"Version":"2012-10-17","Statement":[]}'
    yield Attempt(f"s3:PutBucketPolicy {name}", arn, lambda at: at("s3").put_bucket_policy(Bucket=bucket, Policy=nobody))
    yield Attempt(f"s3:DeleteBucketPolicy {name}", arn, lambda at: at("s3").delete_bucket_policy(Bucket=bucket))
    yield Attempt(f"s3:PutBucketVersioning {name}", arn, lambda at: at("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}))
    yield Attempt(f"s3:PutLifecycleConfiguration {name}", arn, lambda at: at("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [{"ID": "probe", "Status": "Disabled", "Filter": {"Prefix": "nobody/"}, "Expiration": {"Days": 1}}]}))
    yield Attempt(f"s3:DeleteBucket {name}", arn, lambda at: at("s3").delete_bucket(Bucket=bucket))
    if name == "Audit":
        key = "audit/probe"
        yield Attempt("s3:DeleteObjectVersion Audit audit/", f"{arn}/{key}", lambda at: at("s3").delete_object(Bucket=bucket, Key=key, VersionId="0123456789abcdef"))
        yield Attempt("s3:PutObjectRetention Audit audit/", f"{arn}/{key}", lambda at: at("s3").put_object_retention(
            Bucket=bucket, Key=key, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": "2030-01-01T00:00:00Z"}))
        yield Attempt("s3:PutObjectLegalHold Audit audit/", f"{arn}/{key}", lambda at: at("s3").put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "OFF"}))
        yield Attempt("s3:BypassGovernanceRetention Audit audit/", f"{arn}/{key}", lambda at: at("s3").delete_object(
            Bucket=bucket, Key=key, VersionId="0123456789abcdef", BypassGovernanceRetention=True))
        yield Attempt("s3:PutBucketObjectLockConfiguration Audit", arn, lambda at: at("s3").put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}))


def queues_and_topics(stack):
    """Messages in and out."""
    for name in QUEUES:
        url, arn = stack.resource(name), stack.arn(name)
        calls = {
            "SendMessage": lambda at, url=url: at("sqs").send_message(QueueUrl=url, MessageBody="probe"),
            "ReceiveMessage": lambda at, url=url: at("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=0),
            "DeleteMessage": lambda at, url=url: at("sqs").delete_message(QueueUrl=url, ReceiptHandle="probe"),
            "GetQueueAttributes": lambda at, url=url: at("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]),
            "PurgeQueue": lambda at, url=url: at("sqs").purge_queue(QueueUrl=url),
            "SetQueueAttributes": lambda at, url=url: at("sqs").set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "1209600"}),
        }
        for action, call in calls.items():
            yield Attempt(f"sqs:{action} {name}", arn, call)
    yield Attempt("sns:Publish a number", NUMBER, lambda at: at("sns").publish(PhoneNumber=NUMBER, Message="probe"))
    for name in TOPICS:
        arn = stack.resource(name)
        yield Attempt(f"sns:Publish {name}", arn, lambda at, arn=arn: at("sns").publish(TopicArn=arn, Message="probe"))
        yield Attempt(f"sns:Subscribe {name}", arn, lambda at, arn=arn: at("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:nobody"))


def emails(stack):
    """E-mail from the department's domain, and from another that the account has."""
    stack.client("ses").verify_domain_identity(Domain="other.example.gov")
    for domain in ("police.example.gov", "other.example.gov"):
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = f"updates@{domain}", "nobody@example.com", "probe"
        message.set_content("probe")
        whole, source = bytes(message), f"updates@{domain}"
        arn = f"arn:aws:ses:us-east-1:000000000000:identity/{domain}"
        plain = {"Subject": {"Data": "probe"}, "Body": {"Text": {"Data": "probe"}}}
        yield Attempt(f"ses:SendRawEmail from {domain}", arn, lambda at, whole=whole, source=source: at("ses").send_raw_email(
            Source=source, Destinations=["nobody@example.com"], RawMessage={"Data": whole}))
        yield Attempt(f"ses:SendEmail from {domain}", arn, lambda at, source=source, plain=plain: at("ses").send_email(
            Source=source, Destination={"ToAddresses": ["nobody@example.com"]}, Message=plain))


def secrets_and_logs(stack):
    """Secrets, and every function's log."""
    for name in SECRETS:
        arn = stack.client("secretsmanager").describe_secret(SecretId=stack.resource(name))["ARN"]
        yield Attempt(f"secretsmanager:GetSecretValue {name}", arn, lambda at, arn=arn: at("secretsmanager").get_secret_value(SecretId=arn))
        value = stack.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        yield Attempt(f"secretsmanager:PutSecretValue {name}", arn, lambda at, arn=arn, value=value: at("secretsmanager").put_secret_value(SecretId=arn, SecretString=value))
        yield Attempt(f"secretsmanager:DeleteSecret {name}", arn, lambda at, arn=arn: at("secretsmanager").delete_secret(SecretId=arn))
    for log in stack.of_type("AWS::Logs::LogGroup"):
        group, arn = stack.resource(log), f"arn:aws:logs:us-east-1:000000000000:log-group:{stack.resource(log)}:log-stream:probe"
        lines = [{"timestamp": 1_700_000_000_000, "message": "probe"}]
        yield Attempt(f"logs:CreateLogStream {log}", arn, lambda at, group=group: at("logs").create_log_stream(logGroupName=group, logStreamName="probe"))
        yield Attempt(f"logs:PutLogEvents {log}", arn, lambda at, group=group, lines=lines: at("logs").put_log_events(logGroupName=group, logStreamName="probe", logEvents=lines))
        yield Attempt(f"logs:FilterLogEvents {log}", arn, lambda at, group=group: at("logs").filter_log_events(logGroupName=group, limit=1))
        yield Attempt(f"logs:DeleteLogGroup {log}", arn, lambda at, group=group: at("logs").delete_log_group(logGroupName=group))


def functions(stack):
    """Calling, and replacing, each function."""
    for name in stack.of_type("AWS::Lambda::Function"):
        function, arn = stack.resource(name), stack.arn(name)
        label = name.removesuffix("Function")
        yield Attempt(f"lambda:InvokeFunction {label}", arn, lambda at, function=function: at("lambda").invoke(FunctionName=function, InvocationType="DryRun"))
        yield Attempt(f"lambda:UpdateFunctionCode {label}", arn, lambda at, function=function: at("lambda").update_function_code(
            FunctionName=function, S3Bucket="nobody-has-this", S3Key="probe", DryRun=True))
        yield Attempt(f"lambda:UpdateFunctionConfiguration {label}", arn, lambda at, function=function: at("lambda").update_function_configuration(
            FunctionName=function, Description=""))


def account(stack):
    """Ways out of a role: into another, into a policy, into the stack itself."""
    role = next(iter(stack.of_type("AWS::IAM::Role")))
    name = stack.resource(role)
    arn = f"arn:aws:iam::000000000000:role/{name}"
    nobody = '{"Version":"2012-10-17","Statement":[]}'
    calls = {
        "sts:AssumeRole": lambda at: at("sts").assume_role(RoleArn=arn, RoleSessionName="probe"),
        "iam:PutRolePolicy": lambda at: at("iam").put_role_policy(RoleName=name, PolicyName="probe", PolicyDocument=nobody),
        "iam:AttachRolePolicy": lambda at: at("iam").attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
        "iam:UpdateAssumeRolePolicy": lambda at: at("iam").update_assume_role_policy(RoleName=name, PolicyDocument=nobody),
        "iam:CreateUser": lambda at: at("iam").create_user(UserName="probe"),
        "iam:CreateAccessKey": lambda at: at("iam").create_access_key(UserName="probe"),
        "iam:ListRoles": lambda at: at("iam").list_roles(MaxItems=1),
        "cloudformation:DeleteStack": lambda at: at("cloudformation").delete_stack(StackName="nobody-has-this"),
        "cloudformation:DescribeStacks": lambda at: at("cloudformation").describe_stacks(StackName=stack.name),
        "s3:ListAllMyBuckets": lambda at: at("s3").list_buckets(),
        "dynamodb:ListTables": lambda at: at("dynamodb").list_tables(Limit=1),
        "kms:CreateKey": lambda at: at("kms").create_key(),
        "cloudwatch:PutMetricData": lambda at: at("cloudwatch").put_metric_data(Namespace="probe", MetricData=[{"MetricName": "probe", "Value": 1}]),
        "cloudtrail:StopLogging": lambda at: at("cloudtrail").stop_logging(Name="nobody-has-this"),
        "events:DeleteRule": lambda at: at("events").delete_rule(Name="nobody-has-this"),
    }
    for action, call in calls.items():
        yield Attempt(f"{action} of the account", arn if action.startswith(("iam:", "sts:")) else "*", call)


def all_of(stack):
    """Every attempt, in the order of the report."""
    parts = (tables, streams, keys, objects, queues_and_topics, emails, secrets_and_logs, functions, account)
    return [attempt for part in parts for attempt in part(stack)]
