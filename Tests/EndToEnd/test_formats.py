"""Every output format of `credentials`; those of AWS CLI 2's `configure export-credentials` line by line."""

import configparser
import json
import os
import re
import subprocess

import pytest


@pytest.fixture
def credentials(logged_in) -> dict:
    found = logged_in.run("credential-process").expect(0).json()
    for key in ("SecretAccessKey", "SessionToken"):
        logged_in.watch.secret(found[key])
    return found


# How AWS CLI 2 writes one variable (awscli/customizations/configure/exportcreds.py).
LINES = {
    "env": "export {}={}", "env-no-export": "{}={}", "powershell": '$Env:{}="{}"', "windows-cmd": "set {}={}",
    "fish": 'set -gx {} "{}"'}


@pytest.mark.parametrize("form", LINES)
def test_the_same_lines_as_the_aws_cli(logged_in, credentials, form):
    moment = credentials["Expiration"].replace("Z", "+00:00")
    expected = [
        LINES[form].format(name, value) for name, value in (
            ("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"]),
            ("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"]),
            ("AWS_SESSION_TOKEN", credentials["SessionToken"]), ("AWS_CREDENTIAL_EXPIRATION", moment))]
    assert logged_in.run("credentials", "--format", form).expect(0).stdout.splitlines() == expected


def test_process_is_one_document_and_the_default(logged_in, credentials):
    assert credentials["Version"] == 1
    assert set(credentials) == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", credentials["Expiration"])
    for arguments in (["credentials"], ["credentials", "--format", "process"], ["credential-process"]):
        result = logged_in.run(*arguments).expect(0)
        assert json.loads(result.out) == credentials
        assert result.out.endswith(b"}\n") and result.out.count(b"\n") == 1
        assert result.err == b""


def test_a_posix_shell_reads_env(logged_in, credentials):
    script = f'eval "$({logged_in.path} credentials --format env)"; printf "%s|%s|%s" ' \
        '"$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"'
    done = subprocess.run(["sh", "-c", script], env=logged_in.env, capture_output=True, text=True, timeout=60)
    assert done.stdout == "|".join(credentials[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken"))


def test_dotenv_is_unquoted_pairs(logged_in, credentials):
    text = logged_in.run("credentials", "--format", "dotenv").expect(0).stdout
    pairs = dict(line.split("=", 1) for line in text.splitlines())
    assert pairs["AWS_ACCESS_KEY_ID"] == credentials["AccessKeyId"]
    assert pairs["AWS_SECRET_ACCESS_KEY"] == credentials["SecretAccessKey"]
    assert pairs["AWS_SESSION_TOKEN"] == credentials["SessionToken"]
    assert pairs["AWS_CREDENTIAL_EXPIRATION"]


def test_ini_is_a_profile_of_the_aws_files(logged_in, credentials, tmp_path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(logged_in.run("credentials", "--format", "ini").expect(0).stdout)
    assert parser.sections() == ["default"]
    assert parser["default"]["aws_access_key_id"] == credentials["AccessKeyId"]
    assert parser["default"]["aws_secret_access_key"] == credentials["SecretAccessKey"]
    assert parser["default"]["aws_session_token"] == credentials["SessionToken"]


@pytest.mark.parametrize("before", ["BEFORE=1\n", "BEFORE=1"], ids=["a whole last line", "an open last line"])
def test_github_appends_to_the_file_and_prints_masks_alone(logged_in, credentials, tmp_path, before):
    target = tmp_path / "github-env"
    target.write_text(before)
    result = logged_in.run("credentials", "--format", "github", env={"GITHUB_ENV": target}).expect(0)
    assert result.stdout and all(line.startswith("::add-mask::") for line in result.stdout.splitlines())
    assert f"::add-mask::{credentials['SecretAccessKey']}" in result.stdout.splitlines()
    assert f"::add-mask::{credentials['SessionToken']}" in result.stdout.splitlines()
    written = target.read_text()
    assert written.startswith("BEFORE=1\nAWS_")
    for value in (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]):
        assert value in written


def test_github_without_its_file_says_so(logged_in):
    assert "GITHUB_ENV" in logged_in.run("credentials", "--format", "github").expect(78).stderr


def test_a_configured_region_is_exported(logged_in):
    lines = logged_in.run(
        "credentials", "--format", "env-no-export", "--region", "eu-central-1").expect(0).stdout.splitlines()
    assert "AWS_REGION=eu-central-1" in lines and "AWS_DEFAULT_REGION=eu-central-1" in lines


def test_no_region_is_exported_where_none_was_configured(logged_in):
    assert "REGION" not in logged_in.run("credentials", "--format", "env").expect(0).stdout


def test_a_full_output_device_is_an_error(logged_in):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            logged_in.argv("credentials"), env=logged_in.env, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 74 and done.stderr


def test_a_reader_that_went_away_is_an_error_and_no_crash(logged_in):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        logged_in.argv("credentials"), env=logged_in.env, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert done.returncode == 74
