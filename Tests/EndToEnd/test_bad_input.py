"""Every setting and every field of a reply, wrong in one way: an error that names it, nothing kept, no crash."""

import os
import subprocess

import pytest

from support.sandbox import ALICE_ONLY_ROLE, DEMO_ROLE

# Settings


def refused(result, *words, code=78):
    result.expect(code)
    assert result.out == b""
    lines = result.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 4 and lines[0].startswith("daypass: "), result.stderr
    for word in words:
        assert word in result.stderr, f"{word!r} is not in {result.stderr!r}"
    return result


WRONG_VALUES = [
    ("issuer", "login.example.com"), ("issuer", "http://login.example.com"), ("issuer", "https://a.example/?x=1"),
    ("issuer", "https://user:pw@a.example"), ("issuer", "https://a.example/#x"), ("issuer", ""),
    ("client_id", ""), ("method", "telepathy"), ("source", "nowhere"), ("role_arn", "demo"), ("role_arn", 7),
    ("duration", "yesterday"), ("duration", "5m"), ("duration", "13h"), ("duration", -1), ("duration", True),
    ("session_name", "a b"), ("session_name", "x"), ("session_name", "y" * 65), ("sts_endpoint", "sts"),
    ("sts_endpoint", "http://sts.example.com"), ("region", "Europe!"), ("expect_account", "12"),
    ("store", "cupboard"), ("scopes", 3), ("scopes", [1]), ("strict", "maybe"), ("timeout", "soon"),
    ("policy_arns", ["not-an-arn"]), ("ca_file", ["x"])]


@pytest.mark.parametrize("key, value", WRONG_VALUES, ids=lambda value: str(value)[:24])
def test_a_wrong_value_in_the_config_file_is_named_with_its_place(daypass, sandbox, key, value):
    daypass.configure(default=sandbox.profile(**{key: value}))
    refused(daypass.run("token", env={"DAYPASS_STORE": None}), key, "config.toml")


@pytest.mark.parametrize("key, near", [
    ("isuer", "issuer"), ("clientid", "client_id"), ("role-arn", "role_arn"), ("durations", "duration"),
    ("Issuer", "issuer")])
def test_an_unknown_key_names_the_nearest_right_one(daypass, sandbox, key, near):
    daypass.configure(default=sandbox.profile() | {key: "x"})
    refused(daypass.run("token"), key, near)


@pytest.mark.parametrize("text", [
    b"[profile.default\n", b"issuer = \n", b"[profile.default]\nissuer = \"a\nb\"\n", b"\xff\xfe\x00", b"\x00", b"=",
    b"[profile.default]\nissuer = 'x'\nissuer = 'y'\n", b"[[profile.default]]\n", b"profile = 3\n",
    b"[profile]\ndefault = 1\n", b"[unknown]\n", b"a" * 300_000], ids=range(12))
def test_a_config_file_that_is_no_config_file(daypass, text):
    daypass.configure_text(text)
    refused(daypass.run("token"), "config.toml")


