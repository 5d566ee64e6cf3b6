"""Signs a file and posts it, with Python's own library: post.py URL FILE. The secret is in PRECINCT_WEBHOOK_SECRET.
`post.py --sign ID TIMESTAMP FILE` prints the signature alone."""
import base64, hashlib, hmac, os, sys, time, urllib.error, urllib.request, uuid


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body  # the body byte for byte, as it is posted
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def post(url: str, secret: str, body: bytes) -> str:
    message_id = f"msg_{uuid.uuid4().hex}"  # one for each body, the same when it is posted again
    for wait in (5, 30, 120, 600, None):
        timestamp = str(int(time.time()))  # new for each try: five minutes later the old one is refused
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(secret, message_id, timestamp, body),
        }
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code not in (408, 429) and error.code < 500:
                raise SystemExit(f"{error.code} {error.read().decode()}")  # will be refused again: mend it
        except OSError:
            pass  # no answer: nothing may be stored, and the same again does no harm
        if wait:
            time.sleep(wait)
    raise SystemExit("not taken after five tries: keep the body and post it again")


if __name__ == "__main__":
    secret = os.environ["PRECINCT_WEBHOOK_SECRET"]
    with open(sys.argv[-1], "rb") as file:
        body = file.read()
    if sys.argv[1] == "--sign":
        print(sign(secret, sys.argv[2], sys.argv[3], body))
    else:
        print(post(sys.argv[1], secret, body))
