"""`configure` changes the lines that are meant and no other byte, and AWS tools read the result."""

import difflib
import os
import re
import shlex
import stat
import subprocess

import botocore.session
import pytest

# Each file, and the profile whose lines are added to it.
FILES = {
    "none": None,
    "empty": b"",
    "other profile": b"[profile other]\nregion = eu-west-1\n",
    "default only": b"[default]\nregion = us-east-1\noutput = json\n",
    "no newline at the end": b"[default]\nregion = us-east-1",
    "blank lines at the end": b"[default]\nregion = us-east-1\n\n\n",
    "comments": b"# mine\n; and mine\n[default]\n# about the region\nregion = us-east-1\n# the end\n",
    "tabs": b"[default]\nregion\t=\tus-east-1\n\n[profile other]\t\nregion=\teu-west-1\n",
    "CRLF": b"[default]\r\nregion = us-east-1\r\n\r\n[profile other]\r\noutput = text\r\n",
    "CRLF, no newline at the end": b"[default]\r\nregion = us-east-1\r\n[profile other]\r\noutput = text",
    "nested sections": b"[profile other]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n",
    "sso and services":
        b"[sso-session work]\nsso_region = eu-west-1\n\n[services local]\ns3 =\n  endpoint_url = http://x\n",
    "a section of its own name": b"[sso-session ci]\nsso_region = eu-west-1\n",
    "present, empty": b"[profile ci]\n\n[profile other]\nregion = eu-west-1\n",
    "present, empty, last": b"[profile other]\nregion = eu-west-1\n[profile ci]",
    "present with settings": b"[profile ci]\noutput = json\n\n[profile other]\nregion = eu-west-1\n",
    "present with nested settings":
        b"[profile ci]\noutput = json\ns3 =\n  max_queue_size = 5\n\n  # inside\n  use_x = 1\n\n[default]\n",
    "present and indented": b"[profile ci]\n  output = json\n  cli_pager =\n\n[default]\nregion = x\n",
    "present with a region": b"[profile ci]\nregion=us-east-1\noutput = json\n",
    "present in capitals": b"[profile ci]\nREGION : us-east-1\nOutput = json\n",
    "present and quoted": b"[profile 'ci']\noutput = json\n",
    "present with an old process": b"[profile ci]\ncredential_process = /old/daypass credential-process --profile ci\n",
    "similar names": b"[profile ci2]\noutput = json\n[ci]\noutput = text\n[profile  c i]\noutput = text\n",
    "header with a comment": b"[profile ci] # deploys\noutput = json\n",
    "present and double-quoted": b'[profile "ci"]\noutput = json\n',
    "present, its blanks tabs": b"[profile\t ci ]\noutput = json\n",
    "CR alone": b"[default]\rregion = us-east-1\r\r[profile other]\routput = text\r",
    "present, CR alone": b"[profile ci]\routput = json\r\r[profile other]\rregion = eu-west-1\r",
    "CR alone, no end": b"[default]\rregion = us-east-1",
    "LF, then CR LF": b"[default]\nregion = us-east-1\r\n[profile other]\routput = text\n",
    "NUL in a comment": b"# a\x00b\n[default]\nregion = us-east-1\n",
    "a blank before the word": b"[ profile ci]\noutput = json\n",
    "form feeds": b"\x0c\n[default]\nregion = us-east-1\n\x0c\n",
    "the same name in other letters": b"[profile CI]\nregion = us-east-1\n",
    "brackets and signs in values": b"[default]\nx = [profile ci]\ny = a = b : c ; d # e\n",
    "a value that goes on with a header": b"[default]\nnote = one\n  [profile ci]\n  two\n",
    "a thousand others": b"".join(b"[profile p%d]\nregion = us-east-1\n" % number for number in range(1000)),
    "present with comments behind values":
        b"[profile ci]\nregion = eu-west-1 ; of the team\noutput = json ; mine\n\n"
        b"[default]\nregion = us-east-1 # mine\n",
    "present with a comment behind the right value": b"[profile ci]\nregion = eu-central-1 # here\noutput = json\n",
    "present with comments inside a value":
        b"[profile ci]\nregion = us\n  # one\n; two\n\n  -east-1\noutput = json\n",
    "latin-1": b"# caf\xe9\n[default]\nregion = us-east-1\n",
}
# What goes: old values. Everything else stays.
OLD = {
    "present with a region": [b"region=us-east-1\n"],
    "present in capitals": [b"REGION : us-east-1\n"],
    "present with an old process": [b"credential_process = /old/daypass credential-process --profile ci\n"],
    "present with comments behind values": [b"region = eu-west-1 ; of the team\n"],
    "present with a comment behind the right value": [b"region = eu-central-1 # here\n"],
    "present with comments inside a value": [b"region = us\n", b"  -east-1\n"],
}
# And what is kept of them, on a line of its own: botocore takes a comment behind a value for a part of it.
KEPT = {
    "present with comments behind values": [b"; of the team\n"],
    "present with a comment behind the right value": [b"# here\n"],
}
REGION = "eu-central-1"


