"""The recipes of ci/recipes: well-formed by the platforms' own rules, and their shell run as far as a fake platform
allows. OWNER and the role's account are what a user changes; everything else works as it is."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.need import need
from support.platform import Platform
from support.sandbox import CI_ROLE

RECIPES = Path(__file__).resolve().parents[2] / "ci/recipes"
ACTION = RECIPES / "github-actions/action.yml"
WHO = "aws sts get-caller-identity"


def tool(name: str) -> str:
    path = Path(sys.executable).parent / name
    found = str(path) if path.exists() else shutil.which(name)
    if not found:
        # actionlint's package fetches the program from GitHub while it is installed.
        (pytest.skip if name == "actionlint" else need)(f"{name} is not installed: it could not be had here")
    return found


def check(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


# Their form

@pytest.mark.parametrize("schema, name", [
    ("vendor.github-actions", "github-actions/action.yml"), ("vendor.github-workflows", "github-actions/example.yml"),
    ("vendor.gitlab-ci", "gitlab-ci.yml"), ("vendor.circle-ci", "circleci.yml"),
    ("vendor.buildkite", "buildkite.yml"), ("vendor.azure-pipelines", "azure-pipelines.yml"),
    ("vendor.bitbucket-pipelines", "bitbucket-pipelines.yml")])
def test_the_platforms_schema_holds(schema, name):
    check(tool("check-jsonschema"), "--builtin-schema", schema, str(RECIPES / name))


def test_actionlint_has_nothing_to_say():
    # Without what is not there: the action's address has a place holder.
    check(tool("actionlint"), "-no-color", str(RECIPES / "github-actions/example.yml"))


def test_zizmor_has_nothing_to_say():
    check(tool("zizmor"), "--offline", "--no-progress", str(ACTION), str(RECIPES / "github-actions/example.yml"))


def test_the_actions_shell_is_clean(tmp_path):
    shellcheck = tool("shellcheck")
    for index, step in enumerate(yaml.safe_load(ACTION.read_text())["runs"]["steps"]):
        path = tmp_path / f"step-{index}"
        path.write_text(f"#!/bin/bash\n{step['run']}")
        check(shellcheck, "--exclude=SC2154", str(path))


# A job

class Job:
    """What a platform gives to a job: variables, programs, and a service for tokens."""

    def __init__(self, daypass, sandbox, directory: Path, **variables):
        self.daypass = daypass
        self.directory = directory
        self.programs = directory / "programs"
        self.programs.mkdir(parents=True)
        (self.programs / "daypass").symlink_to(daypass.path)
        aws = Path(sys.executable).parent / "aws"
        (self.programs / "aws").symlink_to(aws)
        self.env = {
            "PATH": f"{self.programs}:/usr/bin:/bin", "HOME": str(daypass.home), "TMPDIR": str(directory),
            "AWS_ENDPOINT_URL_STS": sandbox.sts, "AWS_DEFAULT_REGION": "us-east-1", "CI": "true", **variables}

    def program(self, name: str, text: str):
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)

    def step(self, script: str, code: int = 0, **variables) -> subprocess.CompletedProcess:
        env = self.env | variables
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], env=env, capture_output=True,
            text=True, timeout=120, cwd=self.directory, start_new_session=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def acts_as(self, done) -> str:
        return json.loads(done.stdout[done.stdout.index("{"):])["Arn"]


@pytest.fixture
def job(daypass, sandbox, tmp_path):
    return lambda **variables: Job(daypass, sandbox, tmp_path / "job", **variables)


@pytest.fixture
def platform():
    started = []

    def start(**traffic) -> Platform:
        started.append(Platform([traffic]))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def minted(sandbox, audience="sts.amazonaws.com") -> str:
    return sandbox.mint(aud=audience, sub="repo:example/app:ref:refs/heads/main")


def recipe(name: str):
    return yaml.safe_load((RECIPES / name).read_text())


ROLE = "assumed-role/ci/"


def test_gitlab(job, sandbox):
    deploy = recipe("gitlab-ci.yml")["deploy"]
    assert deploy["variables"]["DAYPASS_ROLE_ARN"] == CI_ROLE
    tokens = {name: minted(sandbox, each["aud"]) for name, each in deploy["id_tokens"].items()}
    here = job(GITLAB_CI="true", **tokens, **deploy["variables"])
    done = here.step("\n".join(deploy["script"]))
    assert ROLE in here.acts_as(done)
    assert "cannot be renewed" in done.stderr and "`duration`" in done.stderr


def test_circleci(job, sandbox):
    deploy = recipe("circleci.yml")["jobs"]["deploy"]
    here = job(CIRCLECI="true", CIRCLE_OIDC_TOKEN_V2=minted(sandbox, "org-id"), **deploy["environment"])
    here.program("circleci", f'[ "$1 $2 $3" = "run oidc get" ] && printf %s {minted(sandbox)}')
    assert ROLE in here.acts_as(here.step(deploy["steps"][0]["run"]))


def test_buildkite(job, sandbox, platform):
    step = recipe("buildkite.yml")["steps"][0]
    service = platform(request={"method": "POST"}, reply={"body": {"token": minted(sandbox)}})
    here = job(
        BUILDKITE="true", BUILDKITE_JOB_ID="1", BUILDKITE_AGENT_ACCESS_TOKEN="CANARY-agent",
        BUILDKITE_AGENT_ENDPOINT=service.url, **step["env"])
    assert ROLE in here.acts_as(here.step(step["command"]))


def test_jenkins(job, sandbox, tmp_path):
    text = (RECIPES / "Jenkinsfile").read_text()
    token = tmp_path / "id-token"
    token.write_text(minted(sandbox))
    here = job(
        JENKINS_URL="https://jenkins.example/", AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        **dict(re.findall(r"^ +(\w+) = '(.*)'$", text, re.M)))
    assert ROLE in here.acts_as(here.step(re.search(r"sh '(.*)'", text).group(1)))


def test_bitbucket(job, sandbox):
    step = recipe("bitbucket-pipelines.yml")["pipelines"]["default"][0]["step"]
    here = job(BITBUCKET_BUILD_NUMBER="7", BITBUCKET_STEP_OIDC_TOKEN=minted(sandbox))
    assert ROLE in here.acts_as(here.step("\n".join(step["script"])))


def test_forgejo(job, sandbox, platform):
    workflow = recipe("forgejo.yml")
    assert workflow["enable-openid-connect"] is True
    deploy = workflow["jobs"]["deploy"]
    service = platform(request={"method": "GET"}, reply={"body": {"value": minted(sandbox)}})
    here = job(
        GITHUB_ACTIONS="true", ACTIONS_ID_TOKEN_REQUEST_URL=f"{service.url}/id?placeholder=true",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="CANARY-job", **deploy["env"])
    assert ROLE in here.acts_as(here.step(deploy["steps"][0]["run"]))


# Later steps. What --detach leaves behind ends with the runner, here a process of the test's own.

RUNNER = """
import json, os, subprocess, sys
for line in sys.stdin:
    step = json.loads(line)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env=step["env"], cwd=step["cwd"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)
