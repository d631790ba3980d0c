"""The servers of the measurements, measured or asked, each on one core, and the load put on them from another."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

SERVER_CORE, CLIENT_CORE = "0", "1"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Server:
    """A program pinned to one core, ended with the measurement."""

    def __init__(self, command, env=None, cwd=None, core=SERVER_CORE):
        self.process = subprocess.Popen(
            ["taskset", "-c", core, *map(str, command)], env=env, cwd=cwd, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)

    def pids(self) -> list[int]:
        """It and its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def memory(self) -> float:
        """Resident, in MiB."""
        status = "".join(Path(f"/proc/{pid}/status").read_text() for pid in self.pids())
        return sum(int(number) for number in re.findall(r"VmRSS:\s+(\d+) kB", status)) / 1024

    def work(self) -> float:
        """Seconds of the processor it has used, in user and kernel: what other programs do does not add to it."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Sandbox(Server):
    def __init__(self, program: Path, **behaviour):
        settings = [part for key, value in behaviour.items() for part in ("--set", f"{key}={value}")]
        super().__init__([program, "--listen", "127.0.0.1:0", *settings], core=CLIENT_CORE)
        said = self.process.stdout.readline()
        self.url = re.search(r"http://127\.0\.0\.1:\d+", said).group()
        self.port = int(self.url.rsplit(":", 1)[1])
        self.issuer = self.state()["issuer"]

    def state(self) -> dict:
        with DIRECT.open(f"{self.url}/_control/state") as answer:
            return json.load(answer)

    def control(self, order: str, **body) -> dict:
        request = urllib.request.Request(f"{self.url}/_control/{order}", json.dumps(body).encode(), method="POST")
        with DIRECT.open(request) as answer:
            return json.load(answer)

    def mint(self) -> str:
        return self.control("mint")["id_token"]


class Daypass(Server):
    """`daypass serve` with one profile, whose token stands in a file."""

    def __init__(self, program: Path, sandbox: Sandbox, directory: Path):
        directory.mkdir(parents=True)
        (directory / "identity").write_text(sandbox.mint())
        (directory / "config.toml").write_text(
            f'[profile.default]\ntoken_file = "{directory}/identity"\nsts_endpoint = "{sandbox.url}/sts"\n'
            'role_arn = "arn:aws:iam::123456789012:role/ci"\n')
        env = {"PATH": os.environ["PATH"], "HOME": str(directory), "DAYPASS_CONFIG": str(directory / "config.toml"),
               "DAYPASS_HOME": str(directory / "state")}
        super().__init__([program, "serve", "--listen", "127.0.0.1:0", "--token-dir", directory / "tokens"], env)
        said = json.loads(self.process.stdout.readline())
        self.url = said["url"] + "/credentials"
        self.token = Path(said["profiles"]["default"]["token_file"]).read_text()
        self.answer = self._first_answer()

    def _first_answer(self) -> tuple[dict, bytes]:
        for _ in range(100):
            try:
                request = urllib.request.Request(self.url, headers={"Authorization": self.token})
                with DIRECT.open(request) as answer:
                    return dict(answer.headers), answer.read()
            except urllib.error.HTTPError:
                time.sleep(0.1)
        raise SystemExit("daypass serve gives no credentials")


class Nginx(Server):
    """One worker with the same answer in a file, and nothing else to do: no log, no end of a connection."""

    def __init__(self, answer: tuple[dict, bytes], directory: Path, port: int):
        (directory / "www").mkdir(parents=True)
        (directory / "www" / "credentials").write_bytes(answer[1])
        (directory / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/error.log;
            events {{ worker_connections 20000; }}
            worker_rlimit_nofile 30000;
            http {{
              access_log off; sendfile on; server_tokens off;
              keepalive_requests 1000000000; keepalive_timeout 600;
              default_type application/json;
              client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
              fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
              scgi_temp_path {directory}/scgi;
              add_header Cache-Control no-store;
              server {{ listen 127.0.0.1:{port} backlog=1024; root {directory}/www; }}
            }}""")
        super().__init__(["nginx", "-c", directory / "nginx.conf", "-p", directory])
        self.url = f"http://127.0.0.1:{port}/credentials"
        for _ in range(100):
            try:
                with DIRECT.open(self.url) as page:
                    assert page.read() == answer[1]
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx does not start")


class TLSFront(Server):
    """TLS before servers that speak plain http, by one worker of nginx, with an authority made for it."""

    def __init__(self, directory: Path, backends: list[int]):
        directory.mkdir(parents=True)
        self.authority = directory / "ca.pem"
        self._make_certificates(directory)
        self.ports = [_free_port() for _ in backends]
        servers = "\n".join(f"""
              upstream backend{backend} {{ server 127.0.0.1:{backend}; keepalive 8; }}
              server {{
                listen 127.0.0.1:{port} ssl; ssl_certificate {directory}/server.pem;
                ssl_certificate_key {directory}/server.key;
                location / {{
                  proxy_pass http://backend{backend}; proxy_http_version 1.1;
                  proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1:{backend};
                }}
              }}""" for port, backend in zip(self.ports, backends))
        (directory / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/error.log;
            events {{ worker_connections 1000; }}
            http {{
              access_log off;
              client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
              fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
              scgi_temp_path {directory}/scgi;
              {servers}
            }}""")
        super().__init__(["nginx", "-c", directory / "nginx.conf", "-p", directory], core=CLIENT_CORE)
        for port in self.ports:
            self._wait_for(port)

    def _wait_for(self, port: int):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise SystemExit("nginx does not start")

    @staticmethod
    def _make_certificates(directory: Path):
        def openssl(*words):
            subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=directory)
        for name in ("ca", "server"):
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        openssl("req", "-x509", "-new", "-key", "ca.key", "-days", 2, "-subj", "/CN=ci-bench CA", "-out", "ca.pem")
        openssl("req", "-new", "-key", "server.key", "-subj", "/CN=127.0.0.1", "-out", "server.csr")
        (directory / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        openssl(
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 2,
            "-extfile", "names", "-out", "server.pem")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wrk(server: Server, token: str, connections: int, seconds: int) -> dict:
    """Requests a second, how long the 50th and 99th of a hundred took in milliseconds, and the server's own work for
    each request in microseconds."""
    before = server.work()
    command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
               "-H", f"Authorization: {token}", server.url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"wrk met errors:\n{text}")
    work = server.work() - before
    return {
        "work": work * 1e6 / int(re.search(r"(\d+) requests in", text).group(1)),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "p50": _milliseconds(re.search(r"50%\s+(\S+)", text).group(1)),
        "p99": _milliseconds(re.search(r"99%\s+(\S+)", text).group(1))}


def _milliseconds(text: str) -> float:
    # Minutes, where the machine stood still.
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m|h)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6}[unit]