@pytest.fixture
def ci(daypass):
    daypass.configure(ci={"token_env": "TOKEN", "region": REGION}, default={"token_env": "TOKEN"})
    return daypass


def config(daypass):
    return daypass.home / ".aws/config"


def put(daypass, content: bytes | None, name="config"):
    path = daypass.home / ".aws" / name
    path.parent.mkdir(exist_ok=True)
    if content is not None:
        path.write_bytes(content)
    return path


def read(daypass, profile="ci") -> dict:
    """As botocore reads it."""
    session = botocore.session.Session(profile=profile)
    session.set_config_variable("config_file", str(config(daypass)))
    session.set_config_variable("credentials_file", str(daypass.home / ".aws/credentials"))
    return session.get_scoped_config()


def end_of(content: bytes) -> bytes:
    """Of the first line."""
    found = re.search(rb"\r\n|\r|\n", content)
    return found.group() if found else b"\n"


def changes(before: bytes, after: bytes) -> list[bytes]:
    lines = difflib.diff_bytes(
        difflib.unified_diff, before.splitlines(keepends=True), after.splitlines(keepends=True), n=0)
    return [line for line in lines if not line.startswith((b"---", b"+++", b"@@"))]


@pytest.mark.parametrize("name", FILES)
def test_only_the_lines_that_are_meant_change(ci, name):
    before = FILES[name]
    path = put(ci, before)
    before = before or b""
    ci.run("configure", "--profile", "ci").expect()
    after = path.read_bytes()
    line = f"credential_process = {ci.path} credential-process --profile ci"
    end = end_of(before)

    added = [each[1:] for each in changes(before, after) if each.startswith(b"+")]
    removed = [each[1:] for each in changes(before, after) if each.startswith(b"-")]
    # A line end that was missing is added too.
    for old in [each for each in removed if each + end in added]:
        removed.remove(old)
        added.remove(old + end)
    assert removed == OLD.get(name, [])
    for comment in KEPT.get(name, []):
        added.remove(comment)
    own = [each for each in added if each.strip() not in (b"", b"[profile ci]")]
    is_new = "present" not in name and "header with" not in name
    around = ([end] if before else []) + [b"[profile ci]" + end]
    assert [each for each in added if each not in own] == (around if is_new else [])
    assert all(each.endswith(end) for each in own)
    assert [each.strip().split(b" ")[0].split(b"=")[0].lower() for each in own] in (
        [b"credential_process", b"region"], [b"region", b"credential_process"])
    assert line.encode() in own[0] + own[1]

    if name != "latin-1":
        scoped = read(ci)
        assert scoped["credential_process"] == line.split(" = ")[1] and scoped["region"] == REGION
        if b"json\ns3" in before:
            assert scoped["s3"] == {"max_queue_size": "5", "use_x": "1"}
        if b"Output" in before or b"[profile ci]\noutput" in before:
            assert scoped["output"] == "json"

    again = ci.run("configure", "--profile", "ci").expect()
    assert path.read_bytes() == after and "Nothing to change" in again.stderr


@pytest.mark.parametrize("name", [name for name in FILES if "present" not in name and "header" not in name])
def test_remove_gives_the_file_back(ci, name):
    path = put(ci, FILES[name])
    ci.run("configure", "--profile", "ci").expect()
    ci.run("configure", "--profile", "ci", "--remove").expect()
    before = FILES[name] or b""
    end = end_of(before)
    assert path.read_bytes() == (before if not before or before.endswith((b"\n", b"\r")) else before + end)
    assert "Nothing to change" in ci.run("configure", "--profile", "ci", "--remove").expect().stderr


