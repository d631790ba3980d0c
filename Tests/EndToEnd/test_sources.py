"""Every source by the same rules. scenarios/SOURCE/CASE.json holds what is here (variables, files, programs), what may
be asked and what is answered, and what must come of it; a new source is a new folder."""

import contextlib
import fcntl
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support import mounts
from support.https import ConnectProxy
from support.need import need
from support.platform import Platform, token

SCENARIOS = Path(__file__).parent / "scenarios"
CASES = sorted(f"{path.parent.name}/{path.stem}" for path in SCENARIOS.glob("*/*.json"))
SOURCES = sorted(path.name for path in SCENARIOS.iterdir())


class World:
    """One scenario put into place."""

    def __init__(self, daypass, directory: Path, scenario: dict, authority):
        self.platform = Platform()
        self.daypass = daypass
        self.directory = directory
        self.tokens = {}
        self.left: list[Path] = []
        self.mountpoint = None
        self.scenario = scenario = self._filled(scenario)
        self.platform.traffic = scenario.get("traffic", [])
        for name, content in scenario.get("files", {}).items():
            (directory / name).write_text(content)
        programs = directory / "bin"
        programs.mkdir()
        for name, script in scenario.get("programs", {}).items():
            path = programs / name
            path.write_text(f'#!/bin/sh\nfor word; do printf "%s\\0" "$word" >>{directory}/calls; done\n{script}\n')
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        for name, value in scenario.get("env", {}).items():
            if "CANARY" in value:
                daypass.watch.secret(value)
        self.env = {"PATH": f"{programs}:/usr/bin:/bin", **scenario.get("env", {})}
        if "tls" in scenario:
            # The platform's own names lead here, by way of a proxy.
            files = authority.issue("platform", hosts=scenario["tls"])
            self.proxy = ConnectProxy(self.platform.also_with_tls(*map(str, files)))
            self.env |= {"HTTPS_PROXY": self.proxy.url, "DAYPASS_CA_FILE": str(authority.ca_file)}
        if "socket" in scenario:
            self._put_socket(Path(scenario["socket"]))
        if scenario.get("settings"):
            daypass.configure(default=scenario["settings"])

    def _put_socket(self, path: Path):
        """At the very path, for daypass alone: in a mount namespace of its own."""
        need(mounts.why_unavailable())
        directory = Path(tempfile.mkdtemp(prefix="daypass-"))
        self.platform.also_at(directory / path.name)
        # The empty directory it is mounted on is the machine's. Whoever is the last to need it takes it away.
        self.lock = open(Path(tempfile.gettempdir()) / "daypass-tests-machine.lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_SH)
        path.parent.mkdir(exist_ok=True)
        self.left = [directory / path.name, directory]
        self.mountpoint = path.parent
        self.daypass.prefix = (
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            f'mount --bind "$0" {path.parent} && exec "$@"', directory)

    def end(self):
        self.platform.stop()
        for path in self.left:
            path.rmdir() if path.is_dir() else path.unlink()
        if self.mountpoint:
            with contextlib.suppress(OSError), self.lock:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.mountpoint.rmdir()

    def _filled(self, value):
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, str):
            return value
        value = value.replace("{platform}", self.platform.url).replace("{directory}", str(self.directory))
        value = value.replace("{host}", self.platform.url.removeprefix("http://"))
        return re.sub(r"\{(token|expired)(?::([^}]*))?\}", self._token, value)

    def _token(self, match) -> str:
        kind, audience = match.groups()
        if match.group() not in self.tokens:
            made = token(audience or "sts.amazonaws.com", lifetime=-30 if kind == "expired" else 300)
            self.tokens[match.group()] = self.daypass.watch.secret(made)
        return self.tokens[match.group()]


@pytest.fixture
def place(daypass, tmp_path, authority):
    worlds = []

    def put(name: str) -> World:
        directory = tmp_path / "job"
        directory.mkdir()
        worlds.append(World(daypass, directory, json.loads((SCENARIOS / f"{name}.json").read_text()), authority))
        return worlds[-1]

    yield put
    for world in worlds:
        world.end()


@pytest.mark.parametrize("name", CASES)
def test_scenario(place, daypass, name):
    world = place(name)
    outcome = world.scenario["outcome"]
    survey = {each["name"]: each for each in daypass.run("source", "--json", env=world.env).expect(0).json()["sources"]}
    assert [each for each in survey if survey[each]["would_be_used"]] == [name.split("/")[0]]
    assert world.platform.requests == [], "to look around needs no request"
    result = daypass.run("token", "--log-level", "trace", env=world.env).expect(outcome["exit"])
    assert result.stdout == outcome.get("token", result.stdout if outcome["exit"] == 0 else "")
    for words in outcome.get("says", []):
        assert words in result.stderr
    world.platform.check()
    if "calls" in world.scenario:
        words = (world.directory / "calls").read_text().split("\0")[:-1]
        assert words == [word for call in world.scenario["calls"] for word in call]