"""


class Runner:
    def __init__(self, here: Job):
        self.here = here
        # It is not a step: it lacks what marks one.
        env = {name: here.env[name] for name in ("PATH", "HOME", "TMPDIR")}
        self.popen = subprocess.Popen(
            [sys.executable, "-c", RUNNER], env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True)

    def step(self, script: str, code: int = 0, **variables) -> tuple[str, str]:
        order = {"run": script, "env": self.here.env | variables, "cwd": str(self.here.directory)}
        self.popen.stdin.write(json.dumps(order) + "\n")
        self.popen.stdin.flush()
        got, out, err = json.loads(self.popen.stdout.readline())
        assert got == code, out + err
        return out, err

    def end(self):
        self.popen.stdin.close()
        self.popen.wait(30)


@pytest.fixture
def runner():
    started = []

    def start(here: Job) -> Runner:
        started.append(Runner(here))
        return started[-1]

    yield start
    for each in started:
        each.end()


def blocks(text: str) -> dict:
    """What GITHUB_ENV's file sets for later steps."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark = line.split("<<", 1)
        value = []
        for each in lines:
            if each == mark:
                break
            value.append(each)
        found[name] = "\n".join(value)
    return found


def github(job, sandbox, platform, tmp_path) -> Job:
    service = platform(request={"method": "GET"}, reply={"body": {"value": minted(sandbox)}})
    files = {}
    for name in ("GITHUB_ENV", "GITHUB_PATH"):
        files[name] = str(tmp_path / name)
        Path(files[name]).touch()
    return job(
        GITHUB_ACTIONS="true", GITHUB_ACTION_PATH=str(ACTION.parent), RUNNER_TEMP=str(tmp_path), **files,
        ACTIONS_ID_TOKEN_REQUEST_URL=f"{service.url}/id?api-version=2.0", ACTIONS_ID_TOKEN_REQUEST_TOKEN="CANARY-job")


