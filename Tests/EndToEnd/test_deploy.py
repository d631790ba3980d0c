"""What docs/deploy hands out: valid to the published schemas, and every name in it is one that daypass has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from support.need import need
from support.sandbox import CI_ROLE
from support.service import Service

DEPLOY = Path(__file__).resolve().parents[2] / "docs/deploy"
MANIFESTS = sorted(DEPLOY.glob("kubernetes/*.yaml"))
COMPOSE = DEPLOY / "compose/compose.yaml"
# Since native sidecars are what `restartPolicy` of an init container means without a feature gate.
KUBERNETES = ["1.29", "1.37"]


def documents(path: Path) -> list[dict]:
    return list(yaml.safe_load_all(path.read_text()))


def containers(path: Path) -> list[dict]:
    """Of the one Deployment that a file holds."""
    [spec] = [document["spec"]["template"]["spec"] for document in documents(path) if document["kind"] == "Deployment"]
    return spec.get("initContainers", []) + spec["containers"]


# Schemas


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_kubernetes_takes_the_manifests(path, version):
    for document in documents(path):
        kubernetes_validate.validate(document, version, strict=True)


def test_a_key_that_kubernetes_does_not_know_is_refused():
    [service_account, deployment] = documents(DEPLOY / "kubernetes/sidecar.yaml")
    deployment["spec"]["template"]["spec"]["initContainers"][0]["restartsPolicy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, KUBERNETES[0], strict=True)


def compose_check(path: Path):
    return subprocess.run(
        [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True, text=True, timeout=60)


def test_compose_takes_its_file(tmp_path):
    done = compose_check(COMPOSE)
    assert done.returncode == 0, done.stdout
    (tmp_path / "compose.yaml").write_text(COMPOSE.read_text().replace("read_only: true", "readonly: true"))
    assert compose_check(tmp_path / "compose.yaml").returncode == 1


# Names


def settings_of(container: dict) -> dict:
    """Its variables, of either form."""
    given = container.get("env", container.get("environment", {}))
    return {entry["name"]: entry["value"] for entry in given} if isinstance(given, list) else given


def own_containers() -> list[tuple[list, dict]]:
    """(daypass's words, its variables) of each container that runs it."""
    found = [
        (container["command"] + container.get("args", []), settings_of(container))
        for path in MANIFESTS for container in containers(path) if "command" in container]
    service = yaml.safe_load(COMPOSE.read_text())["services"]["credentials"]
    return [*found, (service["entrypoint"] + service["command"], settings_of(service))]


def test_every_option_and_setting_of_the_files_is_one_of_daypass(daypass):
    assert len(own_containers()) == len(MANIFESTS) + 1
    for (program, verb, *words), variables in own_containers():
        assert Path(program).name == "daypass"
        help = daypass.run(verb, "--help").expect(0).stdout
        for word in words:
            if word.startswith("--") and word != "--":
                assert re.search(rf"{word}\b", help), word
        for name in variables:
            flag = "--" + name.removeprefix("DAYPASS_").lower().replace("_", "-")
            assert name == "DAYPASS_HOME" or re.search(rf"{flag}\b", help), name


@pytest.mark.parametrize("page", sorted(DEPLOY.glob("*/README.md")), ids=lambda page: page.parent.name)
def test_every_verb_and_option_on_the_pages_is_one_of_daypass(daypass, page):
    for verb, rest in re.findall(r"daypass (\w[\w-]*)([^\n`]*)", page.read_text()):
        if verb not in {"exec", "serve", "login", "status", "trust", "credentials"}:
            continue
        group = rest.split()[0] if verb == "trust" else None
        help = daypass.run(verb, *([group] if group else []), "--help").expect(0).stdout
        for option in re.findall(r"(?<= )--[a-z-]+", rest):
            assert re.search(rf"{option}\b", help), (verb, option)


# The sidecar as two users of one pod, and its probe

SERVER, CLIENT, SHARED = 10001, 10002, 20001


@pytest.fixture
def pod(daypass, sandbox, tmp_path):
    """Directories as a kubelet makes them: an emptyDir with the group fsGroup, and a projected token."""
    need(None if os.geteuid() == 0 and shutil.which("setpriv") else "needs root and setpriv")
    root = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    for name in ("credentials", "identity", "scratch"):
        (root / name).mkdir()
        os.chown(root / name, 0, SHARED)
        (root / name).chmod(0o2777)
    root.chmod(0o755)
    token = root / "identity/token"
    token.write_text(sandbox.mint(aud="sts.amazonaws.com"))
    os.chown(token, 0, SHARED)
    token.chmod(0o640)
    yield root
    shutil.rmtree(root)


def as_user(user: int) -> tuple:
    return ("setpriv", f"--reuid={user}", f"--regid={user}", f"--groups={SHARED}")


@pytest.fixture
def sidecar(pod, daypass, sandbox):
    """The sidecar of the manifest, with its own words and variables, on this machine's paths."""
    def here(text: str) -> str:
        return (text.replace("/var/run/secrets/daypass", str(pod / "identity"))
                .replace("/credentials", str(pod / "credentials")).replace("/run/daypass", str(pod / "scratch")))

    [container] = [each for each in containers(DEPLOY / "kubernetes/sidecar.yaml") if "restartPolicy" in each]
    variables = {name: here(value) for name, value in settings_of(container).items()}
    daypass.prefix = as_user(SERVER)
    daypass.env = {"PATH": os.environ["PATH"], "HOME": "/"}
    daypass.directory = pod
    service = Service(
        daypass, *map(here, container["args"]),
        env=variables | {"DAYPASS_ROLE_ARN": CI_ROLE, "DAYPASS_STS_ENDPOINT": sandbox.sts})
    return service, container


def test_a_container_of_the_group_reads_the_sidecars_token_and_nobody_else(sidecar, pod):
    service, _ = sidecar
    read = ["cat", pod / "credentials/daypass/default"]
    assert subprocess.run([*as_user(CLIENT), *read], capture_output=True, text=True).stdout == service.token()
    stranger = subprocess.run(
        ["setpriv", f"--reuid={CLIENT}", f"--regid={CLIENT}", "--clear-groups", *read], capture_output=True)
    assert stranger.returncode != 0 and not stranger.stdout
    assert service.until(200).json()["AccessKeyId"].startswith("ASIA")


def test_the_probe_tells_a_ready_sidecar_from_one_that_is_not(sidecar, sandbox):
    service, container = sidecar
    service.until(200)

    def probe(port: int) -> int:
        words = [word.replace("9127", str(port)) for word in container["startupProbe"]["exec"]["command"]]
        return subprocess.run(words, timeout=30, stderr=subprocess.DEVNULL).returncode

    assert probe(service.port) == 0
    # The sandbox listens as well, and is not ready in this sense.
    assert probe(sandbox.port) != 0
    service.running.signal(15)
    service.running.finish()
    assert probe(service.port) != 0


def test_composes_probe_is_the_sidecars():
    [container] = [each for each in containers(DEPLOY / "kubernetes/sidecar.yaml") if "startupProbe" in each]
    check = yaml.safe_load(COMPOSE.read_text())["services"]["credentials"]["healthcheck"]["test"]
    assert [word.replace("$$", "$") for word in check[1:]] == container["startupProbe"]["exec"]["command"]


# The entrypoint


def test_the_entrypoints_words_and_variables_start_a_command_with_credentials(pod, daypass, sandbox):
    [container] = containers(DEPLOY / "kubernetes/entrypoint.yaml")
    variables = settings_of(container)
    variables["DAYPASS_TOKEN_FILE"] = pod / "identity/token"
    variables["DAYPASS_HOME"] = pod / "scratch/state"
    daypass.prefix = as_user(SERVER)
    daypass.env = {"PATH": os.environ["PATH"], "HOME": "/"}
    daypass.directory = pod
    done = daypass.run(
        *container["command"][1:], "sh", "-c", "echo $AWS_REGION $AWS_CONTAINER_CREDENTIALS_FULL_URI",
        env=variables | {"DAYPASS_ROLE_ARN": CI_ROLE, "DAYPASS_STS_ENDPOINT": sandbox.sts}).expect(0)
    assert done.stdout.startswith("eu-central-1 http://127.0.0.1:") and done.stderr == ""
