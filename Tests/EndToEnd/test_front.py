"""The front: what it answers by itself, when it does not, and how it becomes the full program."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from support import strace
from support.front import answered_by_front, full_program, logged_in_behind, warm
from support.need import need
from support.program import Daypass
from support.sealing import Sealed, why_no_keyring

VERBS = [("credential-process",), ("token",), ("credentials", "--format", "env"), ("credentials",)]


@pytest.fixture
def person(layout, tmp_path, sandbox, daypass):
    yield from logged_in_behind(layout, tmp_path, sandbox, daypass.watch)


# What it answers


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_cached_answer_is_given_by_the_front(layout, person, sandbox, verb):
    first = person.run(*verb).expect(0).out
    assert warm(layout, person, *verb) == first
    assert answered_by_front(layout, person, *verb) == first
    assert sandbox.count() == 0


@pytest.mark.parametrize("store", ["file", "keyring", "credential"])
def test_whatever_sealed_it_and_only_while_its_key_is_there(layout, person, sandbox, store):
    if store == "keyring":
        need(why_no_keyring())
    person.run("logout").expect(0)
    sealed = Sealed(person, sandbox, store)
    try:
        warm(layout, person, "credential-process")
        assert {key.split(":")[0] for key in sealed.keys()} == {store}
    finally:
        sealed.remove_key()
    layout.became_full()
    person.run("credential-process").expect(4)
    assert layout.became_full() == 1


def test_what_several_keys_sealed_is_not_kept_under_one(layout, person, sandbox):
    """The session's key can go while that of the credentials stays: then the session is locked."""
    need(why_no_keyring())
    sealed = Sealed(person, sandbox, "file")
    person.run("credential-process", "--profile", "other").expect(0)
    sealed = Sealed(person, sandbox, "keyring")
    try:
        assert {key.split(":")[0] for key in sealed.keys()} == {"file", "keyring"}
        layout.became_full()
        for _ in range(3):
            person.run("credential-process", "--profile", "other").expect(0)
            person.run("credential-process").expect(0)
        answers = [path.read_bytes().split(b"\n")[0] for path in person.state.glob("front-*")]
        assert all(b"keyring:" in line for line in answers), answers
    finally:
        sealed.remove_key()


def test_credentials_bought_with_a_token_file(layout, tmp_path, sandbox, daypass):
    program = Daypass(layout.front, tmp_path, daypass.watch)
    token = tmp_path / "token"
    token.write_text(sandbox.mint(aud="sts.amazonaws.com"))
    program.configure(default={
        "token_file": token, "role_arn": "arn:aws:iam::123456789012:role/ci", "sts_endpoint": sandbox.sts})
    first = warm(layout, program, "credential-process")
    token.write_text(sandbox.mint(aud="sts.amazonaws.com", jti="another"))
    assert program.run("credential-process").expect(0).out != first and layout.became_full() == 1
    program.close()


def test_it_opens_four_files_at_most_and_holds_its_memory_to_itself(layout, person):
    need(strace.why_unavailable())
    warm(layout, person, "credential-process")
    calls = strace.record(person, "credential-process")
    assert layout.became_full() == 0
    opened = [call for call in calls if call.name.startswith("open") and not re.search(r"= -1 ", call.text)]
    assert len(opened) <= 4, opened
    names = [call.name for call in calls]
    private = next(index for index, call in enumerate(calls) if "PR_SET_DUMPABLE, SUID_DUMP_DISABLE" in call.text)
    assert private < next(index for index, call in enumerate(calls) if '"key"' in call.text)
    assert not {"socket", "connect", "clone", "clone3", "fork", "rename", "unlink"} & set(names)
    assert len([call for call in calls if call.name == "write" and call.text.startswith("write(1,")]) == 1


def test_another_sign_in_to_the_machine_asks_the_same(layout, person):
    warm(layout, person, "credential-process", env={"XDG_SESSION_ID": "1"})
    answered_by_front(layout, person, "credential-process", env={"XDG_SESSION_ID": "2"})


def test_the_full_program_alone_leaves_nothing_for_a_front(layout, person):
    alone = Daypass(layout.alone, person.directory, person.watch)
    alone.env = person.env
    alone.run("credential-process").expect(0)
    assert not list(person.state.glob("front-*")) and full_program(layout.front) != layout.alone


# When it does not


