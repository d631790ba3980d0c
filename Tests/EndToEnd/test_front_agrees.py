"""Front and full program never disagree: whatever is changed between two calls, both say the same."""

import os
import random
import re
import shutil
from pathlib import Path

import pytest

from support.front import Layout, run_raw, warm
from support.program import Daypass

# All of them with ci/test --all; a sample otherwise.
ALL, SAMPLE, BATCH = 1000, 40, 20

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
SETTINGS = {
    "role_arn": ["arn:aws:iam::123456789012:role/demo", "arn:aws:iam::123456789012:role/alice-only", "arn:x", ""],
    "session_name": ["one", "two", "a b"], "duration": ["15m", "1h", "max", "90000"], "region": ["eu-west-1", "x y"],
    "audience": ["sts.amazonaws.com", "other"], "strict": ["true", "false", "maybe"], "store": ["file", "auto", "none"],
    "expect_account": ["123456789012", "999999999999"], "expect_role": ["demo", "other"],
    "expect_subject": ["alice", "bob"], "session": ["second"], "timeout": ["2", "0", "x"],
    "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "token_file": ["/nowhere"], "source": ["login", "auto"],
    "ca_file": ["/nowhere", "/etc/passwd"], "scopes": ["openid"], "client_id": ["daypass-demo", "nobody"],
    "verify_token": ["true"], "no_such": ["1"], "token_env": ["HOME"], "client_secret_file": ["/nowhere"],
}
VARIABLES = {
    "HOME": ["/", "/nowhere", ""], "XDG_CONFIG_HOME": ["/nowhere", "relative", ""],
    "XDG_STATE_HOME": ["/nowhere", "x", ""],
    "DAYPASS_HOME": ["state", "/nowhere/x", "", "HOME/.local/state/daypass", "HOME/.local/state/daypass//"],
    "DAYPASS_CONFIG": ["/nowhere", "", "HOME/.config/daypass/config.toml"],
    "DAYPASS_PROFILE": ["default", "other", "absent", ""], "DAYPASS_LOG_LEVEL": ["info", "error", "x"],
    "DAYPASS_COLOR": ["always", "x"], "AWS_REGION": ["eu-central-1", "", "x y"], "AWS_DEFAULT_REGION": ["eu-west-3"],
    "AWS_ENDPOINT_URL_STS": ["http://127.0.0.1:1/sts", "x"], "AWS_CA_BUNDLE": ["/nowhere"],
    "SSL_CERT_FILE": ["/nowhere"],
    "AWS_ROLE_ARN": ["arn:aws:iam::123456789012:role/other"], "AWS_ROLE_SESSION_NAME": ["x"],
    "AWS_WEB_IDENTITY_TOKEN_FILE": ["/nowhere"], "AWS_PROFILE": ["other"], "CREDENTIALS_DIRECTORY": ["/nowhere", "x"],
    "GITHUB_ACTIONS": ["true"], "GITLAB_CI": ["true"], "ACTIONS_ID_TOKEN_REQUEST_URL": ["https://x"],
    "OPENSSL_CONF": ["/nowhere", "/etc/passwd"], "LANG": ["C", "x"], "LC_ALL": ["de_DE.UTF-8"], "NO_COLOR": ["1"],
    "TERM": ["dumb"], "PATH": ["", "/nowhere"], "TMPDIR": ["/nowhere"], "https_proxy": ["http://127.0.0.1:1"],
    "TZ": ["Asia/Tokyo"], "PWD": ["/"],
}
CALLS = [
    ["credential-process"], ["token"], ["credentials"], ["credentials", "--format", "env"],
    ["credentials", "--format", "ini"], ["credential-process", "--profile", "other"],
    ["token", "--min-ttl", "5m"], ["credential-process", "--min-ttl=10m"], ["credentials", "--format", "dotenv"],
    ["credential-process", "--session-policy-file", "policy.json"], ["token", "--strict"],
]
WORDS = [
    "-h", "--help", "--version", "--", "", "-", "x", "--profile", "--profile=default", "--profile=other",
    "--prof=other",
    "--min-ttl=0", "--min-ttl=59m", "--min-ttl=2h", "--min-ttl", "10m", "--format", "--format=env", "--format=github",
    "--log-level=info", "--log-level=trace", "--strict", "--no-strict", "--config", "--config=/nowhere",
    "--color=always",
    "--role-arn=arn:aws:iam::123456789012:role/alice-only", "--session-name=z", "--region=eu-west-2", "--issuer=x",
    "--generate-completion-script", "\udcff", "--scope=openid", "credential-process", "token", "@file", "help",
]


