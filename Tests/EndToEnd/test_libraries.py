"""Libraries that are opened when they are needed: what works without them, and what is said where they are missed."""

import json
import subprocess

import pytest

from support.sandbox import CI_ROLE


@pytest.fixture
def without(tmp_path):
    """The environment of a machine on which a library cannot be loaded."""
    def environment(*names: str) -> dict:
        for name in names:
            (tmp_path / name).write_text("this is no library of this machine's\n" * 100)
        return {"LD_LIBRARY_PATH": str(tmp_path)}
    return environment


@pytest.fixture
def job(daypass, sandbox, tmp_path):
    token = tmp_path / "token"
    token.write_text(sandbox.mint(sub="repo:example/app:main", aud="sts.amazonaws.com"))
    daypass.configure(default={"token_file": token, "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts, "store": "file"})
    return daypass


@pytest.mark.parametrize("verb", [["credentials"], ["exec", "--", "true"], ["exec", "--env", "--", "true"]])
def test_a_request_without_libcurl_says_what_to_install(job, sandbox, without, verb):
    said = job.run(*verb, env=without("libcurl.so.4")).expect(78).stderr
    assert said.startswith("daypass: libcurl cannot be loaded: ")
    assert "libcurl.so.4" in said and "install libcurl 7.87" in said
    assert sandbox.count() == 0


def test_serve_does_not_begin_without_libcurl(job, without):
    result = job.run("serve", "--listen", "127.0.0.1:0", env=without("libcurl.so.4")).expect(78)
    assert "libcurl cannot be loaded" in result.stderr


def test_what_needs_no_request_needs_no_libcurl(job, without):
    job.run("credentials").expect(0)
    environment = without("libcurl.so.4", "libqrencode.so.4")
    (profile,) = json.loads(job.run("status", "--json", env=environment).expect(0).stdout)["profiles"]
    assert profile["state"] == "ok"
    bought = job.run("credentials", "--format", "ini", env=environment).expect(0).stdout
    assert "aws_session_token" in bought
    assert "AWS_SESSION_TOKEN" in job.run("exec", "--env", "--", "env", env=environment).expect(0).stdout


@pytest.mark.parametrize("how", ["auto", "always"])
def test_a_login_without_libqrencode_shows_the_address_as_text(person, sandbox, without, how):
    terminal = person.terminal("login", "--qr", how, env=without("libqrencode.so.4"), columns=80, lines=24)
    terminal.wait_for(sandbox.pending_code())
    terminal.wait_for("Open this address on any device")
    terminal.wait_for("There is no QR code: libqrencode is not installed")
    assert "Scan" not in terminal.output().decode() and "▀" not in terminal.output().decode()


@pytest.mark.parametrize("proxy", [None, "http://proxy.example:3128"])
def test_nothing_is_loaded_before_it_is_needed(job, tmp_path, proxy):
    def opened(*verb) -> str:
        trace = tmp_path / "trace"
        subprocess.run(
            ["strace", "-f", "-o", trace, "-e", "trace=openat", job.path, *verb], check=True, capture_output=True,
            env=job.environment({"https_proxy": proxy}))
        return trace.read_text()

    assert "libcurl.so.4" in opened("credentials")
    for verb in (["status"], ["credentials", "--format", "ini"], ["--version"]):
        assert "libcurl" not in opened(*verb) and "libqrencode" not in opened(*verb)
