"""daypass-sandbox, the project's own provider and STS, under orders: what it is asked to do, what it was asked for."""

import json
import re
import urllib.request
from pathlib import Path

from .processes import Process, accepts, free_port, wait_for

ACCOUNT = "123456789012"
DEMO_ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo"
ALICE_ONLY_ROLE = f"arn:aws:iam::{ACCOUNT}:role/alice-only"
CI_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci"
CLIENT = "daypass-demo"
CONFIDENTIAL_CLIENT = "daypass-confidential"
CONFIDENTIAL_SECRET = "sandbox-confidential-secret"


class Sandbox:
    """One provider with an STS. Polls every second unless told otherwise, so that tests need not wait."""

    def __init__(self, program: Path, directory: Path, watch, *options, **behaviour):
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.watch = watch
        watch.secret(CONFIDENTIAL_SECRET)
        self.process = Process([program, "--listen", f"127.0.0.1:{self.port}", *options], directory, "sandbox")
        self.process.wait_until(lambda: accepts(self.port), 20)
        self.issuer = self.state()["issuer"]
        self.sts = f"{self.url}/sts"
        self.set(**({"interval": 1} | behaviour))

    def stop(self):
        try:
            for secret in self.secrets():
                self.watch.secret(secret)
        except OSError:
            pass  # a test had it stopped, or refuse connections
        self.process.stop()

    # Orders

    def control(self, order: str, **body):
        request = urllib.request.Request(
            f"{self.url}/_control/{order}", data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}, method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def set(self, **behaviour):
        return self.control("behaviour", **behaviour)

    def fault(self, endpoint: str, mode: str, **details):
        return self.control("fault", endpoint=endpoint, mode=mode, **details)

    def refuse_connections(self, seconds: float):
        return self.control("fault", mode="refuse", seconds=seconds)

    def clear_faults(self):
        return self.control("clear-faults")

    def approve(self, user_code: str | None = None, user: str = "alice"):
        return self.control("approve", user=user, **({"user_code": user_code} if user_code else {}))

    def deny(self, user_code: str | None = None):
        return self.control("deny", **({"user_code": user_code} if user_code else {}))

    def mint(self, **claims) -> str:
        """An ID token without a login, as a CI system hands to its jobs."""
        return self.watch.secret(self.control("mint", claims=claims)["id_token"])

    def reset_counters(self):
        return self.control("reset-counters")

    # Observations

    def state(self) -> dict:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/_control/state", timeout=10) as answer:
            return json.loads(answer.read())

    def secrets(self) -> list[str]:
        """Every token, code and key it has handed out."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/_control/secrets", timeout=10) as answer:
            return json.loads(answer.read())

    def requests(self, kind: str = "") -> list[dict]:
        """Every request since the last reset, or those of one kind (`token.device_code`, `sts`, …), in order."""
        return [
            entry for entry in self.state()["requests"]
            if not kind or entry["kind"] == kind or entry["kind"].startswith(kind + ".")]

    def count(self, kind: str = "") -> int:
        return len(self.requests(kind))

    def pending_code(self, seconds: float = 20) -> str:
        """The user code that waits for its person."""
        return wait_for(lambda: (self.state()["pending"] or [None])[-1], seconds, "a device code")

    # A person with daypass

    def profile(self, **settings) -> dict:
        """The settings of a profile for this provider; None leaves one out."""
        profile = {
            "issuer": self.issuer, "client_id": CLIENT, "role_arn": DEMO_ROLE, "sts_endpoint": self.sts} | settings
        return {key: value for key, value in profile.items() if value is not None}

    def log_in(self, daypass, *args, user: str = "alice", env=None, code: int = 0):
        """A whole `daypass login --json`, approved as soon as its code is there."""
        running = daypass.start("login", "--json", *args, env=env)
        self.approve(running.event("device_code")["user_code"], user)
        return running.finish().expect(code)

    def approve_in_browser(self, browser, url: str, user: str = "alice", decision: str = "approve"):
        """Opens an approval page with a `requests` session and sends its form, as a browser would."""
        page = browser.get(url, timeout=10)
        page.raise_for_status()
        action = re.search(r'<form method="post" action="([^"]+)"', page.text).group(1)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return browser.post(
            f"{self.url}{action}", data=fields | {"user": user, "decision": decision}, timeout=10,
            allow_redirects=False)
