"""MiniStack, taught what it does not know of a request: started by stack.py in place of the `ministack` command.

MiniStack 1.5.33 evaluates conditions, but fills in few of their keys. Added here, from the request's own bytes, as the
service authorization reference has them, so that the roles are enforced exactly as the template writes them:

- dynamodb:LeadingKeys         the partition keys a call names; in a transaction those of the item being checked
- kms:EncryptionContext:*      what the caller passes as encryption context
- ses:FromAddress, and the identity of the sender's domain as resource of SendEmail and SendRawEmail
- the table's stream as resource of a call on it
- the log stream, in the resource of a call on CloudWatch Logs
- aws:SecureTransport          every call counts as TLS: loopback is plain HTTP, and the bucket policies ask

An alarm over several metrics, which MiniStack refuses, is made as one over the first, so that the template deploys whole.
kms:ViaService stays unknown: MiniStack does not call KMS for a table or a bucket, and a direct call has none on AWS either.
With AUTHORIZATION_LOG each decision for a role is written there as a line of JSON.
"""

import base64
import email
import email.utils
import json
import os
import re

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services.cloudformation import provisioners

PARTITION_KEYS = {"due": "due_shard", "provider": "provider_id", "recipient": "recipient", "open_tasks": "task_role", "open_alerts": "open_alert"}


def document(body):
    """The request's JSON object."""
    try:
        read = json.loads(body or b"{}")
    except (ValueError, UnicodeDecodeError):
        return {}
    return read if isinstance(read, dict) else {}


def text(value):
    """The string in an attribute value."""
    return value.get("S", "") if isinstance(value, dict) else ""


def leading_keys(asked):
    """The partition keys that one DynamoDB operation names; empty for a scan."""
    name = PARTITION_KEYS.get(asked.get("IndexName"), "pk")
    for member in ("Key", "Item"):
        if name in asked.get(member, {}):
            return [text(asked[member][name])]
    values, names = asked.get("ExpressionAttributeValues", {}), asked.get("ExpressionAttributeNames", {})
    equal = re.findall(r"(#?\w+)\s*=\s*(:\w+)", asked.get("KeyConditionExpression", ""))
    return [text(values.get(value)) for path, value in equal if names.get(path, path) == name]


def of_tables(body):
    """dynamodb:LeadingKeys of a single call or batch; for a transaction an iterator over its items' keys."""
    asked = document(body)
    items = [detail for item in asked.get("TransactItems", []) for detail in item.values()]
    if items:
        return {"precinct:Items": iter([leading_keys(item) for item in items])}
    batch = [request for requests in asked.get("RequestItems", {}).values()
             for request in (requests if isinstance(requests, list) else [{"Key": key} for key in requests.get("Keys", [])])]
    details = [detail for request in batch for detail in ([request] if "Key" in request else request.values())]
    keys = [key for detail in details or [asked] for key in leading_keys(detail)]
    return {"dynamodb:LeadingKeys": keys} if keys else {}


def stream(asked):
    """The stream that a call reads; an iterator carries it."""
    if "ShardIterator" in asked:
        return json.loads(base64.urlsafe_b64decode(asked["ShardIterator"])).get("arn")
    return asked.get("StreamArn")


def sender(params):
    """The address a v1 SES call sends from."""
    def first(name):
        value = params.get(name, "")
        return value[0] if isinstance(value, list) else value
    source = first("Source")
    if not source and first("RawMessage.Data"):
        source = email.message_from_bytes(base64.b64decode(first("RawMessage.Data")))["From"] or ""
    return email.utils.parseaddr(source)[1]


def conditions(service, body, params):
    """The keys added to a request's context."""
    if service == "dynamodb":
        return of_tables(body)
    if service == "kms":
        context = document(body).get("EncryptionContext") or {}
        return {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
    if service == "ses":
        address = sender(params)
        return {"ses:FromAddress": address} if address else {}
    return {}


def teach():
    """Wraps MiniStack's readers of requests; fails where a new version no longer has them."""
    known_tags, known_arn, known_enforce = iam_actions.request_tag_context, iam_actions.extract_resource_arn, iam_evaluator.enforce
    known_origin, known_alarm = iam_evaluator.pin_request_origin, provisioners._cw_metric_alarm_record
    log = open(os.environ["AUTHORIZATION_LOG"], "a", buffering=1) if "AUTHORIZATION_LOG" in os.environ else None

    def request_tag_context(service, iam_action, body, params):
        return {**known_tags(service, iam_action, body, params), **conditions(service, body, params)}

    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
        if service == "ses" and (address := sender(query_params)):
            return f"arn:aws:ses:{region}:{account_id}:identity/{address.rpartition('@')[2]}"
        if service == "logs" and (asked := document(body)).get("logGroupName"):
            # The form that GetAtt Arn of a log group ends in `:*` for.
            return f"arn:aws:logs:{region}:{account_id}:log-group:{asked['logGroupName']}:log-stream:{asked.get('logStreamName', '')}"
        if service == "dynamodbstreams" and (arn := stream(document(body))):
            return arn
        return known_arn(service, method, path, headers, body, query_params, region, account_id)

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        context = dict(service_context or {})
        items = context.pop("precinct:Items", None)
        if items is not None:
            context["dynamodb:LeadingKeys"] = next(items)
        denied = known_enforce(access_key_id, iam_action, service, region, resource_arn, context)
        if log and access_key_id and not access_key_id.startswith("test"):
            log.write(json.dumps({"caller": iam_evaluator.caller_arn(), "action": iam_action, "resource": resource_arn,
                                  "allowed": denied is None, "context": context}, default=str) + "\n")
        return denied

    def pin_request_origin(source_ip, secure_transport):
        return known_origin(source_ip, True)

    def alarm_record(name, props):
        several = props.get("Metrics")
        if several:
            measured = next((one["MetricStat"]["Metric"] for one in several if "MetricStat" in one), {})
            single = {"MetricName": measured.get("MetricName", "Expression"), "Namespace": measured.get("Namespace", "Expression"), "Period": 60, "Statistic": "Sum"}
            props = {**single, **{key: value for key, value in props.items() if key != "Metrics"}}
        return known_alarm(name, props)

    provisioners._cw_metric_alarm_record = alarm_record
    iam_actions.request_tag_context, iam_actions.extract_resource_arn = request_tag_context, extract_resource_arn
    iam_evaluator.enforce, app.pin_request_origin = enforce, pin_request_origin


if __name__ == "__main__":
    teach()
    app.main()
