"""An identity provider on loopback, so that the deployed JWT authorizer has a real key to check tokens against."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encode(data):
    """Base64url without padding, of bytes or of a value as JSON."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Serves its discovery document and key set; `token` signs. `with Issuer() as issuer:` ends it."""

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
        now = int(time.time())
        claims = {"iss": self.url, "aud": "precinct", "sub": subject, "groups": list(groups), "iat": now - 5, "exp": now + 3600}
        signed = f"{encode({'alg': 'RS256', 'kid': '1', 'typ': 'JWT'})}.{encode(claims)}"
        return f"{signed}.{encode(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"
