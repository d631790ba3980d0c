"""How the front becomes the full program, and what is said where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.front import full_program, logged_in_behind, run_raw, warm

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def person(layout, tmp_path, sandbox, daypass):
    yield from logged_in_behind(layout, tmp_path, sandbox, daypass.watch)


@pytest.fixture
def mirror(layout, tmp_path) -> Path:
    """In the full program's place one that says what it was given."""
    script = tmp_path / "mirror.py"
    script.write_text(
        "import json, os, sys\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status') if ':' in l)\n"
        "line = open('/proc/self/cmdline', 'rb').read().split(b'\\0')\n"
        "fds = sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1]\n"
        "json.dump({'argv': [w.decode(errors='surrogateescape') for w in line[3:-1]], 'env': dict(os.environ),\n"
        "  'fds': fds, 'umask': status['Umask'].strip(),\n"
        "  'signals': [status[k].strip() for k in ('SigBlk', 'SigIgn', 'SigCgt')],\n"
        "  'limits': open('/proc/self/limits').read()}, sys.stdout)\n")
    layout.full.unlink()
    layout.full.write_text(f"#!{sys.executable} {script}\n")
    layout.full.chmod(0o755)
    return script


@pytest.mark.parametrize("args", [["credential-process", "--x"], ["login", ""], [], ["exec", "--", "a b"]], ids=str)
def test_everything_is_handed_on_as_it_was_given(layout, mirror, tmp_path, args):
    def given(program):
        descriptors = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
        script = 'trap "" USR1 PIPE; ulimit -c 5; umask 027; exec "$@"'
        done = subprocess.run(
            ["/bin/sh", "-c", script, "sh", *program, *args], capture_output=True, pass_fds=descriptors,
            env={"PATH": os.environ["PATH"], "HOME": "/", "B": "1", "A": "ä"})
        for descriptor in descriptors:
            os.close(descriptor)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    through = given([str(layout.front)])
    directly = given([sys.executable, str(mirror), "x"])
    assert through.pop("argv") == args and directly.pop("argv") == args
    assert through == directly


def test_it_does_not_become_itself_for_ever(layout, person):
    layout.full.unlink()
    layout.full.symlink_to(layout.front)
    assert "ci/install" in person.run("status").expect(70).stderr


def test_without_its_full_program_it_says_so(layout, person):
    layout.full.unlink()
    result = person.run("status").expect(70)
    assert "libexec/daypass/daypass" in result.stderr and "ci/install" in result.stderr


def test_a_loader_that_is_not_there_is_not_called_a_missing_program(layout, person):
    """As on Alpine: the file is there, and the kernel says that it is not."""
    content = full_program(layout.built).read_bytes()
    assert b"/ld-linux" in content
    layout.full.write_bytes(content.replace(b"/ld-linux", b"/ld-nosux", 1))
    told = person.run("status").expect(70).stderr
    assert f"{layout.full}: the loader that it names is not on this system" in told and "--bundle" in told


def test_an_installation_over_a_bundle_uses_the_systems_libraries(layout, tmp_path):
    prefix = tmp_path / "over"
    (prefix / "libexec/daypass").mkdir(parents=True)
    old = prefix / "libexec/daypass/ld.so"
    old.write_text("#!/bin/sh\nexit 99\n")
    old.chmod(0o755)
    for _ in range(2):
        subprocess.run(
            [ROOT / "ci/install", "--prefix", prefix, "--program", layout.built], check=True, capture_output=True)
        assert not old.exists()
    assert subprocess.run([prefix / "bin/daypass", "--version"], capture_output=True).returncode == 0


@pytest.mark.parametrize("argv0", [b"daypass", b"", b"/nowhere/daypass", None])
def test_by_whatever_name_it_was_called(layout, person, argv0):
    """argv[0] is the caller's to choose, and may even be missing."""
    warm(layout, person, "credential-process")
    env = [os.fsencode(f"{key}={value}") for key, value in person.environment().items()]
    argv = [] if argv0 is None else [argv0, b"credential-process"]
    code, out, err = run_raw(layout.front, argv, env, person.directory)
    if argv0 is None:
        assert code in (0, 64) and not out.startswith(b'{"Version"')
    else:
        assert code == 0 and out.startswith(b'{"Version"'), err


def test_configure_names_the_program_that_was_called(built, daypass, sandbox, tmp_path):
    link = tmp_path / "bin/daypass"
    link.parent.mkdir()
    link.symlink_to(built)
    daypass.configure(default=sandbox.profile(), ci=sandbox.profile(region="eu-central-1"))
    for name, argv0, path in [
        (link, None, str(link)), ("daypass", None, str(link)), (built, "-daypass", str(built)),
    ]:
        config = daypass.home / "aws-config"
        config.unlink(missing_ok=True)
        env = daypass.environment({"PATH": f"{link.parent}:{os.environ['PATH']}", "AWS_CONFIG_FILE": config})
        program = shutil.which(str(name), path=env["PATH"])
        subprocess.run(
            [argv0 or name, "configure", "--profile", "ci"], executable=program, env=env, check=True,
            capture_output=True)
        assert f"credential_process = {path} credential-process" in config.read_text()
