"""`duration = "max"`: what a role was found to grant is remembered for the role, whoever asks and for what."""

import pytest

from support.sandbox import CI_ROLE

LADDER = 5  # 12, 8, 4, 2 and 1 hours: the sandbox's role grants one


@pytest.fixture
def found(daypass, sandbox):
    """A person who has found out about the role."""
    def profile(**settings):
        return sandbox.profile(duration="max", store="file", **settings)

    daypass.configure(
        default=profile(), other=profile(region="eu-central-1"),
        narrow=profile(policy_arns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]))
    sandbox.log_in(daypass)
    assert sandbox.count("sts") == LADDER
    sandbox.reset_counters()
    return daypass


def remembered(daypass):
    return list(daypass.state.glob("duration-*"))


@pytest.mark.parametrize("profile", ["other", "narrow"])
def test_another_region_or_policy_costs_one_request(found, sandbox, profile):
    found.run("credential-process", "--profile", profile).expect(0)
    assert sandbox.count("sts") == 1


def test_serve_begins_with_it(found, sandbox, serve):
    service = serve("--profile", "other", "--profile", "narrow", env={"DAYPASS_STORE": None})
    for name in ("other", "narrow"):
        service.until(200, token=service.token(name))
    assert sandbox.count("sts") == 2


@pytest.mark.parametrize("source", ["token_file", "token_command"])
def test_another_job_costs_one_request(daypass, sandbox, tmp_path, source):
    """Of a command's token no credentials are kept, and what the role grants is no secret."""
    token = tmp_path / "token"
    place = {"token_file": token, "token_command": ["cat", token]}[source]
    daypass.configure(default={source: place, "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts, "duration": "max"})
    for requests in (4, 1):
        token.write_text(sandbox.mint(sub="repo:example/app:main", aud="sts.amazonaws.com"))
        sandbox.reset_counters()
        daypass.run("credential-process").expect(0)
        assert sandbox.count("sts") == requests
    (path,) = remembered(daypass)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_damaged_costs_the_search_and_one_warning(found, sandbox):
    (path,) = remembered(found)
    path.write_text('{"granted":')
    told = found.run("credential-process", "--profile", "other").expect(0).stderr
    assert told.count(f"{path.name} is damaged and not used") == 1 and sandbox.count("sts") == LADDER


def test_where_it_cannot_be_kept_it_is_searched_again(daypass, sandbox, tmp_path):
    token = tmp_path / "token"
    token.write_text(sandbox.mint(sub="repo:example/app:main", aud="sts.amazonaws.com"))
    daypass.configure(default={
        "token_command": ["cat", token], "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts, "duration": "max"})
    for _ in range(2):
        sandbox.reset_counters()
        assert daypass.run("credential-process", env={"DAYPASS_HOME": "/proc/x"}).expect(0).stderr == ""
        assert sandbox.count("sts") == 4


def test_logout_all_forgets_it(found, sandbox):
    found.run("logout").expect(0)
    assert remembered(found)
    found.run("logout", "--all").expect(0)
    assert not remembered(found)
