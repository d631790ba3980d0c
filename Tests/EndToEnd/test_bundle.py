"""The self-contained tree of `ci/build --bundle`, in a root that holds nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.need import need
from support.sandbox import CI_ROLE
from support.tls import TLSFront

ROOT = Path(__file__).resolve().parents[2]
BUSYBOX = Path("/bin/busybox")
NOBODY_KNOWN = 54321


@pytest.fixture(scope="module")
def tree(built, tmp_path_factory) -> Path:
    """A root with the bundle at an odd path, busybox, a resolver's configuration and certificates."""
    statically = BUSYBOX.exists() and b"statically" in subprocess.run(
        ["file", "-L", BUSYBOX], capture_output=True).stdout
    need(None if os.geteuid() == 0 and statically else "needs root and busybox-static")
    root = tmp_path_factory.mktemp("root")
    subprocess.run(
        ["bash", "-c", 'set -eu; . "$0/ci/lib/common.sh"; . "$0/ci/lib/bundle.sh"; bundle "$1" "$2"', ROOT, built,
         root / "some where/daypass"], check=True)
    for path in ("bin", "etc/ssl/certs", "run", "tmp"):
        (root / path).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    for path in [root, *root.rglob("*")]:
        path.chmod(path.stat().st_mode & 0o555 | 0o444 | (0o111 if path.is_dir() else 0))
    return root


def in_tree(tree: Path, *args, env, hide: str = ""):
    """Runs the bundle below chroot, everything read-only, as a uid that nobody knows."""
    script = (
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && '
        '{ [ -z "$2" ] || mount --bind /dev/null "$1/$2"; } && t="$1" && shift 2 && '
        f'exec /usr/sbin/chroot --userspec={NOBODY_KNOWN}:{NOBODY_KNOWN} --groups= "$t" "$@"')
    return subprocess.run(
        ["unshare", "-m", "--propagation", "private", "bash", "-c", script, "bash", tree, hide,
         "/some where/daypass/bin/daypass", *args], env=env, capture_output=True, text=True, timeout=120)


@pytest.fixture
def settings(sandbox) -> dict:
    return {
        "DAYPASS_TOKEN_ENV": "JOB_TOKEN", "JOB_TOKEN": sandbox.mint(aud="sts.amazonaws.com"),
        "DAYPASS_ROLE_ARN": CI_ROLE, "DAYPASS_STS_ENDPOINT": sandbox.sts, "PATH": "/bin"}


def test_exec_serves_a_command(tree, settings, sandbox):
    script = 'busybox id -u; busybox wget -q -O - --header "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" ' \
        '"$AWS_CONTAINER_CREDENTIALS_FULL_URI"'
    done = in_tree(tree, "exec", "--", "/bin/busybox", "sh", "-c", script, env=settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{NOBODY_KNOWN}\n") and '"AccessKeyId":"ASIA' in done.stdout.replace(" ", "")


def test_localhost_needs_no_file_of_the_system(tree, settings, sandbox):
    there = settings | {"DAYPASS_STS_ENDPOINT": sandbox.sts.replace("127.0.0.1", "localhost")}
    done = in_tree(tree, "exec", "--", "/bin/busybox", "true", env=there)
    assert done.returncode == 0, done.stderr


def test_without_certificates_the_error_says_so(tree, settings, sandbox, authority, tmp_path):
    front = TLSFront(tmp_path / "tls", authority, "bundle", sandbox.port)
    try:
        there = settings | {"DAYPASS_STS_ENDPOINT": front.url + "/sts", "DAYPASS_TIMEOUT": "5"}
        done = in_tree(
            tree, "exec", "--", "/bin/busybox", "true", env=there, hide="etc/ssl/certs/ca-certificates.crt")
    finally:
        front.stop()
    assert done.returncode in (69, 78) and "certificate" in done.stderr, (done.returncode, done.stderr)


def test_a_tree_that_is_not_whole_says_so(tree, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(tree / "some where/daypass/bin/daypass", tmp_path / "bin/daypass")
    done = subprocess.run([tmp_path / "bin/daypass"], capture_output=True, text=True)
    assert done.returncode == 70 and done.stderr.startswith("daypass: ") and "ld.so" in done.stderr