class World:
    """A person's machine, as it was a moment ago; mutations are done to it."""

    def __init__(self, layout: Layout, template: Path, directory: Path, watch):
        shutil.copytree(template, directory, symlinks=True)
        self.program = Daypass(layout.front, directory, watch)
        self.layout = layout
        self.argv = [b"daypass"]
        self.env: list[bytes] = []

    def begin(self, call: list[str]):
        """Until the front answers."""
        warm(self.layout, self.program, *call)
        self.argv = [b"daypass", *map(os.fsencode, call)]
        self.env = [os.fsencode(f"{key}={value}") for key, value in self.program.environment().items()]
        self.layout.became_full()

    def ask(self, path: Path):
        code, out, err = run_raw(path, self.argv, self.env, self.program.directory)
        # A moment of the next try, seconds left: what time itself changes between two calls.
        return code, out, re.sub(rb"\d+ (s|min)\b|\d\d:\d\d:\d\dZ", b"TIME", err)

    def has_doubled_names(self) -> bool:
        names = [entry.partition(b"=")[0] for entry in self.env]
        return len(names) != len(set(names))

    def file(self, random: random.Random) -> Path:
        """Anything that is there to be changed."""
        return random.choice(sorted(path for path in self.program.home.rglob("*") if path.is_file()) + [
            self.program.directory / "policy.json"])


# Mutations


def environment(world: World, random: random.Random):
    name = random.choice(sorted(VARIABLES) + [f"DAYPASS_{key.upper()}" for key in SETTINGS])
    values = VARIABLES.get(name) or SETTINGS[name.removeprefix("DAYPASS_").lower()]
    value = random.choice(values).replace("HOME", str(world.program.home))
    entry = os.fsencode(f"{name}={value}")
    start = os.fsencode(name + "=")
    match random.randrange(6):
        case 0:
            world.env = [each for each in world.env if not each.startswith(start)]
        case 1:
            world.env.append(entry)
        case 2:
            world.env.insert(0, entry)
        case 3:
            world.env.insert(0, start + b"\xff\xfe")
        case 4:
            random.shuffle(world.env)
        case 5:
            world.env = [each for each in world.env if not each.startswith(start)] + [entry]
    return f"environment {name}={value}"


def arguments(world: World, random: random.Random):
    word = os.fsencode(random.choice(WORDS))
    match random.randrange(4):
        case 0:
            world.argv.append(word)
        case 1:
            world.argv.insert(random.randrange(1, len(world.argv) + 1), word)
        case 2:
            world.argv[random.randrange(len(world.argv))] = word
        case 3:
            del world.argv[random.randrange(len(world.argv))]
    return f"arguments {world.argv}"


def configuration(world: World, random: random.Random):
    path = world.program.config
    text = path.read_text(errors="surrogateescape") if path.is_file() else ""
    key = random.choice(sorted(SETTINGS))
    value = random.choice(SETTINGS[key])
    line = f'{key} = "{value}"\n'
    status = path.stat() if path.exists() else None
    new = random.choice([
        text.replace("[profile.default]\n", "[profile.default]\n" + line), text + line, text + "# x\n", text[:-9],
        line, "", text.replace("demo", "omed"), text.replace("[profile.other]", "[profile.third]"),
        text.replace("\n", "\r\n"), text])
    path.write_text(new, errors="surrogateescape")
    if status and random.randrange(2):
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return f"configuration {line!r}"