def test_remove_keeps_what_others_wrote(ci):
    path = put(ci, b"[profile ci]\noutput = json\n")
    ci.run("configure", "--profile", "ci").expect()
    ci.run("configure", "--profile", "ci", "--remove").expect()
    assert path.read_bytes() == f"[profile ci]\noutput = json\nregion = {REGION}\n".encode()


def test_default_is_only_written_when_it_is_asked_for(ci):
    refused = ci.run("configure").expect(64)
    assert "--aws-profile default" in refused.stderr and not config(ci).exists()
    ci.run("configure", "--aws-profile", "default").expect()
    assert config(ci).read_bytes().startswith(b"[default]\ncredential_process = ")
    assert stat.S_IMODE(config(ci).stat().st_mode) == 0o600


def test_another_name(ci):
    ci.run("configure", "--profile", "ci", "--aws-profile", "deploy").expect()
    assert read(ci, "deploy")["credential_process"].endswith(" --profile ci")
    for name in ["a b", "x]", ""]:
        ci.run("configure", "--profile", "ci", "--aws-profile", name).expect(64)


def written(daypass, name) -> list[str]:
    """The line of a profile, as botocore splits it, without the program."""
    words = shlex.split(read(daypass, name)["credential_process"])
    assert words[:2] == [str(daypass.path), "credential-process"]
    return words[2:]


