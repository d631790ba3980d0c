"""`daypass serve`: addresses, tokens and profiles."""

import os
import re
import signal
import time

import pytest
from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE

# The store is set in the config file where several profiles are served: a variable would be refused.
SEVERAL = {"DAYPASS_STORE": None}


@pytest.fixture
def two(daypass, sandbox):
    """Two profiles that share alice's session, each with a role of its own."""
    daypass.configure(
        one=sandbox.profile(store="file"), two=sandbox.profile(store="file", role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass, "--profile", "one", env=SEVERAL)
    return daypass


def test_it_says_in_one_line_where_it_listens_and_answers_there(logged_in, serve):
    service = serve()
    assert logged_in.env["XDG_RUNTIME_DIR"] + "/daypass/default" == str(service.token_file())
    found = service.until(200).json()
    assert set(found) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["Expiration"])
    process = logged_in.run("credential-process").expect(0).json()
    assert found["AccessKeyId"] == process["AccessKeyId"] and found["Token"] == process["SessionToken"]
    assert service.running.out.count(b"\n") == 1


def test_a_token_is_made_private_and_goes_with_the_service(logged_in, serve):
    service = serve()
    token, path = service.token(), service.token_file()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert os.stat(path).st_mode & 0o777 == 0o600
    service.until(200)
    assert service.get(token=f"Bearer {token}").status == 200
    service.running.signal(signal.SIGTERM)
    service.running.finish().expect(0)
    assert not path.exists()


def test_a_token_file_that_is_there_is_used_and_stays(logged_in, serve, tmp_path):
    directory = tmp_path / "tokens"
    directory.mkdir(mode=0o700)
    (directory / "default").write_text("x" * 32)
    (directory / "default").chmod(0o640)
    service = serve("--token-dir", directory)
    assert service.token() == "x" * 32
    service.until(200, token="x" * 32)
    service.running.signal(signal.SIGTERM)
    service.running.finish().expect(0)
    assert (directory / "default").read_text() == "x" * 32


@pytest.mark.parametrize("content,mode", [("x" * 31, 0o600), ("x" * 40, 0o604), ("x y" * 20, 0o600), ("", 0o600)])
def test_a_token_file_that_is_short_or_open_is_refused(logged_in, tmp_path, content, mode):
    directory = tmp_path / "tokens"
    directory.mkdir(mode=0o700)
    (directory / "default").write_text(content)
    (directory / "default").chmod(mode)
    result = logged_in.run("serve", "--listen", "127.0.0.1:0", "--token-dir", directory).expect(78)
    assert str(directory / "default") in result.stderr
    assert (directory / "default").read_text() == content


def test_a_token_opens_its_own_profile_and_no_other(two, serve):
    service = serve("--profile", "one", "--profile", "two", env=SEVERAL)
    tokens = {name: service.token(name) for name in ("one", "two")}
    for name, token in tokens.items():
        other = "two" if name == "one" else "one"
        mine = service.until(200, token=token).json()
        assert service.get(f"/credentials/{name}", token=token).json() == mine
        assert service.get(f"/credentials/{other}", token=token).status == 401
    assert service.get(token=tokens["one"]).json() != service.get(token=tokens["two"]).json()
    assert service.get("/credentials/three", token=tokens["one"]).status == 404


def test_all_profiles_of_the_file_are_served(two, serve):
    assert set(serve("--all-profiles", env=SEVERAL).said["profiles"]) == {"one", "two"}


def test_the_config_file_holds_the_flags_too(two, serve):
    two.configure_text(two.config.read_text() + '[serve]\nprofile = ["two"]\nallow_host = ["box.example"]\n')
    service = serve(env=SEVERAL)
    assert set(service.said["profiles"]) == {"two"}
    service.until(200, token=service.token("two"))
    assert service.get(token=service.token("two"), Host="box.example").status == 200
    assert service.get(token=service.token("two"), Host="box2.example").status == 403


