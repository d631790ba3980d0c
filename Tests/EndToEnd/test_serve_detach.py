"""`daypass serve --detach`: who ends it, what it holds on to, and what it leaves behind."""

import os
import signal
import socket
import uuid
from pathlib import Path

import pytest
from support.processes import wait_for


@pytest.fixture
def services():
    """Processes of this test's `serve --detach`, the step's own among them; `mark` is what they are known by."""
    mark = f"test-{uuid.uuid4().hex}"

    def look() -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    look.mark = mark
    return look


@pytest.fixture
def detach(logged_in, services, tmp_path):
    """Starts a step that detaches; whatever it left running ends with the test."""
    base = tmp_path / "temp"
    base.mkdir()
    (tmp_path / "github-env").touch()

    def start(*args, form="github", env=None, **options):
        env = {"RUNNER_TEMP": str(base), "GITHUB_ENV": str(tmp_path / "github-env")} | (env or {})
        return logged_in.start(
            "serve", "--detach", "--export", form, "--session-name", services.mark, *args, env=env, **options)

    start.base, start.file = base, tmp_path / "github-env"
    yield start
    for pid in services():
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not services(), 20, "the end of what was detached")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_step_and_what_it_began(detach, services, sandbox, number):
    sandbox.fault("sts", "hang")
    running = detach("--duration", "30m")
    wait_for(lambda: sandbox.count("sts"), 20, "the request that hangs")
    running.signal(number)
    assert running.finish(60).code == 128 + number
    assert services() == [] and detach.file.read_text() == ""
    assert list(detach.base.iterdir()) == []


def test_what_a_killed_step_began_ends_too(detach, services, sandbox):
    sandbox.fault("sts", "hang")
    running = detach("--duration", "30m")
    wait_for(lambda: sandbox.count("sts"), 20, "the request that hangs")
    running.signal(signal.SIGKILL)
    running.popen.wait(20)
    wait_for(lambda: not services(), 20, "the end of what nobody waits for")
    assert detach.file.read_text() == ""


def test_what_goes_on_holds_no_descriptor_and_no_directory_of_the_step(detach, services, tmp_path):
    reader, writer = os.pipe()
    directory = tmp_path / "checkout"
    directory.mkdir()
    running = detach(pass_fds=(writer,), cwd=directory)
    os.close(writer)
    running.finish().expect(0)
    with os.fdopen(reader, "rb") as pipe:
        os.set_blocking(reader, False)
        assert wait_for(lambda: pipe.read(1) == b"", 20, "the pipe's end")
    pid, = services()
    assert os.readlink(f"/proc/{pid}/cwd") == "/"


def test_it_stays_where_a_setting_is_relative(detach, services, sandbox, tmp_path):
    (tmp_path / "token").write_text(sandbox.mint())
    detach("--source", "file", "--token-file", "token", "--role-arn", "arn:aws:iam::123456789012:role/ci",
           "--sts-endpoint", sandbox.sts, cwd=tmp_path).finish().expect(0)
    pid, = services()
    assert os.readlink(f"/proc/{pid}/cwd") == str(tmp_path)


@pytest.mark.parametrize("name", ["x\nLD_PRELOAD=evil", "x\ty", "x\x7f"])
def test_no_value_breaks_out_of_a_dotenv_file(detach, services, tmp_path, name):
    base = tmp_path / name
    base.mkdir()
    result = detach(form="dotenv", env={"RUNNER_TEMP": str(base)}).finish().expect(78)
    assert result.out == b"" and "control character" in result.stderr
    wait_for(lambda: not services(), 20, "its end")
    assert list(base.iterdir()) == []


def test_an_address_that_is_taken_leaves_nothing_behind(detach, sandbox):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = detach("--listen", f"127.0.0.1:{taken.getsockname()[1]}").finish().expect(78)
    assert "in use" in result.stderr
    assert list(detach.base.iterdir()) == []


def test_a_failure_is_said_once(detach):
    result = detach("--role-arn", "arn:aws:iam::123456789012:role/no-such-role").finish().expect(77)
    assert len(result.stderr.splitlines()) == 1, result.stderr