@pytest.mark.parametrize("name", [
    "DAYPASS_EXPECT_ACCOUNT", "DAYPASS_EXPECT_SUBJECT", "DAYPASS_EXPECT_ROLE", "DAYPASS_TOKEN_FILE", "DAYPASS_PROFILE",
    "DAYPASS_CONFIG", "DAYPASS_HOME", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"])
def test_a_variable_that_is_no_text_is_not_as_if_unset(logged_in, name):
    refused(logged_in.run("credentials", env={name: os.fsdecode(b"/999999999999\xff")}), name, "UTF-8")


def test_a_word_of_the_command_line_that_is_no_text(logged_in):
    refused(logged_in.run("token", "--token-file", os.fsdecode(b"t\xff")), "UTF-8", code=64)
    # What exec runs need be none.
    done = logged_in.run("exec", "--", "printf", "%s", os.fsdecode(b"t\xff")).expect(0)
    assert done.out == b"t\xff"


def test_a_config_file_that_others_can_write(daypass, sandbox):
    daypass.configure(default=sandbox.profile())
    daypass.config.chmod(0o666)
    refused(daypass.run("token"), "config.toml")


def test_a_config_file_that_is_named_and_absent(daypass):
    refused(daypass.run("token", "--config", "/no/such/file.toml"), "/no/such/file.toml", "--config")
    refused(daypass.run("token", env={"DAYPASS_CONFIG": "/no/such/file.toml"}), "/no/such/file.toml", "DAYPASS_CONFIG")


def test_a_config_file_through_a_symlink_is_read(daypass, sandbox, tmp_path):
    daypass.configure(default=sandbox.profile())
    target = tmp_path / "elsewhere.toml"
    daypass.config.rename(target)
    daypass.config.symlink_to(target)
    daypass.run("token").expect(4)


@pytest.mark.parametrize("variable, value", [
    ("DAYPASS_ISSUER", "ftp://x"), ("DAYPASS_DURATION", "soon"), ("DAYPASS_METHOD", "x"), ("DAYPASS_STRICT", "maybe"),
    ("DAYPASS_ROLE_ARN", "x"), ("DAYPASS_STORE", "x")])
def test_a_wrong_variable_is_named(person, variable, value):
    refused(person.run("token", env={variable: value}), variable)


@pytest.mark.parametrize("flag, value", [
    ("--issuer", "ftp://x"), ("--duration", "soon"), ("--role-arn", "x"), ("--store", "x"), ("--scope", "")])
def test_a_wrong_flag_is_named(person, flag, value):
    result = person.run("credentials", flag, value)
    assert result.code in (64, 78)
    assert flag in result.stderr and result.out == b""


# Where a setting comes from


def test_flag_beats_variable_beats_file(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn="arn:aws:iam::123456789012:role/of-the-file"))

    def role(*args, env=None) -> str:
        return daypass.run("status", "--json", *args, env=env).expect(0).json()["profiles"][0]["role_arn"]

    assert role().endswith("of-the-file")
    variable = {"DAYPASS_ROLE_ARN": "arn:aws:iam::123456789012:role/of-the-variable"}
    assert role(env=variable).endswith("of-the-variable")
    assert role("--role-arn", "arn:aws:iam::123456789012:role/of-the-flag", env=variable).endswith("of-the-flag")


def test_everything_by_flags(daypass, sandbox):
    running = daypass.start(
        "login", "--json", "--issuer", sandbox.issuer, "--client-id", "daypass-demo", "--role-arn", DEMO_ROLE,
        "--sts-endpoint", sandbox.sts, "--scope", "openid", "--scope", "email", "--duration", "15m")
    sandbox.approve(running.event("device_code")["user_code"])
    running.finish().expect(0)
    assert sandbox.state()["devices"][0]["scopes"] == ["openid", "email"]


@pytest.mark.parametrize("text", ["openid email", "openid,email", "openid, email"])
def test_everything_by_variables(daypass, sandbox, text):
    sandbox.log_in(daypass, env={
        "DAYPASS_ISSUER": sandbox.issuer, "DAYPASS_CLIENT_ID": "daypass-demo", "DAYPASS_ROLE_ARN": DEMO_ROLE,
        "DAYPASS_STS_ENDPOINT": sandbox.sts, "DAYPASS_SCOPES": text})
    assert sandbox.state()["devices"][0]["scopes"] == ["openid", "email"]


def test_aws_profile_is_never_read(person):
    person.run("token", env={"AWS_PROFILE": "nope"}).expect(4)


def test_aws_role_arn_does_not_count_for_a_persons_login(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None))
    env = {"AWS_ROLE_ARN": DEMO_ROLE, "AWS_ROLE_SESSION_NAME": "x"}
    sandbox.log_in(daypass, env=env)
    daypass.run("credentials", env=env).expect(78)


def test_aws_role_arn_counts_for_a_token_from_a_file(daypass, sandbox, tmp_path):
    (tmp_path / "token").write_text(sandbox.mint())
    daypass.configure(default={"token_file": str(tmp_path / "token"), "sts_endpoint": sandbox.sts})
    daypass.run("credentials", env={"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/ci"}).expect(0)


# Replies: every field, wrong in type or value. None may crash the program or be half believed.

NUMBERS = [0, -1, 1e300, 2**63, -(2**63), 1.5, "abc", "", None, [], {}, True]


@pytest.mark.parametrize("value", NUMBERS, ids=str)
@pytest.mark.parametrize("field", ["expires_in", "interval"])
def test_numbers_of_the_device_reply(person, sandbox, field, value):
    sandbox.set(device_set={field: value}, auto_approve="alice")
    running = person.start("login", "--json")
    try:
        result = running.finish(12)
    except subprocess.TimeoutExpired:  # an interval that was capped may take its minute
        running.stop()
        return
    assert result.code in (0, 65, 75), result.stderr


TEXTS = ["", "\x00", "\u202e", "x" * 100_000, 7, None, [], {}, True]