@pytest.mark.parametrize("args,env", [
    (["--role-arn", ALICE_ONLY_ROLE], {}), ([], {"DAYPASS_REGION": "eu-west-1"})])
def test_what_belongs_to_one_profile_is_refused_for_several(two, args, env):
    result = two.run("serve", "--all-profiles", "--listen", "127.0.0.1:0", *args, env=SEVERAL | env).expect(64)
    assert (args + list(env))[0] in result.stderr


@pytest.mark.parametrize("address", [
    "0.0.0.0:0", "192.168.1.1:80", "169.254.169.254:80", "[::]:0", "10.0.0.1:1", "example.com:80", "127.0.0.1",
    "127.0.0.1:65536", "127.0.0.1:x", "[::1]", "::1:80", "169.254.170.3:80"])
@pytest.mark.parametrize("flag", ["--listen", "--admin"])
def test_other_addresses_are_a_usage_error(logged_in, flag, address):
    result = logged_in.run("serve", flag, address).expect(64)
    assert flag in result.stderr


def test_an_address_that_is_taken_is_78(logged_in, serve, sandbox):
    result = logged_in.run("serve", "--listen", f"127.0.0.1:{sandbox.port}").expect(78)
    assert str(sandbox.port) in result.stderr
    assert not (logged_in.runtime / "daypass/default").exists(), "nothing is left behind"


@pytest.mark.parametrize("address", ["169.254.170.2:9127", "[fd00:ec2::23]:9127"])
def test_an_address_that_this_machine_does_not_have_is_78(logged_in, address):
    logged_in.run("serve", "--listen", address).expect(78)


def test_ipv6_loopback_is_served(logged_in, serve):
    service = serve(listen="[::1]:0")
    assert service.url.startswith("http://[::1]:")
    service.until(200, Host=f"[::1]:{service.port}")


def test_without_a_session_it_answers_that_a_person_must_log_in(person, serve):
    service = serve()
    answer = service.until(503)
    wait_for(lambda: service.get().json()["code"] == "LoginRequired", 20, "LoginRequired")
    answer = service.get()
    assert int(answer.headers["retry-after"]) > 0
    assert "daypass login" in answer.json()["message"]
    assert service.get("/readyz", token=None).status == 503
    assert service.metrics()['daypass_login_required{profile="default"}'] == 1


def test_probes_need_neither_token_nor_host(logged_in, serve):
    service = serve()
    service.until(200)
    for path in ("/healthz", "/readyz", "/readyz/default", "/metrics"):
        assert service.get(path, token=None, Host="anything.example").status == 200, path
    assert service.get("/readyz", token=None).json()["profiles"]["default"]["ready"] is True
    assert service.get("/readyz/other", token=None).status == 404
    metrics = service.metrics()
    assert metrics['daypass_refreshes_total{profile="default",result="success"}'] == 1
    assert 0 < metrics['daypass_credentials_expiry_seconds{profile="default"}'] <= 3600
    assert metrics['daypass_login_required{profile="default"}'] == 0
    assert metrics['daypass_requests_total{code="200"}'] >= 4
    assert [name for name in metrics if name.startswith("daypass_build_info{")]


def test_with_an_admin_address_probes_are_there_alone(logged_in, serve):
    service = serve("--admin", "127.0.0.1:0")
    service.until(200)
    port = int(service.said["admin_url"].rsplit(":", 1)[1])
    for path in ("/healthz", "/readyz", "/metrics"):
        assert service.get(path, token=None).status == 404
        assert service.get(path, token=None, port=port).status == 200
    assert service.get(port=port).status == 404


def test_only_failed_authentications_are_limited(logged_in, serve):
    service = serve()
    service.until(200)
    seen = []
    for _ in range(60):
        seen.append(service.get(token="wrong").status)
        assert service.get().status == 200, "a right token is always answered"
        if seen.count(429) > 2:
            break
    assert set(seen) == {401, 429} and seen.index(429) >= 10
    time.sleep(1.1)  # the second passes
    assert service.get(token="wrong").status == 401
