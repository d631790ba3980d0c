"""The AWS CLI and boto3 find daypass's credentials where they already look."""

import subprocess
import sys
from pathlib import Path

import boto3
import botocore.session
import pytest

from support.sandbox import ACCOUNT, DEMO_ROLE

AWS = Path(sys.executable).parent / "aws"


@pytest.fixture
def aws_config(logged_in) -> dict:
    """An environment in which AWS tools find one profile whose credentials come from daypass."""
    config = logged_in.directory / "aws-config"
    config.write_text(
        "[profile p]\nregion = us-east-1\n"
        f"credential_process = {logged_in.path} credential-process --profile default\n")
    return logged_in.env | {
        "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}


def aws(env, *args):
    return subprocess.run([AWS, *args], env=env, capture_output=True, text=True, timeout=120)


def test_the_aws_cli_asks_who_it_is(aws_config, sandbox):
    done = aws(aws_config, "sts", "get-caller-identity", "--profile", "p", "--endpoint-url", sandbox.sts,
               "--query", "Arn", "--output", "text")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/")


def test_a_second_call_makes_no_network_request(logged_in, sandbox):
    first = logged_in.run("credential-process").expect(0)
    sandbox.reset_counters()
    second = logged_in.run("credential-process").expect(0)
    assert sandbox.count() == 0 and second.out == first.out


def test_credentials_bought_at_login_are_used(logged_in, sandbox):
    logged_in.run("credential-process").expect(0)
    assert sandbox.count() == 0


def test_boto3_asks_who_it_is(aws_config, sandbox, monkeypatch):
    for name, value in aws_config.items():
        monkeypatch.setenv(name, value)
    session = boto3.session.Session(profile_name="p", botocore_session=botocore.session.Session(profile="p"))
    identity = session.client("sts", endpoint_url=sandbox.sts).get_caller_identity()
    assert identity["Account"] == ACCOUNT and ":assumed-role/demo/" in identity["Arn"]


def test_a_client_refreshes_before_its_credentials_end(aws_config, sandbox, monkeypatch):
    for name, value in aws_config.items():
        monkeypatch.setenv(name, value)
    session = boto3.session.Session(profile_name="p", botocore_session=botocore.session.Session(profile="p"))
    credentials = session.get_credentials()
    assert credentials.method == "custom-process" and not credentials.refresh_needed()


def test_the_way_of_the_web_identity_token(logged_in, sandbox):
    """`export ID_TOKEN=$(daypass token)`, then the AWS CLI does the exchange itself."""
    script = (
        f'export ID_TOKEN=$({logged_in.path} token) && {AWS} sts assume-role-with-web-identity --role-arn {DEMO_ROLE} '
        f'--role-session-name by-hand --web-identity-token "$ID_TOKEN" --endpoint-url {sandbox.sts} --region us-east-1 '
        '--query AssumedRoleUser.Arn --output text')
    done = subprocess.run(["sh", "-c", script], env=logged_in.env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/by-hand"


@pytest.mark.parametrize("mode", [[], ["--env"]])
def test_the_aws_cli_below_exec(logged_in, sandbox, mode):
    result = logged_in.run(
        "exec", "--region", "us-east-1", *mode, "--", AWS, "sts", "get-caller-identity", "--endpoint-url", sandbox.sts,
        "--query", "Arn", "--output", "text", timeout=120).expect(0)
    assert result.stdout.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/")


@pytest.mark.parametrize("mode", [[], ["--env"]])
def test_exec_wins_over_whatever_the_aws_files_hold(logged_in, sandbox, mode):
    files = logged_in.home / ".aws"
    files.mkdir()
    (files / "credentials").write_text("[default]\naws_access_key_id = AKIASTALE\naws_secret_access_key = stale\n")
    (files / "config").write_text("[default]\nregion = eu-central-1\noutput = text\n")
    result = logged_in.run(
        "exec", *mode, "--", AWS, "sts", "get-caller-identity", "--endpoint-url", sandbox.sts, "--query", "Arn",
        "--output", "text", timeout=120).expect(0)
    assert ":assumed-role/demo/" in result.stdout


def test_boto3_below_exec(logged_in, sandbox):
    script = (
        "import boto3; print(boto3.client('sts', region_name='us-east-1', "
        f"endpoint_url='{sandbox.sts}').get_caller_identity()['Arn'])")
    result = logged_in.run("exec", "--", sys.executable, "-c", script, timeout=120).expect(0)
    assert ":assumed-role/demo/" in result.stdout


def test_a_reply_in_aws_own_shape(daypass, sandbox, moto):
    """moto answers as AWS does, with AssumedRoleUser and all; it believes any token."""
    daypass.configure(default=sandbox.profile(sts_endpoint=moto.url, region="us-east-1"))
    sandbox.log_in(daypass)
    found = daypass.run("credential-process").expect(0).json()
    assert found["AccessKeyId"].startswith("ASIA")
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/" in daypass.run("whoami").expect(0).stdout
