"""Glewlwyd 2.7 (Debian): a real OpenID provider with the device grant, on a loopback port and a database of its own.

Configured as an administrator would, by its REST API: one scope, one person, clients, and two issuers (`oidc`, and
`brief`, whose device codes live six seconds). `approve` is the person pressing "allow" on the device page.
"""

import base64
import json
import os
import sqlite3
import time
from pathlib import Path

import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .processes import Process, free_port

PROGRAM = "/usr/bin/glewlwyd"
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
CLIENT = "daypass-e2e"
CONFIDENTIAL_CLIENT = "daypass-confidential"
CONFIDENTIAL_SECRET = "CANARY-glewlwyd-client-secret"
PERSON = "alice"
PASSWORD = "CANARY-alice-password"
EMAIL = "alice@example.com"


def why_unavailable() -> str | None:
    for path in (PROGRAM, SCHEMA):
        if not os.path.exists(path):
            return f"Glewlwyd is not installed: {path} is missing"
    return None


class Glewlwyd:
    def __init__(self, directory: Path, authority=None):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = free_port()
        scheme = "https" if authority else "http"
        self.base = f"{scheme}://127.0.0.1:{self.port}"
        self.ca_file = authority.ca_file if authority else None
        self.issuer = f"{self.base}/api/oidc"
        self.brief_issuer = f"{self.base}/api/brief"
        self.database = directory / "glewlwyd.db"
        self._make_database()
        self.process = Process([PROGRAM, "-c", self._write_config(authority)], directory, "glewlwyd")
        self.process.wait_for_port(self.port, 60)
        self._configure()

    def stop(self):
        self.process.stop()

    # The person

    def approve(self, user_code: str, issuer: str | None = None):
        """What the device page does when the person logs in, grants the scope and allows the code."""
        issuer = issuer or self.issuer
        person = self._log_in(PERSON, PASSWORD)
        for client in (CLIENT, CONFIDENTIAL_CLIENT):
            self._expect(person.put(f"{self.base}/api/auth/grant/{client}", json={"scope": "openid"}), 200)
        answer = person.get(f"{issuer}/device", params={"code": user_code, "g_continue": ""}, allow_redirects=False)
        if answer.status_code != 302 or "deviceComplete" not in answer.headers.get("Location", ""):
            raise AssertionError(f"not approved: {answer.status_code} {answer.headers.get('Location')}")

    def deny_newest(self):
        """Glewlwyd's page has no button for it: what an administrator does who disables a pending code."""
        with sqlite3.connect(self.database, timeout=10) as database:
            database.execute(
                "UPDATE gpo_device_authorization SET gpoda_status = 3 WHERE gpoda_id ="
                " (SELECT max(gpoda_id) FROM gpo_device_authorization WHERE gpoda_status = 0)")

    # The device grant by hand, as a judge of this harness without the program under test

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.ca_file) if self.ca_file else True
        return session

    def id_token(self, client: str = CLIENT) -> str:
        return self.tokens(client)["id_token"]

    def tokens(self, client: str = CLIENT) -> dict:
        http = self.session()
        found = self._expect(http.get(f"{self.issuer}/.well-known/openid-configuration"), 200).json()
        code = self._expect(
            http.post(found["device_authorization_endpoint"], data={"client_id": client, "scope": "openid"}), 200
        ).json()
        self.approve(code["user_code"])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            time.sleep(code["interval"] + 0.1)
            answer = http.post(found["token_endpoint"], data={
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                "client_id": client, "device_code": code["device_code"]})
            if answer.status_code == 200:
                return answer.json()
            if answer.json().get("error") not in ("authorization_pending", "slow_down"):
                break
        raise AssertionError(f"no token from Glewlwyd: {answer.status_code} {answer.text}")

    # Installation

    def _make_database(self):
        with sqlite3.connect(self.database) as database:
            database.executescript(Path(SCHEMA).read_text())

    def _write_config(self, authority) -> Path:
        lines = {
            "port": self.port,
            "bind_address": "127.0.0.1",
            "external_url": self.base,
            "login_url": "login.html",
            "api_prefix": "api",
            "log_mode": "console",
            "log_level": "INFO",
            "cookie_domain": "127.0.0.1",
            "cookie_secure": False,
            "session_expiration": 36000,
            "session_key": "GLEWLWYD2_SESSION_ID",
            "admin_scope": "g_admin",
            "profile_scope": "g_profile",
            "user_module_path": "/usr/lib/glewlwyd/user",
            "user_middleware_module_path": "/usr/lib/glewlwyd/user_middleware",
            "client_module_path": "/usr/lib/glewlwyd/client",
            "user_auth_scheme_module_path": "/usr/lib/glewlwyd/scheme",
            "plugin_module_path": "/usr/lib/glewlwyd/plugin",
            "hash_algorithm": "SHA512",
        }
        if authority:
            certificate, key = authority.issue("glewlwyd")
            lines |= {
                "use_secure_connection": True,
                "secure_connection_key_file": str(key),
                "secure_connection_pem_file": str(certificate),
                "secure_connection_ca_file": str(authority.ca_file),
            }
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
        # The module directory of an empty middleware list must exist, or the start fails.
        if not os.path.isdir("/usr/lib/glewlwyd/user_middleware"):
            empty = self.directory / "user_middleware"
            empty.mkdir(exist_ok=True)
            text = text.replace("/usr/lib/glewlwyd/user_middleware", str(empty))
        text += f'database = {{ type = "sqlite3"; path = "{self.database}" }};\n'
        path = self.directory / "glewlwyd.conf"
        path.write_text(text)
        return path

    def _log_in(self, name: str, password: str) -> requests.Session:
        session = self.session()
        self._expect(session.post(f"{self.base}/api/auth/", json={"username": name, "password": password}), 200)
        return session

    def _configure(self):
        admin = self._log_in("admin", "password")
        self._expect(admin.post(f"{self.base}/api/user/", json={
            "username": PERSON, "name": "Alice", "email": EMAIL, "password": PASSWORD,
            "scope": ["g_profile", "openid"], "enabled": True}), 200)
        client = {
            "name": "daypass", "enabled": True, "confidential": False, "scope": [],
            "authorization_type": ["device_authorization", "code", "refresh_token", "delete_token"],
            "redirect_uri": ["http://127.0.0.1/callback"],
        }
        self._expect(admin.post(f"{self.base}/api/client/", json=client | {
            "client_id": CLIENT, "token_endpoint_auth_method": ["none"]}), 200)
        self._expect(admin.post(f"{self.base}/api/client/", json=client | {
            "client_id": CONFIDENTIAL_CLIENT, "confidential": True, "client_secret": CONFIDENTIAL_SECRET,
            "password": CONFIDENTIAL_SECRET,
            "token_endpoint_auth_method": ["client_secret_post", "client_secret_basic"]}), 200)
        for name, life in (("oidc", 600), ("brief", 6)):
            self._expect(admin.post(f"{self.base}/api/mod/plugin/", json={
                "module": "oidc", "name": name, "display_name": name, "enabled": True,
                "parameters": _plugin(f"{self.base}/api/{name}", life)}), 200)

    def _expect(self, answer: requests.Response, status: int) -> requests.Response:
        if answer.status_code != status:
            raise AssertionError(
                f"Glewlwyd answered {answer.status_code} to {answer.request.method} {answer.request.url}: "
                f"{answer.text[:500]}\n{self.process.log()[-2000:]}")
        return answer