def works(daypass, name, env=None) -> bool:
    """Whether the line gives credentials when something else runs it, from another directory."""
    line = read(daypass, name)["credential_process"]
    done = subprocess.run(
        ["sh", "-c", line], env=daypass.environment(env), cwd="/", capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode == 0 and done.stdout.startswith(b'{"Version":1')


ROLE = "arn:aws:iam::123456789012:role/ci"


@pytest.fixture
def token(daypass, sandbox):
    path = daypass.directory / "token"
    path.write_text(sandbox.mint())
    return path


def test_settings_that_are_in_variables_alone_need_no_profile(daypass, sandbox, token):
    env = {"DAYPASS_ROLE_ARN": ROLE, "DAYPASS_TOKEN_FILE": token, "DAYPASS_STS_ENDPOINT": sandbox.sts}
    shown = daypass.run("configure", "--aws-profile", "default", env=env).expect().stderr
    assert written(daypass, "default") == [] and "DAYPASS_TOKEN_FILE, DAYPASS_ROLE_ARN" in shown
    assert works(daypass, "default", env) and not works(daypass, "default")
    assert "Nothing to change" in daypass.run("configure", "--aws-profile", "default", env=env).expect().stderr
    daypass.run("configure", "--aws-profile", "default", "--remove").expect()
    assert config(daypass).read_bytes() == b""


@pytest.mark.parametrize("sections", [{}, {"work": {"token_env": "TOKEN", "role_arn": ROLE}}])
def test_nothing_that_is_configured_is_not_written_down(daypass, sections):
    if sections:
        daypass.configure(**sections)
    refused = daypass.run("configure", "--aws-profile", "default").expect(78)
    assert str(daypass.config) in refused.stderr and not config(daypass).exists()
    assert ("--profile work" if sections else "DAYPASS_ROLE_ARN") in refused.stderr


def test_a_profile_without_a_role_says_that_it_needs_one(ci):
    assert "no role_arn is set" in ci.run("configure", "--profile", "ci").expect().stderr
    ci.configure(ci={"token_env": "TOKEN", "role_arn": ROLE})
    assert ci.run("configure", "--profile", "ci").expect().stderr.count("\n") == 1


@pytest.mark.parametrize("arguments, env, named", [
    ([], {"DAYPASS_CONFIG": "other/daypass/config.toml"}, True),
    ([], {"DAYPASS_CONFIG": "./other/daypass/config.toml"}, True),
    ([], {"DAYPASS_CONFIG": "{}/other/daypass/config.toml"}, True),
    ([], {"XDG_CONFIG_HOME": "{}/other"}, True),
    (["--config", "other/daypass/config.toml"], {}, True),
    ([], {}, False),
    ([], {"XDG_CONFIG_HOME": "{}/home/.config"}, False),
])
def test_the_file_that_was_read_is_the_one_that_the_line_reads(daypass, sandbox, token, arguments, env, named):
    work = sandbox.profile(client_id=None, token_file=token, role_arn=ROLE)
    daypass.configure(work=work)
    place = daypass.directory / "other/daypass/config.toml"
    place.parent.mkdir(parents=True)
    place.write_bytes(daypass.config.read_bytes())
    place.chmod(0o600)
    env = {key: value.format(daypass.directory) for key, value in env.items()}
    assert daypass.home == daypass.directory / "home"
    if named:
        daypass.config.unlink()
    daypass.run("configure", "--profile", "work", *arguments, env=env).expect()
    assert written(daypass, "work") == ["--profile", "work"] + (["--config", str(place)] if named else [])
    assert works(daypass, "work")


def test_flags_are_written_down(daypass, sandbox, token):
    """From the directory that they were meant in."""
    daypass.configure(work=sandbox.profile(client_id=None, role_arn=ROLE.replace("ci", "nobodys")))
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    daypass.run(
        "configure", "--profile", "work", "--role-arn", ROLE, "--duration", "30m", "--token-file", "token", "--strict",
        "--no-verify-token", "--policy-arns", policy).expect()
    assert written(daypass, "work") == [
        "--profile", "work", "--token-file", str(token), "--no-verify-token", "--role-arn", ROLE, "--duration", "30m",
        "--policy-arns", policy, "--strict"]
    assert works(daypass, "work")


@pytest.mark.parametrize("flag", ["--token-url=https://h.example/?t=sesame", "--token-command=./sesame",
                                  '--token-command=sh -c "sesame ; true"', "--saml-response-file=-"])
def test_what_no_line_may_hold_is_refused_and_not_shown(daypass, flag):
    daypass.configure(work={"issuer": "https://login.example.com", "client_id": "x", "role_arn": ROLE})
    principal = ["--principal-arn", "arn:aws:iam::123456789012:saml-provider/x"] if "saml" in flag else []
    refused = daypass.run("configure", "--profile", "work", flag, *principal)
    assert refused.code in (64, 78) and "sesame" not in refused.stderr + refused.stdout
    assert not config(daypass).exists()


def test_a_value_that_begins_like_an_option_is_written_so_that_it_is_read(daypass, sandbox, token):
    daypass.configure(work={"token_file": str(token), "sts_endpoint": sandbox.sts, "role_arn": ROLE})
    daypass.run("configure", "--profile", "work", "--expect-subject=-abc").expect()
    assert written(daypass, "work") == ["--profile", "work", "--expect-subject=-abc"]


def test_what_the_line_counts_on_is_said(daypass):
    daypass.configure(work={"issuer": "https://login.example.com", "client_id": "x"})
    env = {"AWS_ROLE_ARN": ROLE, "DAYPASS_HOME": str(daypass.directory / "elsewhere")}
    told = daypass.run("configure", "--profile", "work", env=env).expect().stderr
    assert "DAYPASS_HOME is set" in told and "no role_arn is set" in told


@pytest.mark.parametrize("line, code", [
    ("/opt/granted credential-process --profile ci", 78), ("/opt/other --x", 78),
    ("sudo -u svc /usr/bin/daypass credential-process", 78), ("/opt/vault/daypasser credential-process", 78),
    ("env X=/y/daypass credential-process", 78), ("'/a/daypass' '/b/daypass' credential-process", 78),
    ("/old/daypass credential-process", 0), ("'/a b/daypass' credential-process --config /x --profile ci", 0),
])
def test_a_process_of_another_program_is_not_replaced(ci, line, code):
    path = put(ci, f"[profile ci]\ncredential_process = {line}\n".encode())
    ci.run("configure", "--profile", "ci").expect(code)
    assert (line in path.read_text()) == (code == 78)


@pytest.mark.parametrize("file, content, line", [
    ("credentials", b"# keys\n[ci]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n", 3),
    ("credentials", b"[ci]\nrole_arn = arn:aws:iam::123456789012:role/x\n", 2),
    ("config", b"[profile ci]\noutput = json\nsso_session = work\n", 3),
    ("config", b"[profile ci]\ncredential_process = /opt/other --x\n", 2),
    ("config", b"[profile ci]\routput = json\rrole_arn = x\r", 3),
    ("credentials", b"\xef\xbb\xbf[ci]\naws_access_key_id = AKIAX\n", 2),
    ("credentials", b"[ ci ]\naws_access_key_id = AKIAX\n", 2),
    ("credentials", b"[ci]\ncredential_process = /bin/other\n", 2),
    ("credentials", b"# x\n" * 500_000 + b"[ci]\naws_access_key_id = AKIAX\n", 500_002),
])
def test_what_aws_tools_would_prefer_is_named_by_its_line(ci, file, content, line):
    path = put(ci, content, file)
    refused = ci.run("configure", "--profile", "ci").expect(78)
    assert f"{path}:{line}" in refused.stderr and f"remove line {line} of" in refused.stderr
    assert path.read_bytes() == content and (file == "config" or not config(ci).exists())


def test_a_credentials_file_that_cannot_be_read_is_said_to_be_one(ci):
    keys = ci.home / ".aws/credentials"
    keys.mkdir(parents=True)
    refused = ci.run("configure", "--profile", "ci").expect(78)
    assert "AWS credentials" in refused.stderr and str(keys) in refused.stderr and not config(ci).exists()
    env = {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    ci.run("configure", "--profile", "ci", env=env).expect()
    ci.run("configure", "--profile", "ci", "--remove").expect()


def test_a_profile_that_is_there_twice_is_refused(ci):
    path = put(ci, b"[profile ci]\n[default]\n[profile ci]\n")
    assert "lines 1, 3" in ci.run("configure", "--profile", "ci").expect(78).stderr
    assert path.read_bytes() == b"[profile ci]\n[default]\n[profile ci]\n"


@pytest.mark.parametrize("content", [
    b"[profile ci]\n[profile 'ci']\n", b"[profile ci]\r[default]\r[profile ci]\r"])
def test_two_ways_to_write_one_name_are_one_name(ci, content):
    path = put(ci, content)
    ci.run("configure", "--profile", "ci").expect(78)
    assert path.read_bytes() == content


@pytest.mark.parametrize("arguments", [[], ["--remove"]])
def test_a_byte_order_mark_is_said_to_be_in_the_way(ci, arguments):
    """botocore finds no section in such a file, whatever is added to it."""
    content = b"\xef\xbb\xbf[default]\nregion = us-east-1\n"
    path = put(ci, content)
    refused = ci.run("configure", "--profile", "ci", *arguments).expect(78)
    assert "byte order mark" in refused.stderr and path.read_bytes() == content


def test_a_file_that_is_read_only_stays_as_it_is(ci):
    path = put(ci, b"[default]\nregion = us-east-1\n")
    path.chmod(0o444)
    refused = ci.run("configure", "--profile", "ci").expect(74)
    assert "read-only" in refused.stderr and str(path) in refused.stderr
    assert path.read_bytes() == b"[default]\nregion = us-east-1\n" and stat.S_IMODE(path.stat().st_mode) == 0o444


@pytest.mark.parametrize("is_there", [False, True])
def test_thirty_at_once_lose_nothing(daypass, is_there):
    names = [f"p{number}" for number in range(30)]
    daypass.configure(**{name: {"token_env": "TOKEN", "role_arn": ROLE} for name in names})
    if is_there:
        put(daypass, b"[default]\nregion = us-east-1\n")
    for running in [daypass.start("configure", "--profile", name) for name in names]:
        running.finish().expect()
    assert all(written(daypass, name) == ["--profile", name] for name in names)
    for running in [daypass.start("configure", "--profile", name, "--remove") for name in names]:
        running.finish().expect()
    assert b"credential_process" not in config(daypass).read_bytes()
    assert sorted(path.name for path in config(daypass).parent.iterdir()) == ["config"]


def test_keys_of_another_profile_are_nobodys_business(ci):
    put(ci, b"[default]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n", "credentials")
    ci.run("configure", "--profile", "ci").expect()


def test_files_named_by_the_environment(ci):
    elsewhere = ci.directory / "deep/er/config"
    keys = ci.directory / "keys"
    env = {"AWS_CONFIG_FILE": elsewhere, "AWS_SHARED_CREDENTIALS_FILE": keys}
    ci.run("configure", "--profile", "ci", env=env).expect()
    assert elsewhere.exists() and not config(ci).exists()
    keys.write_bytes(b"[ci]\naws_access_key_id=A\n")
    ci.run("configure", "--profile", "ci", env=env).expect(78)


@pytest.mark.parametrize("variable, code", [("aws/config", 0), ("~/elsewhere/config", 0), ("/dev/null", 78)])
def test_odd_places_named_by_the_environment(ci, variable, code):
    """From the working directory, from the home directory, and no file at all."""
    ci.run("configure", "--profile", "ci", env={"AWS_CONFIG_FILE": variable}).expect(code)
    found = [ci.directory / "aws/config", ci.home / "elsewhere/config"]
    assert [path.exists() for path in found] == [variable == "aws/config", variable.startswith("~")]
    assert not config(ci).exists()


def test_links_are_followed_to_their_end(ci):
    """~/.aws itself may be one, as dotfile managers make it."""
    real = ci.directory / "dotfiles/aws"
    real.mkdir(parents=True)
    (real / "work.config").write_bytes(b"[default]\nregion = us-east-1\n")
    (real / "config").symlink_to("work.config")
    (ci.home / ".aws").symlink_to(real)
    ci.run("configure", "--profile", "ci").expect()
    assert b"[profile ci]" in (real / "work.config").read_bytes()
    assert (ci.home / ".aws").is_symlink() and (real / "config").is_symlink()
    (real / "config").unlink()
    (real / "config").symlink_to("config")
    ci.run("configure", "--profile", "ci").expect(78)


def test_a_link_stays_a_link_and_the_mode_stays(ci):
    real = ci.directory / "dotfiles"
    real.write_bytes(b"[default]\nregion = us-east-1\n")
    real.chmod(0o644)
    put(ci, None)
    config(ci).symlink_to(real)
    ci.run("configure", "--profile", "ci").expect()
    assert config(ci).is_symlink() and b"[profile ci]" in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o644
    assert sorted(each.name for each in real.parent.glob(".unfinished*")) == []


def test_a_link_to_nothing_is_left_alone(ci):
    put(ci, None)
    config(ci).symlink_to(ci.directory / "nothing")
    ci.run("configure", "--profile", "ci").expect(74)
    assert not (ci.directory / "nothing").exists()


def test_a_directory_in_its_place_is_an_error(ci):
    config(ci).mkdir(parents=True)
    ci.run("configure", "--profile", "ci").expect(78)


@pytest.mark.parametrize("directory", ["with blanks", "a$b`c\"d", "it's", "back\\slash", "Zürich", "all 'of\" $it"])
def test_paths_are_quoted_as_botocore_and_shells_read_them(ci, sandbox, directory):
    place = ci.directory / directory
    place.mkdir()
    program = place / "daypass"
    program.symlink_to(ci.path)
    real, ci.path = ci.path, program
    ci.run("configure", "--profile", "ci").expect()
    ci.path = real
    process = read(ci)["credential_process"]
    words = [str(program), "credential-process", "--profile", "ci"]
    assert shlex.split(process) == words
    shown = subprocess.run(["sh", "-c", f"printf '%s\\n' {process}"], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines() == words


def test_a_path_that_no_line_can_hold_is_refused(ci):
    place = ci.directory / "a #b"
    place.mkdir()
    (place / "daypass").symlink_to(ci.path)
    ci.path = place / "daypass"
    ci.run("configure", "--profile", "ci").expect(78)
    assert not config(ci).exists()


def test_aws_tools_then_get_their_keys_from_daypass(daypass, sandbox):
    (daypass.directory / "token").write_text(sandbox.mint())
    daypass.configure(ci=sandbox.profile(
        client_id=None, token_file=daypass.directory / "token", role_arn="arn:aws:iam::123456789012:role/ci",
        region=REGION))
    daypass.run("configure", "--profile", "ci").expect()
    script = (
        "import boto3; s = boto3.Session(profile_name='ci'); c = s.get_credentials().get_frozen_credentials();"
        f"print(boto3.client('sts', region_name='{REGION}', endpoint_url='{sandbox.sts}',"
        " aws_access_key_id=c.access_key, aws_secret_access_key=c.secret_key, aws_session_token=c.token)"
        ".get_caller_identity()['Arn'], s.region_name)")
    import sys
    shown = subprocess.run(
        [sys.executable, "-c", script], env=daypass.environment() | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True)
    assert "assumed-role/ci/" in shown.stdout and REGION in shown.stdout, shown.stderr
