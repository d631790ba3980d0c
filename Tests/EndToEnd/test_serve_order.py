"""`daypass serve`: which check comes first, from raw sockets."""

import pytest
from support.processes import wait_for


@pytest.fixture
def service(logged_in, serve):
    service = serve()
    service.until(200)
    return service


# From the last check to the first: each request has the fault of its line and of every line before it.
FAULTS = [
    (401, {"token": "wrong"}),
    (404, {"path": "/nothing"}),
    (405, {"method": "POST"}),
    (403, {"Via": "1.1 proxy"}),
    (413, {"Content_Length": "70000"}),
    (431, {"X": "x" * 20_000}),
]


@pytest.mark.parametrize("count", range(1, len(FAULTS) + 1))
def test_the_checks_come_in_the_order_of_the_contract(service, count):
    request = {key: value for _, fault in FAULTS[:count] for key, value in fault.items()}
    status = FAULTS[count - 1][0]
    # Headers that are too large are refused before it is known what else they hold.
    answer = service.get(**request)
    assert answer.status == status
    assert {"code", "message"} <= set(answer.json())
    if status == 405:
        assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("lines", [
    "GET  /credentials HTTP/1.1\r\nHost: localhost\r\n", "GET /credentials HTTP/1.1\r\nBad Header: x\r\n",
    "GET /credentials HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
    "GET /credentials HTTP/1.1\r\nHost: a\r\nHost: b\r\n"])
@pytest.mark.parametrize("size", [200, 15_000, 20_000, 70_000])
def test_malformed_comes_before_too_large(service, lines, size):
    large = "".join(f"X{number}: {'x' * 100}\r\n" for number in range(size // 100))
    assert service.raw(f"{lines}{large}\r\n".encode()).status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/credentials", "/credentials/default", "/healthz", "/metrics", "/nothing"])
def test_only_get_is_answered(service, method, path):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    if method == "HEAD":
        import socket
        with socket.create_connection((service.host, service.port), timeout=20) as connection:
            connection.sendall(head)
            assert connection.recv(4096).startswith(b"HTTP/1.1 405 ")
    else:
        answer = service.raw(head)
        assert answer.status == 405 and answer.headers["allow"] == "GET"


@pytest.mark.parametrize("host,status", [
    ("127.0.0.1", 200), ("localhost", 200), ("[::1]", 200), ("LOCALHOST:{port}", 200), ("[::1]:{port}", 200),
    ("evil.example", 403), ("127.0.0.1:1", 403), ("127.0.0.1.evil.example:{port}", 403), ("", 403), (None, 400)])
def test_it_answers_under_its_own_names_alone(service, host, status):
    assert service.get(Host=host and host.format(port=service.port)).status == status


@pytest.mark.parametrize("header", [
    "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "X-Forwarded-For", "Forwarded", "Via"])
@pytest.mark.parametrize("path", ["/credentials", "/healthz"])
def test_browsers_and_proxies_are_refused(service, header, path):
    assert service.get(path, **{header.replace("-", "_"): "x"}).status == 403


@pytest.mark.parametrize("request_text", [
    "GET /credentials HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /credentials HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "GET /credentials HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET /credentials HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /credentials HTTP/1.1\nHost: localhost\n\n",
    "GET /credentials HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    "GET /credentials HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "GET /credentials HTTP/1.1\r\nHost: local\0host\r\n\r\n",
    "GET /../credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /%2e%2e/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET http://evil.example/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /credentials\r\n\r\n", "GET /credentials HTTP/2.0\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n"])
def test_what_two_readers_could_read_differently_is_malformed(service, request_text):
    answer = service.raw(request_text.encode("latin-1"))
    assert answer.status == 400 and answer.headers["connection"] == "close"


def test_without_credentials_the_right_token_gets_503_and_the_wrong_one_401(person, serve):
    service = serve()
    wait_for(lambda: service.get().json()["code"] == "LoginRequired", 20, "LoginRequired")
    assert service.get().status == 503
    assert service.get(token="wrong").status == 401
    assert service.get("/nothing", token="wrong").status == 404
