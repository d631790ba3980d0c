"""Fixtures of the end-to-end tests: the program in a world of its own, and real servers beside it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from support import glewlwyd as glewlwyd_server  # noqa: E402
from support import moto as moto_server  # noqa: E402
from support import screen  # noqa: E402
from support import seaweedfs as seaweedfs_server  # noqa: E402
from support import strace  # noqa: E402
from support.certificates import Authority  # noqa: E402
from support.front import Layout  # noqa: E402
from support.lanes import Lanes, processors  # noqa: E402
from support.need import need  # noqa: E402
from support.program import Daypass  # noqa: E402
from support.sandbox import Sandbox  # noqa: E402
from support.scene import Scene  # noqa: E402
from support.service import Service  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: runs with ci/test --all"))


def pytest_make_parametrize_id(val, argname):
    """Short where a value is long: it becomes part of every child's environment, which has room for 128 KiB."""
    return f"{argname} of {len(val)}" if isinstance(val, (str, bytes)) and len(val) > 200 else None


def pytest_collection_finish(session):
    """With a pytest that it does not know, xdist groups nothing, and says nothing of it."""
    for item in session.items if getattr(session.config.option, "loadgroup", False) else []:
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(f"@{group.args[0]}"):
            raise pytest.UsageError(f"{item.nodeid} is not in its group, {group.args[0]}: which versions are these?")


@pytest.fixture(scope="session")
def built() -> Path:
    """The release program: DAYPASS, or what ci/build makes."""
    if path := os.environ.get("DAYPASS"):
        return Path(path).resolve()
    lines = subprocess.run([ROOT / "ci/build"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return Path(lines[-1])


@pytest.fixture
def daypass(built, tmp_path):
    program = Daypass(built, tmp_path)
    yield program
    program.close()


@pytest.fixture
def make_sandbox(built, tmp_path, daypass):
    """Starts sandboxes with options of their own; their secrets are watched for in everything daypass writes."""
    started = []

    def start(*options, **settings) -> Sandbox:
        name = f"sandbox-{len(started)}"
        started.append(Sandbox(built.parent / "daypass-sandbox", tmp_path / name, daypass.watch, *options, **settings))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()


@pytest.fixture
def sandbox(make_sandbox) -> Sandbox:
    return make_sandbox()


@pytest.fixture
def person(daypass, sandbox):
    """daypass configured for the sandbox, with a role; nobody has logged in yet."""
    daypass.configure(default=sandbox.profile())
    return daypass


@pytest.fixture
def logged_in(person, sandbox):
    sandbox.log_in(person)
    sandbox.reset_counters()
    return person


@pytest.fixture
def serve(daypass):
    """Starts `daypass serve` on a free port; whoever wants more says so in arguments."""
    return lambda *args, **options: Service(daypass, *args, **options)


@pytest.fixture
def scene(daypass, sandbox, make_sandbox, authority, tmp_path):
    """All that a fault is planted with."""
    made = Scene(daypass, sandbox, make_sandbox, authority, tmp_path)
    yield made
    made.end()


@pytest.fixture
def expired(daypass, sandbox):
    """Somebody whose ID token has just expired; whether it can be renewed is the session's affair."""
    sandbox.set(id_token_lifetime=1)
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass)
    time.sleep(2)
    return daypass


@pytest.fixture
def layout(built, tmp_path) -> Layout:
    """An installation in which it can be seen who answered."""
    return Layout(built, tmp_path / "installed")


# Many tries of one situation


@pytest.fixture
def make_lanes(built, tmp_path):
    """Lanes in which a run can be killed or made to fail at any system call."""
    need(strace.why_unavailable())
    made = []

    def make(prepare, count: int = processors()) -> Lanes:
        made.append(Lanes(built, tmp_path, prepare, count))
        return made[-1]

    yield make
    for lanes in made:
        lanes.close()


@pytest.fixture
def everything(request) -> bool:
    """Whether each case is tried (ci/test --all), or a sample."""
    return request.config.getoption("--slow")


# Real servers, one of each for every worker


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "daypass end-to-end tests")


@pytest.fixture(scope="session")
def glewlwyd(tmp_path_factory):
    yield from _server(
        glewlwyd_server.why_unavailable(), lambda: glewlwyd_server.Glewlwyd(tmp_path_factory.mktemp("glewlwyd")))


@pytest.fixture(scope="session")
def glewlwyd_tls(tmp_path_factory, authority):
    yield from _server(
        glewlwyd_server.why_unavailable(),
        lambda: glewlwyd_server.Glewlwyd(tmp_path_factory.mktemp("glewlwyd-tls"), authority))


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory, glewlwyd, glewlwyd_tls):
    yield from _seaweedfs(tmp_path_factory, glewlwyd, glewlwyd_tls, None)


@pytest.fixture(scope="session")
def seaweedfs_tls(tmp_path_factory, glewlwyd, glewlwyd_tls, authority):
    yield from _seaweedfs(tmp_path_factory, glewlwyd, glewlwyd_tls, authority)


def _seaweedfs(tmp_path_factory, glewlwyd, glewlwyd_tls, authority):
    clients = [glewlwyd_server.CLIENT, glewlwyd_server.CONFIDENTIAL_CLIENT]
    issuers = [(each.issuer, clients, each.ca_file) for each in (glewlwyd, glewlwyd_tls)]
    yield from _server(
        seaweedfs_server.why_unavailable(),
        lambda: seaweedfs_server.SeaweedFS(tmp_path_factory.mktemp("seaweedfs"), issuers, authority))


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    yield from _server(moto_server.why_unavailable(), lambda: moto_server.Moto(tmp_path_factory.mktemp("moto")))


@pytest.fixture(scope="session")
def display(tmp_path_factory):
    yield from _server(screen.why_unavailable(), lambda: screen.Display(tmp_path_factory.mktemp("display")))


def _server(reason, start):
    need(reason)
    server = start()
    yield server
    server.stop()
