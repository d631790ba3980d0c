"""A browser under orders: Chromium as a person's phone."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time


def why_unavailable() -> str | None:
    return None if shutil.which("chromium") else "chromium is not installed"


class Chromium:
    """Headless Chromium over the DevTools protocol on a pipe, as a phone."""

    def __init__(self, directory, dark=False):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4; bash puts them there.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]} {ends[0]}<&- {ends[1]}>&-', "bash",
             "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
             "--disable-background-networking", f"--user-data-dir={directory}", "about:blank"],
            pass_fds=ends, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self._buffer, self._count, self.console, self.requested = b"", 0, [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    _session = None

    def call(self, method, **params):
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._buffer:
            data = os.read(self._read, 1 << 20)
            assert data, "Chromium ended"
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(line)
        if message.get("method") == "Log.entryAdded":
            self.console.append(message["params"]["entry"]["text"])
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])
        return message

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, text):
        shown = "document.body && document.readyState == 'complete' ? document.body.innerText : ''"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(AssertionError):  # the page can go away while it is asked
                if text in self.evaluate(shown):
                    return
            time.sleep(0.05)
        raise AssertionError(f"{text!r} did not come: {self.evaluate('document.body.innerText')}")

    def go(self, url, text):
        self.call("Page.navigate", url=url)
        self.wait_for(text)

    def click(self, selector):
        """With the mouse, in the middle of the element: what is covered or off the screen cannot be clicked."""
        self._painted()
        box = json.loads(self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'});"
            " const b = e.getBoundingClientRect();"
            " return JSON.stringify([b.x + b.width / 2, b.y + b.height / 2]) })()"))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def type(self, selector, text):
        """Into the field, and only once it has the focus: what is typed before that goes nowhere."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.click(selector)
        deadline = time.monotonic() + 60
        while not self.evaluate(f"document.activeElement === {field}"):
            assert time.monotonic() < deadline, f"{selector} never took the focus"
            time.sleep(0.05)
        self.evaluate(f"{field}.select()")
        self.call("Input.insertText", text=text)
        assert self.evaluate(f"{field}.value") == text

    def _painted(self):
        """Two frames on: input sent to a page that was never painted hits nothing."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def photograph(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        os.close(self._read)
        os.close(self._write)