def files(world: World, random: random.Random):
    path = world.file(random)
    content = path.read_bytes()
    status = path.stat()
    aside = world.program.directory / "aside"
    what = random.randrange(14)
    match what:
        case 0:
            path.unlink()
        case 1 | 2:
            changed = bytearray(content or b"x")
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
            path.write_bytes(changed)
            if what == 2:
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        case 3:
            os.truncate(path, random.randrange(len(content) + 1))
        case 4:
            path.chmod(random.choice([0o000, 0o400, 0o604, 0o640, 0o644, 0o660, 0o666, 0o700, 0o777]))
        case 5:
            path.rename(aside)
            path.symlink_to(aside)
        case 6:
            os.link(path, aside)
        case 7:
            path.unlink()
            path.write_bytes(content)
            path.chmod(status.st_mode & 0o777)
        case 8:
            other = world.file(random)
            path.rename(aside)
            if other != path:
                other.rename(path)
                aside.rename(other)
        case 9:
            shutil.copy(world.file(random), aside)
            aside.rename(path)
        case 10:
            path.unlink()
            path.mkdir()
        case 11:
            path.unlink()
            os.mkfifo(path, 0o600)
        case 12:
            with path.open("ab") as file:
                file.write(random.randbytes(random.choice([1, 100, 1 << 20])))
        case 13:
            os.utime(path, (0, random.choice([0, 1, 4102444800])))
    return f"file {path.name} ({what})"


def directories(world: World, random: random.Random):
    path = random.choice([world.program.state, world.program.config.parent, world.program.home])
    what = random.randrange(4)
    match what:
        case 0:
            path.chmod(random.choice([0o500, 0o711, 0o750, 0o755, 0o777, 0o700]))
        case 1:
            path.rename(world.program.directory / "aside")
            path.symlink_to(world.program.directory / "aside")
        case 2:
            path.rename(world.program.directory / "aside")
        case 3:
            shutil.copytree(path, world.program.directory / "copy", symlinks=True)
            shutil.rmtree(path)
            (world.program.directory / "copy").rename(path)
    return f"directory {path.name} ({what})"


def additions(world: World, random: random.Random):
    state = world.program.state
    names = sorted(path.name for path in state.iterdir())
    name = random.choice(names) + random.choice([".failed", ".lock", ".login", "x"])
    failure = b'{"until":99999999999,"at":1,"message":"m","kind":"unreachable"}'
    content = random.choice([b"", b"{}", failure, b"\xff" * 300])
    (state / name).write_bytes(content)
    (state / name).chmod(random.choice([0o600, 0o644]))
    return f"addition {name}"


MUTATIONS = [environment, environment, arguments, configuration, files, files, directories, additions]


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Layout:
    return Layout(built, tmp_path_factory.mktemp("installed"))


def mutate(world: World, chance: random.Random) -> str:
    try:
        return chance.choice(MUTATIONS)(world, chance)
    except OSError as error:
        return f"nothing: an earlier change left no {error.filename}"


def case(world: World, number: int) -> bool:
    """Whether the front answered after the change."""
    chance = random.Random(number)
    call = chance.choice(CALLS)
    world.begin(call)
    done = [mutate(world, chance) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    answers = []
    # The second may be answered with what the full program left at the first.
    for _ in range(2):
        front = world.ask(world.layout.front)
        by_front = world.layout.became_full() == 0
        full = world.ask(world.layout.alone)
        what = f"case {number}: {call}, then {done}\nfront {front}\nfull  {full}"
        if by_front:
            # It has changed nothing, so the full program met the same world.
            assert front == full, what
        elif not world.has_doubled_names():
            # It was the full program, which may have mended something, or bought what is printed once. Of a doubled
            # variable the shell that marks its start hands on the last one alone.
            assert front[0] == full[0] and bool(front[1]) == bool(full[1]), what
        answers.append(by_front)
    return answers[0]


@pytest.mark.parametrize("batch", [
    pytest.param(batch, marks=[] if batch < SAMPLE // BATCH else pytest.mark.slow) for batch in range(ALL // BATCH)])
def test_whatever_is_changed(batch, installed, tmp_path, sandbox, daypass):
    template = tmp_path / "template"
    person = Daypass(installed.alone, template, daypass.watch)
    (template / "policy.json").write_text(POLICY)
    # Whoever is sent to a server that is not there gives up soon.
    person.configure(
        default=sandbox.profile(timeout=1),
        other=sandbox.profile(session_policy_file="policy.json", session_name="other", timeout=1))
    sandbox.log_in(person)
    for call in CALLS:
        person.run(*call).expect(0)
    by_front = 0
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        world = World(installed, template, tmp_path / f"world-{number}", daypass.watch)
        by_front += case(world, number)
        shutil.rmtree(world.program.directory, ignore_errors=True)
    # What changes nothing that counts is the front's to answer: this test would see nothing if it never did.
    assert 0 < by_front < BATCH
