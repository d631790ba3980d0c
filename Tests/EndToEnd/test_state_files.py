"""What somebody else put into the state directory, or made of it: as if absent, said once, not read and not removed."""

import os
import random
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from support.need import need
from support.sandbox import CI_ROLE
from test_kill import living_session

HARMS = [
    "too open", "foreign", "symlink", "hard link", "fifo", "directory", "device", "huge", "empty", "truncated",
    "version 0", "another's", "no line"]


def file(state: Path, kind: str) -> Path:
    if kind == "key":
        return state / "key"
    return next(path for path in state.glob(f"{kind}-*") if path.suffix not in (".lock", ".failed"))


def harm(path: Path, how: str, victim: Path):
    content = path.read_bytes()
    if how in ("foreign", "device") and os.geteuid() != 0:
        pytest.skip("only root can make one")
    if how == "too open":
        path.chmod(0o640)
    elif how == "foreign":
        os.chown(path, 12345, -1)
    elif how in ("symlink", "hard link"):
        path.rename(victim)
        path.symlink_to(victim) if how == "symlink" else path.hardlink_to(victim)
    elif how == "huge":
        os.truncate(path, 100 << 20)
    elif how in ("fifo", "directory", "device"):
        path.unlink()
        if how == "fifo":
            os.mkfifo(path, 0o600)
        elif how == "directory":
            path.mkdir(0o700)
        else:
            os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    else:
        words = content.split(b" ", 3)
        path.write_bytes({
            "empty": b"", "truncated": content[:-1], "version 0": content.replace(b" 1 ", b" 0 ", 1),
            # Credentials where a session should be, and the other way round.
            "another's": b" ".join([words[0], b"session", *words[2:]]) if words[1:2] == [b"credentials"] else
            b" ".join([words[0], b"credentials", *words[2:]]),
            "no line": content.replace(b"\n", b" ", 1)}[how])


def fingerprint(path: Path):
    status = path.lstat()
    regular = stat.S_ISREG(status.st_mode) and status.st_size < 1 << 20
    return (status.st_ino, status.st_mode, status.st_uid, status.st_size, path.read_bytes() if regular else None)


@pytest.mark.parametrize("how", HARMS)
def test_a_session_that_is_not_as_we_left_it(logged_in, sandbox, tmp_path, how):
    path = file(logged_in.state, "session")
    harm(path, how, tmp_path / "victim")
    before = fingerprint(path)
    result = logged_in.run("credential-process", timeout=10).expect(4)
    assert result.out == b"" and result.stderr.count("warning") == 1 and path.name in result.stderr, result.stderr
    assert "daypass login" in result.stderr
    assert fingerprint(path) == before and sandbox.count() == 0


@pytest.mark.parametrize("how", HARMS)
def test_credentials_that_are_not_as_we_left_them(logged_in, sandbox, tmp_path, how):
    path = file(logged_in.state, "credentials")
    victim = tmp_path / "victim"
    harm(path, how, victim)
    theirs = fingerprint(victim)[-1] if victim.exists() else None
    result = logged_in.run("credential-process", timeout=10).expect(0)
    assert result.json()["AccessKeyId"] and sandbox.count("sts") == 1, "bought again"
    assert path.name in result.stderr
    assert theirs is None or fingerprint(victim)[-1] == theirs
    if how != "directory":
        assert result.stderr.count("warning") == 1
        assert logged_in.run("credential-process").expect(0).err == b"" and sandbox.count("sts") == 1


@pytest.mark.parametrize("how", [how for how in HARMS if how not in ("version 0", "another's", "no line")])
def test_a_key_that_is_not_as_we_left_it(logged_in, sandbox, tmp_path, how):
    path = logged_in.state / "key"
    harm(path, how, tmp_path / "victim")
    before, session = fingerprint(path), fingerprint(file(logged_in.state, "session"))
    result = logged_in.run("credential-process", timeout=10).expect(4)
    assert "locked" in result.stderr, result.stderr
    # Other sessions may need it: a login does not replace it, and asks nobody before it says so.
    assert str(path) in logged_in.run("login", timeout=10).expect(78).stderr
    assert fingerprint(path) == before and fingerprint(file(logged_in.state, "session")) == session
    assert sandbox.count() == 0


@pytest.mark.parametrize("kind", ["session", "credentials"])
def test_a_file_of_a_newer_version(logged_in, sandbox, kind):
    path = file(logged_in.state, kind)
    path.write_bytes(path.read_bytes().replace(b" 1 ", b" 2 ", 1))
    before = fingerprint(path)
    if kind == "session":
        result = logged_in.run("credential-process").expect(4)
        assert "newer daypass" in result.stderr and fingerprint(path) == before and sandbox.count() == 0
        assert "newer daypass" in logged_in.run("status").expect(0).stdout
        sandbox.set(auto_approve="alice")
        logged_in.run("login", "--json").expect(0)
    logged_in.run("credential-process").expect(0)