@pytest.mark.parametrize("source", SOURCES)
def test_absent(daypass, source):
    if source == "google-metadata":
        pytest.skip("by name it asks, marked or not")
    result = daypass.run("token", "--source", source).expect(78)
    assert len(result.stderr.splitlines()) == 1


def test_every_source_has_scenarios(daypass):
    names = {each["name"] for each in daypass.run("source", "--json").expect(0).json()["sources"]}
    # A SAML response is no token: test_saml.py.
    assert names - {"login", "saml"} == set(SOURCES)


def test_the_survey_fits_a_small_screen(daypass, place):
    world = place("github-actions/present")
    text = daypass.run("source", env=world.env).expect(0).stdout
    assert text.startswith("github-actions would be used\n") and "CANARY" not in text
    assert all(len(line) <= 80 for line in text.splitlines()) and len(text.splitlines()) < 24
    daypass.run("source").expect(0)


def test_without_any_identity_all_that_was_looked_for_is_named(daypass):
    error = daypass.run("token").expect(78).stderr
    for name in ("token_file", "client_id", "GITHUB_ACTIONS", "AWS_WEB_IDENTITY_TOKEN_FILE", "product_name"):
        assert name in error


# What others send

# It knows Google's metadata service by its name and the machine by a file, neither of which a variable can move.
REFERENCE = """
import os, sys
from id import detect_credential
from id._internal.oidc import ambient
if host := os.environ.get("GCE_METADATA_HOST"):
    ambient._GCP_PRODUCT_NAME_FILE = sys.argv[2]
    for name in ("_GCP_IDENTITY_REQUEST_URL", "_GCP_TOKEN_REQUEST_URL"):
        setattr(ambient, name, getattr(ambient, name).replace("http://metadata/", f"http://{host}/"))
sys.stdout.write(detect_credential(sys.argv[1]) or "")
"""


@pytest.mark.parametrize("name", [
    "github-actions/present", "gitlab/present", "buildkite/agent", "google-metadata/present"])
@pytest.mark.parametrize("audience", ["sts.amazonaws.com"])
def test_the_reference_implementation_sends_the_same(place, daypass, name, audience):
    pytest.importorskip("id")
    world = place(name)
    ours = daypass.run("token", "--audience", audience, env=world.env).expect(0).stdout
    our_requests, world.platform.requests = world.platform.requests, []
    our_calls = _calls(world)
    theirs = subprocess.run(
        [sys.executable, "-c", REFERENCE, audience, product(world)],
        env={**world.env, "HOME": str(world.directory)}, capture_output=True, text=True, timeout=60)
    assert theirs.stdout == ours, theirs.stderr
    shown = ("method", "target", "body")
    assert [[each[name] for name in shown] for each in our_requests] == [
        [each[name] for name in shown] for each in world.platform.requests]
    for header in ("authorization", "metadata-flavor"):
        assert [each["headers"].get(header) for each in our_requests] == [
            each["headers"].get(header) for each in world.platform.requests]
    assert _calls(world) == our_calls


def product(world) -> str:
    path = world.directory / "product_name"
    path.write_text("Google Compute Engine\n")
    return str(path)


def test_the_reference_implementation_asks_circleci_the_same_but_for_the_issuer(place, daypass):
    """It asks for a token of the issuer that all organizations share; a role should trust one organization's own."""
    pytest.importorskip("id")
    world = place("circleci/minted")
    daypass.run("token", "--audience", "sts.amazonaws.com", env=world.env).expect(0)
    ours = _calls(world).decode().split("\0")[:-1]
    theirs = subprocess.run(
        [sys.executable, "-c", REFERENCE, "sts.amazonaws.com"], env={**world.env, "HOME": str(world.directory)},
        capture_output=True, text=True, timeout=60)
    assert theirs.returncode == 0, theirs.stderr
    words = _calls(world).decode().split("\0")[:-1]
    assert words[:-1][:4] == ours[:4] and words[-1] == "--root-issuer"
    assert json.loads(words[4]) == json.loads(ours[4]) and len(words) == len(ours) + 1


def _calls(world) -> bytes:
    path = world.directory / "calls"
    if not path.exists():
        return b""
    content = path.read_bytes()
    os.remove(path)
    return content


# To the end: a command that asks who it is

ROLE = "arn:aws:iam::123456789012:role/ci"
WHO = ["aws", "sts", "get-caller-identity", "--output", "json"]


@pytest.mark.parametrize("name", [
    f"{source}/present" for source in ("file", "env", "command", "url", "github-actions")])
@pytest.mark.xdist_group("real servers")
def test_exec_through_moto(place, daypass, moto, name):
    world = place(name)
    aws = Path(sys.executable).parent
    env = world.env | {
        "PATH": f"{world.directory}/bin:{aws}:/usr/bin:/bin",
        "AWS_ENDPOINT_URL_STS": moto.url, "AWS_DEFAULT_REGION": "us-east-1",
        "DAYPASS_ROLE_ARN": ROLE, "DAYPASS_SESSION_NAME": "job"}
    result = daypass.run("exec", "--", *WHO, env=env).expect(0)
    assert "assumed-role/ci/job" in json.loads(result.stdout)["Arn"]
    world.platform.check()
