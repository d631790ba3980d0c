"""The self-contained tree of `ci/build --bundle`, in a root that holds nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.need import need
from support.nameserver import NameServer
from support.sandbox import CI_ROLE
from support.tls import TLSFront

# It takes a release build, and one at a time can be made in a checkout.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bundle")]

ROOT = Path(__file__).resolve().parents[2]
BUSYBOX = Path("/bin/busybox")
NOBODY_KNOWN = 54321


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A root with what `ci/build --bundle` makes, busybox, a resolver's configuration and certificates."""
    statically = BUSYBOX.exists() and b"statically" in subprocess.run(
        ["file", "-L", BUSYBOX], capture_output=True).stdout
    need(None if os.geteuid() == 0 and statically else "needs root and busybox-static")
    root = tmp_path_factory.mktemp("root")
    subprocess.run([ROOT / "ci/build", "--bundle", root / "some where/daypass"], check=True, timeout=3600)
    for path in ("bin", "etc/ssl/certs", "run", "tmp"):
        (root / path).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    for path in [root, *root.rglob("*")]:
        path.chmod(path.stat().st_mode & 0o555 | 0o444 | (0o111 if path.is_dir() else 0))
    return root


def in_tree(tree: Path, *args, env, instead: dict[str, Path] | None = None):
    """Runs the bundle below chroot, everything read-only, as a uid that nobody knows; `instead`: other files there."""
    mounts = "".join(f'mount --bind "{file}" "$1/{name}" && ' for name, file in (instead or {}).items())
    script = (
        f'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && {mounts} t="$1" && shift && '
        f'exec /usr/sbin/chroot --userspec={NOBODY_KNOWN}:{NOBODY_KNOWN} --groups= "$t" "$@"')
    return subprocess.run(
        ["unshare", "-m", "--propagation", "private", "bash", "-c", script, "bash", tree,
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


def test_names_are_looked_up_and_a_certificate_is_checked(tree, settings, sandbox, authority, tmp_path):
    names = NameServer("sts.daypass.test")
    front = TLSFront(tmp_path / "tls", authority, "bundle-name", sandbox.port, hosts=["sts.daypass.test"])
    (tmp_path / "resolv.conf").write_text(f"nameserver {names.address}\n")
    instead = {"etc/resolv.conf": tmp_path / "resolv.conf", "etc/ssl/certs/ca-certificates.crt": authority.ca_file}

    def run(name: str):
        there = settings | {"DAYPASS_STS_ENDPOINT": f"https://{name}:{front.port}/sts", "DAYPASS_TIMEOUT": "5"}
        return in_tree(tree, "exec", "--", "/bin/busybox", "true", env=there, instead=instead)

    try:
        done = run("sts.daypass.test")
        assert done.returncode == 0, done.stderr
        assert "sts.daypass.test" in names.asked
        unknown = run("other.daypass.test")
        assert unknown.returncode == 69 and "other.daypass.test" in unknown.stderr
    finally:
        front.stop()
        names.stop()


def test_without_certificates_the_error_says_so(tree, settings, sandbox, authority, tmp_path):
    front = TLSFront(tmp_path / "tls", authority, "bundle", sandbox.port)
    try:
        there = settings | {"DAYPASS_STS_ENDPOINT": front.url + "/sts", "DAYPASS_TIMEOUT": "5"}
        done = in_tree(
            tree, "exec", "--", "/bin/busybox", "true", env=there,
            instead={"etc/ssl/certs/ca-certificates.crt": Path("/dev/null")})
    finally:
        front.stop()
    assert done.returncode in (69, 78) and "certificate" in done.stderr, (done.returncode, done.stderr)


def test_nothing_of_the_machine_is_loaded(tree, settings, tmp_path):
    """Not even where the machine has a library of the same name."""
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=open,openat,execve", tree / "some where/daypass/bin/daypass", "credentials"],
        capture_output=True, text=True, timeout=60, env=settings | {"HOME": str(tmp_path)})
    assert done.returncode == 0
    loaded = [line for line in done.stderr.splitlines() if ".so" in line and "ENOENT" not in line]
    assert any("libcurl.so.4" in line for line in loaded) and all(f'"{tree}/' in line for line in loaded), loaded


def test_the_tree_is_laid_out_as_an_installation_is(tree):
    bundle = tree / "some where/daypass"
    assert sorted(path.name for path in bundle.iterdir()) == ["bin", "lib", "libexec"]
    assert [path.name for path in (bundle / "bin").iterdir()] == ["daypass"]
    assert (bundle / "libexec/daypass/daypass").is_file()
    opened = {"libcurl.so.4", "libqrencode.so.4", "libgcc_s.so.1"}
    assert opened <= {path.name for path in (bundle / "lib").iterdir()}


def test_a_tree_that_is_not_whole_says_so(tree, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(tree / "some where/daypass/bin/daypass", tmp_path / "bin/daypass")
    done = subprocess.run([tmp_path / "bin/daypass"], capture_output=True, text=True)
    assert done.returncode == 70 and done.stderr.startswith("daypass: ") and "libexec/daypass/daypass" in done.stderr
