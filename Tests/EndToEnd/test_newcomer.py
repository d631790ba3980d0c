"""What is said to somebody who has just begun: nothing is configured, or not under the name that is looked for."""

import re
import tomllib

import pytest

VERBS = [("credentials",), ("credential-process",), ("token",), ("exec", "--", "true"), ("whoami",), ("console",)]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_one_profile_that_is_configured_is_named(daypass, sandbox, verb):
    daypass.configure(work=sandbox.profile())
    told = daypass.run(*verb).expect(78).stderr
    assert told == (
        f"daypass: no identity: {daypass.config} has no profile default; configured is: work; "
        "use --profile work or DAYPASS_PROFILE=work\n")


def test_status_names_it_where_it_is_asked_about_another(daypass, sandbox):
    daypass.configure(work=sandbox.profile())
    assert "work" in daypass.run("status").expect(0).stdout
    told = daypass.run("status", "--region", "eu-west-1").expect(0).stdout
    assert "configured is: work" in told and "GITHUB_ACTIONS" not in told


def test_several_are_named(daypass, sandbox):
    daypass.configure(**{name: sandbox.profile() for name in ("work", "home")})
    told = daypass.run("token").expect(78).stderr
    assert "configured are: home, work; name one with --profile or DAYPASS_PROFILE, as in --profile home" in told


@pytest.mark.parametrize("name, hint", [
    ("defualt", "did you mean --profile defualt?"), ("zzz", "name one with --profile"),
])
def test_many_are_counted_and_the_nearest_is_named(daypass, sandbox, name, hint):
    daypass.configure(**{name: sandbox.profile()} | {f"account-{number}": {} for number in range(346)})
    told = daypass.run("token").expect(78).stderr
    assert "347 others are configured" in told and hint in told and "account-7," not in told


def test_an_identity_that_is_here_needs_no_profile(daypass, sandbox):
    daypass.configure(work=sandbox.profile())
    daypass.run("token", env={"DAYPASS_TOKEN_ENV": "T", "T": sandbox.mint()}).expect(0)
    told = daypass.run("token", env={"DAYPASS_ISSUER": sandbox.issuer}).expect(78).stderr
    assert "no issuer and client_id" in told, "who sets one of the two is told of the other"


def test_a_login_and_a_logout_name_it(daypass, sandbox):
    daypass.configure(work=sandbox.profile())
    told = daypass.run("login").expect(78).stderr
    assert told.startswith("daypass: no provider to log in at: ")
    assert "use --profile work or DAYPASS_PROFILE=work" in told
    assert "configured is: work" in daypass.run("logout").expect(0).stderr


@pytest.mark.parametrize("config", [None, "", "[serve]\n"], ids=["none", "empty", "no profile"])
def test_a_login_without_any_profile_shows_what_to_write_and_where(daypass, sandbox, config):
    if config is not None:
        daypass.configure_text(config)
    terminal = daypass.terminal("login", columns=80, lines=24)
    assert terminal.wait() == 78
    told = terminal.output().decode().replace("\r", "")
    first, *_ = told.splitlines()
    assert first.startswith("daypass: no provider to log in at: ") and str(daypass.config) in first
    assert sum(-(-max(1, len(line)) // 80) for line in told.splitlines()) < 24
    # What is shown can be written as it is.
    example = re.search(r"^\[profile.*?(?=\n\n)", told, re.DOTALL | re.MULTILINE)[0]
    assert set(tomllib.loads(example)["profile"]["default"]) == {"issuer", "client_id", "role_arn"}
    daypass.configure_text((config or "") + example.replace("https://login.example.com/realms/main", sandbox.issuer))
    assert daypass.run("status", "--json").json()["profiles"][0]["state"] == "login_required"


def test_the_file_that_would_be_read_is_the_one_that_is_named(daypass, tmp_path):
    assert f"{tmp_path}/xdg/daypass/config.toml does not exist" in daypass.run(
        "login", env={"XDG_CONFIG_HOME": tmp_path / "xdg"}).expect(78).stderr
    told = daypass.run("credentials").expect(78).stderr
    assert f"(in {daypass.config}: `daypass login` shows how)" in told


def test_a_program_gets_one_event(daypass):
    result = daypass.run("login", "--json").expect(78)
    assert result.json()["event"] == "error" and result.json()["code"] == "configuration" and result.stderr == ""