def changes(sandbox) -> dict:
    def session(person) -> Path:
        return next(path for path in person.state.glob("session-*") if "." not in path.name)

    def credentials(person) -> Path:
        return next(path for path in person.state.glob("credentials-*") if "." not in path.name)

    def entry(person) -> Path:
        return next(person.state.glob("front-*"))

    def swap(person):
        """Two entries trade names: each is sealed to its own."""
        person.run("token").expect(0)
        person.run("token").expect(0)
        first, second = sorted(person.state.glob("front-*"))[:2]
        first.rename(person.state / "x")
        second.rename(first)
        (person.state / "x").rename(second)

    def linked(person):
        path = entry(person)
        path.rename(person.directory / "moved")
        path.symlink_to(person.directory / "moved")

    def state_linked(person):
        person.state.rename(person.directory / "elsewhere")
        person.state.symlink_to(person.directory / "elsewhere")

    def flipped(path: Path):
        content = bytearray(path.read_bytes())
        content[-20] ^= 1
        path.write_bytes(content)

    return {
        "the config file was written again": lambda person: person.configure_text(person.config.read_text()),
        "the config file is gone": lambda person: person.config.unlink(),
        "others may write the config file": lambda person: person.config.chmod(0o666),
        "a logout": lambda person: person.run("logout").expect(0),
        "another login": lambda person: sandbox.log_in(person, user="bob"),
        "the session is gone": lambda person: session(person).unlink(),
        "the credentials are gone": lambda person: credentials(person).unlink(),
        "the credentials are open to others": lambda person: credentials(person).chmod(0o644),
        "the session is damaged": lambda person: flipped(session(person)),
        "the key is gone": lambda person: (person.state / "key").unlink(),
        "the key is another": lambda person: (person.state / "key").write_bytes(os.urandom(32)),
        "the key is open to others": lambda person: (person.state / "key").chmod(0o640),
        "the entry is gone": lambda person: entry(person).unlink(),
        "the entry is damaged": lambda person: flipped(entry(person)),
        "the entry is cut short": lambda person: os.truncate(entry(person), 100),
        "the entry is empty": lambda person: os.truncate(entry(person), 0),
        "the entry is huge": lambda person: os.truncate(entry(person), 1 << 30),
        "the entry is open to others": lambda person: entry(person).chmod(0o604),
        "the entry has another name": lambda person: os.link(entry(person), person.state / "front-x"),
        "the entry is a link": linked,
        "the entry is another's": swap,
        "the state directory is a link": state_linked,
        "the state directory is open to others": lambda person: person.state.chmod(0o750),
        "a renewal failed": lambda person: Path(f"{credentials(person)}.failed").write_text("{}"),
    }


@pytest.mark.parametrize("what", changes(None))
def test_what_has_changed_is_the_full_programs_affair(layout, person, sandbox, what):
    warm(layout, person, "credential-process")
    changes(sandbox)[what](person)
    layout.became_full()
    result = person.run("credential-process")
    assert layout.became_full() == 1, "answered by the front"
    alone = Daypass(layout.alone, person.directory, person.watch)
    alone.env = person.env
    other = alone.run("credential-process")
    # What was bought or renewed by the first is there for the second.
    assert (result.code, result.out) == (other.code, other.out)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")
def test_a_foreign_entry_or_directory_is_not_used(layout, person):
    warm(layout, person, "credential-process")
    entry = next(person.state.glob("front-*"))
    os.chown(entry, 12345, 12345)
    person.run("credential-process").expect(0)
    assert layout.became_full() == 1
    os.chown(person.state, 12345, 12345)
    person.run("credential-process").expect(78)
    assert layout.became_full() == 1


def test_a_logout_leaves_no_answer_behind(layout, person):
    for verb in VERBS:
        warm(layout, person, *verb)
    assert list(person.state.glob("front-*"))
    person.run("logout").expect(0)
    assert not list(person.state.glob("front-*"))


def test_answers_do_not_pile_up_and_the_oldest_go(layout, person):
    person.run("token", env={"DAYPASS_SESSION_NAME": "n0"}).expect(0)
    first, = person.state.glob("front-*")
    for number in range(1, 70):
        person.run("token", env={"DAYPASS_SESSION_NAME": f"n{number}"}).expect(0)
    assert len(list(person.state.glob("front-*"))) == 64 and not first.exists()
    for number in (6, 40, 69):
        answered_by_front(layout, person, "token", env={"DAYPASS_SESSION_NAME": f"n{number}"})


