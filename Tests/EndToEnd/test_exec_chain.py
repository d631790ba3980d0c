"""Whatever ~/.aws and the environment hold, the default credential chain of `exec`'s command ends at ours."""

import os
import stat
import sys

import pytest

from support.aws import DEBIAN_AWS, boto3_finds, cli_finds, crt_finds
from support.need import need

STATIC = "aws_access_key_id = AKIASTALE00000000000\naws_secret_access_key = stale\n"

# What leads elsewhere: (files below ~/.aws, variables).
OBSTACLES = {
    "keys in the credentials file": ({"credentials": f"[default]\n{STATIC}"}, {}),
    "keys in the config file": ({"config": f"[default]\n{STATIC}"}, {}),
    "credential_process": ({"config": "[default]\ncredential_process = /bin/cat {home}/stale.json\n"}, {}),
    "a role and its source": (
        {"config": "[default]\nrole_arn = arn:aws:iam::123456789012:role/stale\nsource_profile = base\n",
         "credentials": f"[base]\n{STATIC}"}, {}),
    "sso": (
        {"config": "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = stale\n"
                   "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://stale.example\n"}, {}),
    "AWS_PROFILE": (
        {"config": f"[profile stale]\n{STATIC}"}, {"AWS_PROFILE": "stale", "AWS_DEFAULT_PROFILE": "stale"}),
    "a web identity": (
        {}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/stale"}),
    "keys as variables": ({}, {"AWS_ACCESS_KEY_ID": "AKIASTALE00000000000", "AWS_SECRET_ACCESS_KEY": "stale"}),
    "a section for all": ({"config": f"[DEFAULT]\n{STATIC}[default]\noutput = json\n"}, {}),
    "boto's file": ({"../.boto": f"[Credentials]\n{STATIC}"}, {}),
    "EC2's old file": ({"old": "AWSAccessKeyId=AKIASTALE00000000000\nAWSSecretKey=stale\n"},
                       {"AWS_CREDENTIAL_FILE": "{home}/.aws/old"}),
}


# For clients that are slow to start.
SIX = ["keys in the credentials file", "credential_process", "a role and its source", "sso", "AWS_PROFILE",
       "a web identity"]


@pytest.fixture(params=OBSTACLES, ids=[name.replace(" ", "-") for name in OBSTACLES])
def obstructed(request, logged_in):
    """(daypass, variables of the person who runs it)"""
    files, variables = OBSTACLES[request.param]
    home = logged_in.home
    (home / ".aws").mkdir()
    (home / "token").write_text("no.such.token")
    (home / "stale.json").write_text('{"Version": 1, "AccessKeyId": "AKIASTALE00000000000", "SecretAccessKey": "s"}')
    for name, text in files.items():
        (home / ".aws" / name).write_text(text.replace("{home}", str(home)))
    return logged_in, {name: value.replace("{home}", str(home)) for name, value in variables.items()}


@pytest.fixture
def our_key(obstructed) -> str:
    return obstructed[0].run("credential-process").expect(0).json()["AccessKeyId"]


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_boto3_finds_our_key(obstructed, our_key, mode):
    daypass, env = obstructed
    assert boto3_finds(daypass, *mode, env=env)[:2] == [our_key, "env" if mode else "container-role"]


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_the_aws_cli_finds_our_key(obstructed, our_key, mode):
    daypass, env = obstructed
    assert cli_finds(daypass, *mode, env=env)[-4:] == our_key[-4:]


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
@pytest.mark.parametrize("obstructed", SIX, indirect=True)
def test_the_common_runtime_finds_our_key(obstructed, our_key, mode):
    pytest.importorskip("awscrt")
    daypass, env = obstructed
    assert crt_finds(daypass, *mode, env=env) == our_key


@pytest.mark.slow
@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
@pytest.mark.parametrize("obstructed", SIX, indirect=True)
def test_debians_aws_cli_2_finds_our_key(obstructed, our_key, mode):
    need(None if DEBIAN_AWS.exists() else "awscli of Debian is not installed")
    daypass, env = obstructed
    assert cli_finds(daypass, *mode, env=env, cli=DEBIAN_AWS)[-4:] == our_key[-4:]


def test_what_was_overridden_is_said_in_one_line(obstructed):
    daypass, env = obstructed
    lines = daypass.run("exec", "--", "true", env=env).expect(0).stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("daypass: overridden for this command: ")


def test_nothing_is_said_where_nothing_was_overridden(logged_in):
    (logged_in.home / ".aws").mkdir()
    (logged_in.home / ".aws/config").write_text("[default]\nregion = eu-west-3\n")
    assert logged_in.run("exec", "--", "true").expect(0).stderr == ""


def test_the_config_file_is_a_private_copy_that_lost_the_credentials_alone(logged_in):
    (logged_in.home / ".aws").mkdir()
    kept = ("# caf\u00e9\r\n[default]\r\nregion = eu-west-3\r\n{}s3 =\r\n  addressing_style = path\r\n\t; tab\r\n"
            "[profile other]\naws_access_key_id = AKIAOTHER00000000000\naws_secret_access_key = s\n")
    (logged_in.home / ".aws/config").write_bytes(
        kept.format("role_arn = arn:aws:iam::123456789012:role/stale\r\n").encode())
    script = "import os; p = os.environ['AWS_CONFIG_FILE']; print(oct(os.stat(p).st_mode)); print(p); " \
        "print(os.path.dirname(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']) == os.path.dirname(p)); " \
        "print(ascii(open(p, 'rb').read()))"
    result = logged_in.run("exec", "--", sys.executable, "-c", script).expect(0)
    mode, path, beside, content = result.stdout.splitlines()
    assert mode == oct(stat.S_IFREG | 0o600) and beside == "True"
    assert eval(content) == kept.format("").encode()
    assert not os.path.exists(path) and not list(logged_in.runtime.iterdir())
    assert "role_arn of [default] in ~/.aws/config" in result.stderr


def test_another_profile_that_the_command_names_still_works(logged_in):
    (logged_in.home / ".aws").mkdir()
    (logged_in.home / ".aws/config").write_text(
        f"[default]\nregion = eu-west-3\n{STATIC}"
        "[profile other]\naws_access_key_id = AKIAOTHER00000000000\naws_secret_access_key = s\n")
    assert boto3_finds(logged_in, profile=["other"])[0] == "AKIAOTHER00000000000"
    assert boto3_finds(logged_in)[2] == "eu-west-3", "the default profile's other settings still hold"


def test_keep_aws_files_leaves_them_alone(logged_in):
    script = "env | grep -E '^AWS_(CONFIG|SHARED)' ; true"
    result = logged_in.run("exec", "--keep-aws-files", "--", "sh", "-c", script, env={"AWS_CONFIG_FILE": "/mine"})
    assert result.expect(0).stdout == "AWS_CONFIG_FILE=/mine\n" and result.stderr == ""


def test_allow_imds_leaves_the_metadata_service_alone(logged_in):
    show = ["--", "sh", "-c", 'echo "${AWS_EC2_METADATA_DISABLED-unset}"']
    assert logged_in.run("exec", "--allow-imds", *show).expect(0).stdout == "unset\n"
    given = {"AWS_EC2_METADATA_DISABLED": "false"}
    assert logged_in.run("exec", "--allow-imds", *show, env=given).expect(0).stdout == "false\n"
    assert logged_in.run("exec", *show, env=given).expect(0).stdout == "true\n"


def test_a_killed_daypass_leaves_nothing_for_long(logged_in):
    running = logged_in.start("exec", "--", "sh", "-c", "echo started; exec sleep 1000")
    running.until(lambda: b"started" in running.out, what="the command")
    running.popen.kill()
    running.popen.wait()
    left = list(logged_in.runtime.iterdir())
    assert len(left) == 2, "nobody was there to remove the token and the config file"
    beside = logged_in.start("exec", "--", "sh", "-c", "echo started; exec sleep 1000")
    beside.until(lambda: b"started" in beside.out, what="the command")
    now = list(logged_in.runtime.iterdir())
    assert len(now) == 2 and not set(now) & set(left), "the next one took them away"
    logged_in.run("exec", "--", "true").expect(0)
    assert set(logged_in.runtime.iterdir()) == set(now), "but never those of one that lives"


def test_the_environment_is_otherwise_untouched(logged_in):
    given = {"AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "2", "ODD": "a\nb", "AWS_PROFILE": "gone"}
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    found = logged_in.run("exec", "--", sys.executable, "-c", script, env=given).expect(0).json()
    added = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED"}
    expected = logged_in.environment(given)
    del expected["AWS_PROFILE"]
    # The interpreter's own.
    found.pop("LC_CTYPE", None)
    assert {name: value for name, value in found.items() if name not in added} == expected
    assert added <= set(found)


def test_an_empty_command_name_is_shown(logged_in):
    assert logged_in.run("exec", "--", "").expect(127).stderr.startswith('daypass: "": command not found')


CI_VARIABLES = {
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t", "ACTIONS_ID_TOKEN_REQUEST_URL": "u", "SYSTEM_ACCESSTOKEN": "t",
    "BUILDKITE_AGENT_ACCESS_TOKEN": "t", "TFC_WORKLOAD_IDENTITY_TOKEN_PROD": "t", "VAULT_ID_TOKEN": "t"}


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_scrub_ci_keeps_the_job_tokens_from_the_command(daypass, sandbox, mode):
    token = sandbox.mint(aud="sts.amazonaws.com")
    daypass.configure(default={
        "role_arn": "arn:aws:iam::123456789012:role/ci", "sts_endpoint": sandbox.sts, "token_env": "JOB_TOKEN"})
    env = CI_VARIABLES | {"JOB_TOKEN": token}
    script = ["--", sys.executable, "-c", "import os; print(*sorted(os.environ))"]
    scrubbed = daypass.run("exec", "--scrub-ci", *mode, *script, env=env).expect(0).stdout.split()
    assert not set(env) & set(scrubbed)
    assert set(env) <= set(daypass.run("exec", *mode, *script, env=env).expect(0).stdout.split())


def test_scrub_ci_leaves_nothing_to_read_in_the_environment_of_daypass(daypass, sandbox):
    token = sandbox.mint(aud="sts.amazonaws.com")
    daypass.configure(default={
        "role_arn": "arn:aws:iam::123456789012:role/ci", "sts_endpoint": sandbox.sts, "token_env": "JOB_TOKEN"})
    env = {name: f"secret-of-{name}" for name in CI_VARIABLES} | {"JOB_TOKEN": token, "KEPT": "for-the-command"}
    look = ["--", "sh", "-c", "cat /proc/$PPID/environ"]
    seen = daypass.run("exec", "--scrub-ci", *look, env=env).expect(0).out
    assert b"KEPT=for-the-command" in seen, "it is the right process"
    assert b"secret-of-" not in seen and token.encode() not in seen
    assert token.encode() in daypass.run("exec", *look, env=env).expect(0).out