def _plugin(issuer: str, code_life: int) -> dict:
    return {
        "iss": issuer,
        "jwt-type": "rsa",
        "jwt-key-size": "256",
        "jwks-private": json.dumps({"keys": [_rsa_key("signing-rsa"), _ec_key("signing-ec")]}),
        "access-token-duration": 3600,
        "refresh-token-duration": 1209600,
        "code-duration": 600,
        "refresh-token-rolling": False,
        "allow-non-oidc": True,
        "auth-type-code-enabled": True,
        "auth-type-token-enabled": False,
        "auth-type-id-token-enabled": True,
        "auth-type-password-enabled": False,
        "auth-type-client-enabled": False,
        "auth-type-device-enabled": True,
        "auth-type-refresh-enabled": True,
        "device-authorization-expiration": code_life,
        "device-authorization-interval": 1,
        "pkce-allowed": True,
        "pkce-method-plain-allowed": False,
        "pkce-scopes": [],
        "introspection-revocation-allowed": True,
        "introspection-revocation-auth-scope": [],
        "introspection-revocation-allow-target-client": True,
        "subject-type": "public",
        "name-claim": "mandatory",
        "email-claim": "mandatory",
        "claims": [],
        "restrict-scope-client-property": "",
        "oauth-dpop-allowed": False,
        "secret-type": "pairwise",
        "scope": [],
        "additional-parameters": [],
    }


def _number(value: int, length: int | None = None) -> str:
    raw = value.to_bytes(length or (value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _rsa_key(kid: str) -> dict:
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    public = numbers.public_numbers
    return {
        "kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": _number(public.n), "e": _number(public.e),
        "d": _number(numbers.d), "p": _number(numbers.p), "q": _number(numbers.q), "dp": _number(numbers.dmp1),
        "dq": _number(numbers.dmq1), "qi": _number(numbers.iqmp)}


def _ec_key(kid: str) -> dict:
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = numbers.public_numbers
    return {
        "kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig", "x": _number(public.x, 32),
        "y": _number(public.y, 32), "d": _number(numbers.private_value, 32)}
