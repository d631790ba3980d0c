"""`daypass exec`: a command with credentials, and everything else about it its own."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

SHOW = ["sh", "-c", "env"]


def variables(result) -> dict:
    return dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)


def fetch(url: str, token: str | None, method: str = "GET"):
    headers = {"Authorization": token} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=headers, method=method), timeout=30) as answer:
        return json.loads(answer.read())


# The endpoint for the child


def test_the_child_is_told_of_an_endpoint_and_of_no_keys(logged_in):
    env = variables(logged_in.run("exec", "--", *SHOW).expect(0))
    assert env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")
    assert env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] and env["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & set(env)


def test_the_endpoint_answers_the_child_and_nobody_else(logged_in):
    running = logged_in.start("exec", "--", "sh", "-c", "env; exec sleep 60")
    running.until(lambda: b"AWS_CONTAINER_AUTHORIZATION_TOKEN=" in running.out, what="the environment")
    env = dict(line.split("=", 1) for line in running.out.decode().splitlines() if "=" in line)
    url, token = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"], env["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    logged_in.watch.secret(token)
    path = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    assert open(path).read() == token, "no newline"
    assert os.stat(path).st_mode & 0o777 == 0o600
    found = fetch(url, token)
    assert {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"} <= set(found)
    process = logged_in.run("credential-process").expect(0).json()
    assert found["AccessKeyId"] == process["AccessKeyId"] and found["Token"] == process["SessionToken"]
    for wrong in (None, "wrong", token[:-1], token + "x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(url, wrong)
        assert refused.value.code == 401
    running.signal(signal.SIGTERM)
    assert running.finish().code == 143
    assert not os.path.exists(path), "what was made for the child goes with it"


def test_credentials_are_fetched_before_the_child_starts(person, tmp_path):
    result = person.run("exec", "--", "touch", tmp_path / "started").expect(4)
    assert not (tmp_path / "started").exists()
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("daypass: ")


def test_a_refusal_of_the_sts_keeps_the_child_from_starting(logged_in, sandbox, tmp_path):
    sandbox.set(sts_error={"code": "AccessDenied", "status": 403, "message": "no"})
    logged_in.run("exec", "--role-arn", "arn:aws:iam::123456789012:role/alice-only", "--",
                  "touch", tmp_path / "started").expect(77)
    assert not (tmp_path / "started").exists()


# Keys in the environment


def test_env_puts_the_keys_into_the_environment(logged_in):
    env = variables(logged_in.run("exec", "--env", "--", *SHOW).expect(0))
    process = logged_in.run("credential-process").expect(0).json()
    assert env["AWS_ACCESS_KEY_ID"] == process["AccessKeyId"]
    assert env["AWS_SECRET_ACCESS_KEY"] == process["SecretAccessKey"]
    assert env["AWS_SESSION_TOKEN"] == process["SessionToken"]
    assert env["AWS_CREDENTIAL_EXPIRATION"]
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in env


def test_env_leaves_no_process_between(logged_in):
    running = logged_in.start("exec", "--env", "--", "sh", "-c", "echo $$")
    assert int(running.finish().expect(0).stdout) == running.popen.pid


# Everything else is the child's own


@pytest.mark.parametrize("mode", [[], ["--env"]])
@pytest.mark.parametrize("code", [0, 1, 4, 77, 126, 255])
def test_the_exit_code_is_the_childs(logged_in, mode, code):
    assert logged_in.run("exec", *mode, "--", "sh", "-c", f"exit {code}").code == code


@pytest.mark.parametrize("mode", [[], ["--env"]])
def test_a_missing_command_is_127_and_one_that_cannot_run_126(logged_in, tmp_path, mode):
    logged_in.run("exec", *mode, "--", "no-such-command-anywhere").expect(127)
    (tmp_path / "file").write_text("")
    logged_in.run("exec", *mode, "--", tmp_path / "file").expect(126)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGKILL])
def test_a_child_that_dies_of_a_signal_is_128_and_its_number(logged_in, number):
    assert logged_in.run("exec", "--", "sh", "-c", f"kill -{int(number)} $$").code == 128 + number


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_sent_to_daypass_reaches_the_child_once(logged_in, number):
    script = f"trap 'echo caught; n=1' {int(number)}; echo ready; n=0; i=0; " \
        "while [ $n = 0 ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; sleep 0.3; exit 9"
    running = logged_in.start("exec", "--", "sh", "-c", script)
    running.until(lambda: b"ready" in running.out, what="the child")
    running.signal(number)
    result = running.finish()
    assert result.code == 9 and result.stdout.count("caught") == 1


def test_stdin_stdout_and_stderr_are_the_childs(logged_in):
    result = logged_in.run("exec", "--", "sh", "-c", "cat; echo problem >&2", input=b"through and through").expect(0)
    assert result.out == b"through and through"
    assert b"problem\n" in result.err


def test_arguments_pass_untouched(logged_in):
    words = ["", "a b", "--profile", "x", "$HOME", "*", "é", "--"]
    result = logged_in.run("exec", "--", "sh", "-c", 'printf "%s\\n" "$@"', "sh", *words).expect(0)
    assert result.stdout.split("\n")[:-1] == words


def test_without_a_command_it_is_the_shell(logged_in, tmp_path):
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\necho the shell of my choice\n")
    shell.chmod(0o755)
    assert "the shell of my choice" in logged_in.run("exec", env={"SHELL": shell}).expect(0).stdout


def test_the_terminal_is_the_childs(logged_in):
    terminal = logged_in.terminal("exec", "--", "sh", "-c", "tty && stty size")
    assert terminal.wait() == 0
    assert "/dev/pts/" in terminal.text() and "24 80" in terminal.text()


# The child's default credential chain ends at ours


STALE = {
    "AWS_ACCESS_KEY_ID": "AKIASTALE", "AWS_SECRET_ACCESS_KEY": "stale", "AWS_SESSION_TOKEN": "stale",
    "AWS_SECURITY_TOKEN": "stale", "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z", "AWS_PROFILE": "stale",
    "AWS_DEFAULT_PROFILE": "stale", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/stale",
    "AWS_ROLE_SESSION_NAME": "stale", "AWS_WEB_IDENTITY_TOKEN_FILE": "/stale",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/stale", "AWS_ACCOUNT_ID": "000000000000"}


def test_whatever_was_in_the_environment_is_gone(logged_in):
    result = logged_in.run("exec", "--", *SHOW, env=STALE).expect(0)
    env = variables(result)
    assert not set(STALE) & set(env), set(STALE) & set(env)
    assert env["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"
    assert len(result.stderr.strip().splitlines()) == 1, "what was overridden is said in one line"


def test_stale_keys_give_way_to_ours_with_env(logged_in):
    env = variables(logged_in.run("exec", "--env", "--", *SHOW, env=STALE).expect(0))
    assert env["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert "AWS_PROFILE" not in env and "AWS_SECURITY_TOKEN" not in env


def test_region_variables_only_where_a_region_was_configured(logged_in):
    assert "AWS_REGION" not in variables(logged_in.run("exec", "--", *SHOW).expect(0))
    env = variables(logged_in.run("exec", "--region", "eu-west-1", "--", *SHOW).expect(0))
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_no_descriptor_of_ours_is_passed_on(logged_in):
    reader, writer = os.pipe()
    listing = logged_in.run("exec", "--", "ls", "/proc/self/fd", pass_fds=(writer,)).expect(0).stdout.split()
    os.close(reader)
    os.close(writer)
    # 0, 1, 2, the one that was handed in, and the one with which ls reads the directory.
    assert len(listing) == 5 and str(writer) in listing


def test_core_limits_are_what_daypass_was_given(logged_in):
    before = subprocess.run(["sh", "-c", "ulimit -c -H; ulimit -c"], capture_output=True, text=True).stdout
    assert logged_in.run("exec", "--", "sh", "-c", "ulimit -c -H; ulimit -c").expect(0).stdout == before