def test_an_answer_that_says_the_same_is_not_written_again(layout, person):
    """The front had no reader just then. (Here it is not asked at all.)"""
    shutil.copy(full_program(layout.built), layout.full)

    def ask():
        subprocess.run([layout.full, "credential-process"], env=person.environment(), capture_output=True, check=True)
        entry, = person.state.glob("front-*")
        found = entry.stat()
        return entry, (found.st_ino, found.st_mtime_ns)

    entry, before = ask()
    assert ask() == (entry, before)
    content = bytearray(entry.read_bytes())
    content[-20] ^= 1
    entry.write_bytes(content)
    assert ask()[1] != before, "what does not open is"


def test_nobody_waits_until_an_answer_is_on_the_disk(layout, person):
    need(strace.why_unavailable())
    person.run("credential-process").expect(0)
    for path in person.state.glob("front-*"):
        path.unlink()
    calls = strace.record(person, "credential-process")
    assert any(call.name == "renameat" and "front-" in call.text for call in calls)
    assert not [call for call in calls if call.name in ("fsync", "fdatasync")]


@pytest.mark.parametrize("args, env", [
    (("credential-process", "--min-ttl", "2h"), {}), (("credentials", "--format", "github"), {"GITHUB_ENV": "out"}),
    (("credentials", "--format", "env"), {"GITLAB_CI": "true"}), (("credential-process", "--log-level", "info"), {}),
    (("credential-process",), {"DAYPASS_NO_SUCH": "1"}),
], ids=str)
def test_what_is_more_than_an_answer_is_never_the_fronts(layout, person, args, env):
    """A request, a file that is appended to, keys to be blotted out, a word on standard error: each time anew."""
    (person.directory / "out").touch()
    layout.became_full()
    for _ in range(3):
        person.run(*args, env=env).expect(0)
    assert layout.became_full() == 3
    assert not list(person.state.glob("front-*"))


def test_a_home_of_the_password_database_is_looked_up_each_time(layout, person):
    env = {"HOME": None, "DAYPASS_CONFIG": person.config, "DAYPASS_HOME": person.state}
    layout.became_full()
    for _ in range(3):
        person.run("credential-process", env=env).expect(0)
    assert layout.became_full() == 3


def test_root_is_told_of_somebody_elses_home(layout, person):
    need(None if os.geteuid() == 0 else "needs root")
    warm(layout, person, "credential-process")
    os.chown(person.home, 12345, 12345)
    assert person.run("credential-process").expect(78).stderr.count("HOME=") == 1


# Output


def outputs(directory: Path) -> dict:
    def closed_pipe():
        reading, writing = os.pipe()
        os.close(reading)
        return writing
    return {
        "/dev/full": lambda: os.open("/dev/full", os.O_WRONLY),
        "for reading": lambda: os.open("/dev/null", os.O_RDONLY),
        "nobody reads": closed_pipe,
    }


@pytest.mark.parametrize("where", ["/dev/full", "for reading", "nobody reads"])
def test_output_that_cannot_be_written_is_74(layout, person, tmp_path, where):
    warm(layout, person, "credential-process")
    seen = []
    for program in (layout.front, layout.alone):
        out = outputs(tmp_path)[where]()
        done = subprocess.run(
            [program, "credential-process"], env=person.environment(), stdout=out, stderr=subprocess.PIPE)
        os.close(out)
        seen.append((done.returncode, done.stderr))
    assert seen[0] == seen[1] and seen[0][0] == 74, seen


def test_closed_standard_descriptors(layout, person):
    warm(layout, person, "credential-process")
    for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
        seen = [
            subprocess.run(
                ["/bin/sh", "-c", f'"$0" credential-process {closed}', program], env=person.environment(),
                capture_output=True)
            for program in (layout.front, layout.alone)]
        assert seen[0].returncode == seen[1].returncode and seen[0].stdout == seen[1].stdout, closed
        assert seen[0].stderr == seen[1].stderr, closed


def test_a_full_pipe_is_waited_for_as_ever(layout, person):
    """Nobody reads for now: an interrupt ends the wait with its exit code."""
    warm(layout, person, "credential-process")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    running = subprocess.Popen(
        [layout.front, "credential-process"], env=person.environment(), stdout=writing, stderr=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(1)
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 143
    os.close(reading)
    os.close(writing)