def run_action(runner: Runner, code: int = 0, **inputs) -> tuple[str, dict]:
    """All its steps, with what GitHub would put into their places. Gives their output and what later steps get."""
    action = yaml.safe_load(ACTION.read_text())
    given = {name: each.get("default", "") for name, each in action["inputs"].items()} | inputs
    out = ""
    for step in action["runs"]["steps"]:
        env = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match.group(1)], value)
            for name, value in step.get("env", {}).items()}
        last = step is action["runs"]["steps"][-1]
        out += runner.step(step["run"], code if last else 0, **env)[0]
    return out, blocks(Path(runner.here.env["GITHUB_ENV"]).read_text())


def later(here: Job, exported: dict) -> dict:
    """GitHub does not know how to take a variable away: what is emptied stays, and is empty."""
    path = Path(here.env["GITHUB_PATH"]).read_text().splitlines()
    return exported | {"PATH": ":".join([*path, here.env["PATH"]])}


def test_github_has_an_endpoint_for_later_steps(job, sandbox, platform, runner, tmp_path):
    here = github(job, sandbox, platform, tmp_path)
    running = runner(here)
    out, exported = run_action(running, **{"role-arn": CI_ROLE})
    token = exported["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    assert out == f"::add-mask::{token}\n"
    assert "AWS_ACCESS_KEY_ID" not in exported
    out, _ = running.step("daypass --version >&2; " + WHO, **later(here, exported))
    assert ROLE in json.loads(out)["Arn"]


def test_github_has_plain_keys_where_they_are_wanted(job, sandbox, platform, runner, tmp_path):
    here = github(job, sandbox, platform, tmp_path)
    running = runner(here)
    out, exported = run_action(
        running, **{"role-arn": CI_ROLE, "keys": "true", "region": "eu-central-1", "session-name": "deploy"})
    secrets = [exported[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")]
    assert out.splitlines() == [f"::add-mask::{secret}" for secret in secrets]
    assert exported["AWS_REGION"] == "eu-central-1"
    out, _ = running.step(WHO, **later(here, exported))
    assert json.loads(out)["Arn"].endswith(f"{ROLE}deploy")


def test_github_says_no_to_a_word_that_is_neither(job, sandbox, platform, runner, tmp_path):
    here = github(job, sandbox, platform, tmp_path)
    out, exported = run_action(runner(here), 64, **{"role-arn": CI_ROLE, "keys": "yes"})
    assert "true or false" in out and exported == {}


def test_github_without_the_permission_says_which(job, sandbox, platform, runner, tmp_path):
    here = github(job, sandbox, platform, tmp_path)
    del here.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    running = runner(here)
    run_action(running, 78, **{"role-arn": CI_ROLE})
    _, error = running.step("daypass token", 78, DAYPASS_SOURCE="github-actions")
    assert "id-token: write" in error and "forks" in error


def test_azure(job, sandbox, platform, runner):
    pipeline = recipe("azure-pipelines.yml")
    one, export, after = pipeline["steps"]
    for step in (one, export):
        assert step["env"] == {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}
    service = platform(request={"method": "POST"}, reply={"body": {"oidcToken": minted(sandbox)}})
    service.traffic *= 2
    here = job(TF_BUILD="True", SYSTEM_OIDCREQUESTURI=f"{service.url}/oidc", **pipeline["variables"])
    running = runner(here)
    out, _ = running.step(one["bash"], SYSTEM_ACCESSTOKEN="CANARY-job")
    assert ROLE in json.loads(out)["Arn"]
    out, _ = running.step(export["bash"], SYSTEM_ACCESSTOKEN="CANARY-job")
    assert out.count("##vso[task.setsecret]") == 1
    variables = dict(re.findall(r"^##vso\[task\.setvariable variable=(\w+)\](.*)$", out, re.M))
    secret = re.search(r"^##vso\[task\.setsecret\](.*)$", out, re.M).group(1)
    assert secret not in str(variables), "a variable is shown in the log"
    out, _ = running.step(after["bash"], **variables)
    assert ROLE in json.loads(out)["Arn"]


# The program

def test_the_program_is_installed_where_it_is_wanted(built, tmp_path):
    install = RECIPES.parent / "install"
    done = subprocess.run(
        [install, "--program", built, "--prefix", tmp_path / "here"], capture_output=True, text=True, check=True)
    installed = Path(done.stdout.splitlines()[-1])
    assert installed == tmp_path / "here/bin/daypass" and os.access(installed, os.X_OK)
    assert installed.read_bytes() == built.read_bytes()
    # With what it becomes beside it, or it could do nothing but look for a cached answer.
    version = subprocess.run([installed, "--version"], env={}, capture_output=True, text=True)
    assert version.returncode == 0 and version.stdout.strip(), version.stderr
    assert "--prefix" in subprocess.run([install, "--help"], capture_output=True, text=True, check=True).stdout
    assert subprocess.run([install, "--elsewhere"], capture_output=True).returncode == 1
