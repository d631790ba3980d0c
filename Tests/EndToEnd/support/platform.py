"""A CI platform's service for tokens on loopback: it plays the traffic of a scenario and judges what it is sent."""

import base64
import json
import socketserver
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Platform:
    """`traffic`: what is expected, in order, each with its reply. `problems` says how reality differed."""

    def __init__(self, traffic=()):
        self.traffic = list(traffic)
        self.requests: list[dict] = []
        self.problems: list[str] = []
        platform = self

        self._others = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                platform._answer(self)

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

            def address_string(self):
                return "a socket"

        self._handler = Handler
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def also_with_tls(self, certificate: str, key: str) -> int:
        """The same platform behind another port."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self._serve(server)
        return server.server_port

    def also_at(self, path: str):
        """The same platform at a UNIX socket."""
        self._serve(_AtSocket(str(path), self._handler))

    def _serve(self, server):
        server.daemon_threads = True
        self._others.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        for server in self._others:
            server.shutdown()
            server.server_close()
        self._server.shutdown()
        self._server.server_close()

    def check(self):
        missing = [each["request"] for each in self.traffic[len(self.requests):]]
        assert not self.problems and not missing, f"{self.problems}\nnot asked for: {missing}"

    def _answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        seen = {
            "method": handler.command, "target": handler.path, "body": body,
            "headers": {name.lower(): value for name, value in handler.headers.items()}}
        self.requests.append(seen)
        index = len(self.requests) - 1
        if index >= len(self.traffic):
            self.problems.append(f"one request too many: {seen}")
            return self._reply(handler, {"status": 500})
        expected = self.traffic[index]["request"]
        for name in ("method", "target", "body"):
            if name in expected and seen[name] != expected[name]:
                self.problems.append(f"{name}: {seen[name]!r} instead of {expected[name]!r}")
        for name, value in expected.get("headers", {}).items():
            if seen["headers"].get(name) != value:
                self.problems.append(f"{name}: {seen['headers'].get(name)!r} instead of {value!r}")
        self._reply(handler, self.traffic[index].get("reply", {}))

    def _reply(self, handler, reply):
        body = reply.get("body", "")
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        handler.send_response(reply.get("status", 200))
        for name, value in {"Content-Length": len(data), **reply.get("headers", {})}.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(data)


class _AtSocket(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


def token(audience="sts.amazonaws.com", lifetime=300, **claims) -> str:
    """Shaped like an ID token; nobody signed it."""
    now = int(time.time())
    parts = ({"alg": "RS256", "kid": "k"},
             {"iss": "https://ci.example", "sub": "repo:octo/repo", "aud": audience, "iat": now - 400,
              "exp": now + lifetime, **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, base64.urlsafe_b64encode(b"no signature, but as long as one").rstrip(b"=").decode()])