@pytest.mark.parametrize("value", TEXTS, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("field", ["device_code", "user_code", "verification_uri", "verification_uri_complete"])
def test_texts_of_the_device_reply(person, sandbox, field, value):
    sandbox.set(device_set={field: value}, auto_approve="alice", expires_in=5)
    result = person.run("login", timeout=30)
    assert result.code in (0, 65, 75, 77), result.stderr
    assert "\x00" not in result.stderr and "\u202e" not in result.stderr and len(result.err) < 20_000


NO_TOKENS = ["", "x", "a.b.c", "..", "." * 1_000_000, "eyJhbGciOiJub25lIn0.e30.", 7, [], {}]


@pytest.mark.parametrize("value", NO_TOKENS, ids=lambda value: repr(value)[:12])
def test_an_id_token_that_is_none(person, sandbox, value):
    sandbox.set(token_set={"id_token": value}, auto_approve="alice")
    result = person.run("login").expect(65)
    assert "id_token" in result.stderr or "ID token" in result.stderr


@pytest.mark.parametrize("field", ["device_code", "user_code", "verification_uri", "expires_in"])
def test_a_missing_field_of_the_device_reply_is_named(person, sandbox, field):
    sandbox.set(device_omit=[field])
    assert field in person.run("login").expect(65).stderr


@pytest.mark.parametrize("field", ["issuer", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", ["", "x", "http://evil.example.com/", "file:///etc/passwd", 7, None, []], ids=repr)
def test_endpoints_of_the_discovery_document(person, sandbox, field, value):
    sandbox.set(discovery_set={field: value}, auto_approve="alice")
    assert field in person.run("login").expect(65).stderr


@pytest.mark.parametrize("body", [
    "", "null", "[]", "{", '{"issuer":', "<html>", '{"issuer":"a","issuer":"b"}', "\ufeff{}", "[" * 100_000,
    '{"a":"\\ud800"}', "{}{}", '{"a":01}'], ids=range(12))
def test_a_discovery_document_that_is_none(person, sandbox, body):
    sandbox.fault("discovery", "body", body=body)
    person.run("login").expect(65)


@pytest.mark.parametrize("lie", ["huge", "html", "404", "empty"])
def test_a_key_set_that_is_none(person, sandbox, lie):
    sandbox.set(jwks=lie, auto_approve="alice")
    person.run("login", timeout=90).expect(65)


@pytest.mark.parametrize("mode", ["truncate", "trickle", "close"])
@pytest.mark.parametrize("endpoint", ["discovery", "jwks"])
def test_a_document_that_does_not_end(person, sandbox, endpoint, mode):
    sandbox.set(auto_approve="alice")
    sandbox.fault(endpoint, mode)
    assert person.run("login", timeout=120).code in (65, 69)


STS_LIES = [
    "expiration_past", "expiration_far", "expiration_unparsable", "expiration_no_such_day", "no_expiration",
    "no_session_token", "empty_secret", "duplicate_field", "doctype", "truncated", "html"]


@pytest.mark.parametrize("lie", STS_LIES)
def test_an_sts_reply_that_lies_is_refused_and_not_kept(logged_in, sandbox, lie):
    sandbox.set(sts=lie)
    refused(logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE), code=65)
    sandbox.set(sts=None)
    sandbox.reset_counters()
    logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE)
    logged_in.run("status").expect(0)


@pytest.mark.parametrize("lie", ["expiration_nanoseconds", "no_assumed_role_user"])
def test_an_sts_that_is_only_different_is_believed(logged_in, sandbox, lie):
    sandbox.set(sts=lie)
    logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE).expect(0)


@pytest.mark.parametrize("lie", ["other_role", "other_account"])
def test_somebody_elses_role_is_not_handed_out(logged_in, sandbox, lie):
    sandbox.set(sts=lie)
    result = logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE)
    assert result.code in (65, 77) and result.out == b""


# Tokens from outside


@pytest.mark.parametrize("content", [
    b"", b"\n", b"hello", b"a.b", b"a.b.c", b"\xff\xff", b"e30.e30.", b"eyJhbGciOiJSUzI1NiJ9.e30.AA==", b"." * 30_000],
    ids=range(9))
def test_a_token_file_that_holds_none(daypass, tmp_path, content):
    path = tmp_path / "token"
    path.write_bytes(content)
    daypass.configure(default={"token_file": str(path), "role_arn": DEMO_ROLE})
    refused(daypass.run("token"), "token_file", code=78 if not content.strip() else 65)


@pytest.mark.parametrize("kind", ["directory", "fifo", "device"])
def test_a_token_file_that_is_no_file(daypass, tmp_path, kind):
    path = tmp_path / "token"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path = "/dev/zero"
    daypass.configure(default={"token_file": str(path), "role_arn": DEMO_ROLE})
    assert refused(daypass.run("token", timeout=10), "token_file").seconds < 2


def test_a_token_file_of_the_kubelet_is_a_chain_of_symlinks(daypass, sandbox, tmp_path):
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "token").write_text(sandbox.mint())
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "token").symlink_to("..data/token")
    daypass.configure(default={"token_file": str(tmp_path / "token")})
    daypass.run("token").expect(0)
