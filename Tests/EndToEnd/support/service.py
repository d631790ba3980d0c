"""`daypass serve` as its clients and operators see it: its address, its token files, raw requests, probes."""

import json
import socket
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from .processes import wait_for


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


class Service:
    def __init__(self, daypass, *args, env=None, listen="127.0.0.1:0", **options):
        self.daypass = daypass
        self.running = daypass.start("serve", "--listen", listen, *args, env=env, **options)
        self.said = self.running.event("listening")
        self.url = self.said["url"]
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port = parts.hostname, parts.port
        for name in self.said["profiles"]:
            daypass.watch.secret(self.token(name))

    def token_file(self, name="default") -> Path:
        return Path(self.said["profiles"][name]["token_file"])

    def token(self, name="default") -> str:
        return self.token_file(name).read_text()

    def raw(self, data: bytes, port: int | None = None, host: str | None = None) -> Answer:
        """One connection: what is sent, and the first answer."""
        with socket.create_connection((host or self.host, port or self.port), timeout=20) as connection:
            connection.sendall(data)
            return read_answer(connection)

    def get(self, path="/credentials", token: str | None = "", method="GET", port=None, **headers) -> Answer:
        """`token`: of the default profile; None sends no header."""
        if token == "":
            token = self.token()
        lines = {"Host": f"{self.host}:{port or self.port}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        if token is not None:
            lines["Authorization"] = token
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return self.raw(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode(), port)

    def until(self, status: int, path="/credentials", seconds=20, **options) -> Answer:
        def look():
            answer = self.get(path, **options)
            return answer if answer.status == status else None

        return wait_for(look, seconds, f"{status} from {path}")

    def metrics(self) -> dict:
        """By name with labels, as Prometheus writes it."""
        lines = self.get("/metrics", token=None).body.decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def client_env(self, name="default") -> dict:
        """What an SDK needs to find it."""
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(self.token_file(name))}


def read_answer(connection) -> Answer:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += _receive(connection)
    return Answer(int(first.split()[1]), headers, body)


def _receive(connection) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError("the connection ended before the answer did")
    return data
