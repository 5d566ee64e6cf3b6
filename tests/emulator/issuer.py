"""An identity provider on loopback, so that the deployed JWT authorizer has a real key to check tokens against."""

import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encode(data):
    """Base64url without padding, of bytes or of a value as JSON."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Serves its discovery document and key set; `token` signs, `refused` forges. `with Issuer() as issuer:` ends it."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer = self

        class Documents(BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(issuer.documents().get(self.path, {})).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def documents(self):
        """What it serves, by path."""
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256",
               "n": encode(numbers.n.to_bytes(256)), "e": encode(numbers.e.to_bytes(3))}
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return {"/.well-known/openid-configuration": discovery, "/keys": {"keys": [key]}, "/.well-known/jwks.json": {"keys": [key]}}

    def token(self, subject, *groups):
        """A token for an hour, its groups as an array: the authorizer flattens it to `[a b]`."""
        return self.sign({}, self.claims(subject, *groups))

    def claims(self, subject, *groups):
        """What a token says that is as it should be."""
        now = int(time.time())
        return {"iss": self.url, "aud": "precinct", "sub": subject, "groups": list(groups), "iat": now - 5, "exp": now + 3600}

    def sign(self, head, claims, key=None):
        """A token of these claims under `key` or our own; `head` replaces parts of the header."""
        signed = f"{encode({'alg': 'RS256', 'kid': '1', 'typ': 'JWT', **head})}.{encode(claims)}"
        return f"{signed}.{encode((key or self.key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def refused(self, *groups):
        """Tokens that no authorizer may take, by what is wrong with each."""
        now, right = int(time.time()), self.claims("staff-1", *groups)
        claims = {
            "of another issuer": {"iss": "https://example.com"},
            "for another application": {"aud": "another"},
            "that has ended": {"exp": now - 3600},
            "that has not begun": {"nbf": now + 3600},
        }
        tokens = {what: self.sign({}, {**right, **changes}) for what, changes in claims.items()}
        tokens["under another key"] = self.sign({}, right, rsa.generate_private_key(public_exponent=65537, key_size=2048))
        head, _, tag = self.token("staff-1", "auditor").split(".")
        tokens["with other claims under a good signature"] = f"{head}.{encode(right)}.{tag}"
        unsigned = f"{encode({'alg': 'none', 'typ': 'JWT'})}.{encode(right)}"
        tokens["without a signature"] = f"{unsigned}."
        # Everybody has the public key: as the secret of HMAC it proves nothing.
        public = self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        confused = f"{encode({'alg': 'HS256', 'kid': '1', 'typ': 'JWT'})}.{encode(right)}"
        tokens["under HMAC with the public key"] = f"{confused}.{encode(hmac.digest(public, confused.encode(), 'sha256'))}"
        return tokens