@pytest.mark.parametrize("how", ["symlink", "fifo", "directory", "foreign"])
def test_a_lock_that_is_not_ours(logged_in, sandbox, tmp_path, how):
    credentials = file(logged_in.state, "credentials")
    credentials.unlink()
    path = credentials.with_name(credentials.name + ".lock")
    path.touch(0o600)
    harm(path, how, tmp_path / "victim")
    before = fingerprint(path)
    result = logged_in.run("credential-process", timeout=10).expect(0)
    assert result.json()["AccessKeyId"] and result.stderr.count("warning") == 1 and path.name in result.stderr
    assert fingerprint(path) == before


def test_a_thousand_mutations(make_lanes, everything):
    lanes = make_lanes(living_session)

    def attempt(lane, seed):
        chance = random.Random(seed)
        path = file(lane.daypass.state, chance.choice(["session", "credentials", "key"]))
        content = bytearray(path.read_bytes())
        for _ in range(chance.choice([1, 1, 1, 4, 40])):
            where = chance.randrange(len(content))
            kind = chance.randrange(4)
            if kind == 0:
                content[where] ^= 1 << chance.randrange(8)
            elif kind == 1:
                content[where:where] = chance.randbytes(chance.choice([1, 16, 5000]))
            elif kind == 2 and len(content) > 50:
                del content[where:where + chance.choice([1, 16, 400])]
                content += b" "
            else:
                content[:where] = chance.choice(
                    [b"daypass session 1 ", b"daypass credentials 9999 ", b"{}", b"\n" * 60])
        path.write_bytes(content)
        result = lane.daypass.run(*chance.choice([("credential-process",), ("token",), ("status", "--json")]))
        assert result.code in (0, 4), result.stderr
        assert result.stderr.count("warning") <= 2 and len(result.err) < 2000, result.stderr
        if "credentials" not in path.name:
            assert path.read_bytes() == content, "neither removed nor replaced"

    lanes.try_each(range(1000 if everything else 30), attempt)


# The directory itself


def unusable(result, *words):
    result.expect(78)
    assert result.out == b"" and "warning" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


@pytest.mark.parametrize("verb", ["login", "token", "credential-process", "logout"])
def test_a_directory_that_must_not_be_used(logged_in, sandbox, tmp_path, verb):
    state = logged_in.state
    state.chmod(0o750)
    unusable(logged_in.run(verb), f"chmod 700 {state}")
    state.chmod(0o700)
    state.rename(tmp_path / "elsewhere")
    state.symlink_to(tmp_path / "elsewhere")
    unusable(logged_in.run(verb), "symbolic link", "DAYPASS_HOME")
    state.unlink()
    state.touch(0o600)
    unusable(logged_in.run(verb), "not a directory", "DAYPASS_HOME")
    if os.geteuid() == 0:
        state.unlink()
        (tmp_path / "elsewhere").rename(state)
        os.chown(state, 12345, -1)
        unusable(logged_in.run(verb), "12345", "DAYPASS_HOME")
    assert sandbox.count() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have another's HOME")
def test_root_with_somebody_elses_home(logged_in, sandbox):
    os.chown(logged_in.home, 12345, -1)
    unusable(logged_in.run("token"), "HOME")
    os.chown(logged_in.home, 0, -1)
    logged_in.run("token").expect(0)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, to become nobody at all")
def test_a_user_without_home_and_passwd_entry(daypass, sandbox):
    nobody = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups")
    if subprocess.run([*nobody, "test", "-x", daypass.path], check=False).returncode != 0:
        need("the program lies where other users cannot reach it")
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        token = Path(directory) / "token"
        token.write_text(sandbox.mint())
        daypass.prefix = nobody
        nowhere = {"HOME": None, "XDG_RUNTIME_DIR": None, "TMPDIR": None, "DAYPASS_STORE": None}
        job = nowhere | {
            "DAYPASS_TOKEN_FILE": token, "DAYPASS_ROLE_ARN": CI_ROLE, "DAYPASS_STS_ENDPOINT": sandbox.sts}
        result = daypass.run("credential-process", env=job, cwd="/").expect(0)
        assert result.json()["AccessKeyId"] and len(result.stderr.strip().splitlines()) == 1, result.stderr
        person = nowhere | {"DAYPASS_ISSUER": sandbox.issuer, "DAYPASS_CLIENT_ID": "daypass-demo"}
        unusable(daypass.run("login", env=person, cwd="/"), "DAYPASS_HOME")
        daypass.run("token", env=person, cwd="/").expect(4)
        daypass.prefix = ()
        assert sandbox.count("device_authorization") == 0


# The config file


@pytest.mark.parametrize("harm_of_config", ["writable by a group", "writable by others", "foreign"])
def test_a_config_file_that_others_can_change(logged_in, harm_of_config):
    if harm_of_config == "foreign":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        os.chown(logged_in.config, 12345, -1)
    else:
        logged_in.config.chmod(0o620 if "group" in harm_of_config else 0o602)
    unusable(logged_in.run("token"), str(logged_in.config))


def test_a_config_file_that_others_can_read(logged_in):
    logged_in.config.chmod(0o644)
    logged_in.run("token").expect(0)
