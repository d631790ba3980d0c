"""A session belongs to provider, client and scopes: roles and everything that shapes credentials never cost a login."""

import json

import pytest

from support.sandbox import ALICE_ONLY_ROLE, DEMO_ROLE

THIRD_ROLE = DEMO_ROLE.replace("demo", "third")


@pytest.fixture
def sandbox(make_sandbox, tmp_path):
    """With roles that differ in nothing but their names."""
    trust = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"}}
    config = tmp_path / "roles.json"
    roles = [DEMO_ROLE, ALICE_ONLY_ROLE, THIRD_ROLE]
    config.write_text(json.dumps({"roles": [{"arn": arn, "max_duration": 43200, "trust": trust} for arn in roles]}))
    return make_sandbox("--config", config)


def key(daypass, *args) -> str:
    return daypass.run("credential-process", *args).expect(0).json()["AccessKeyId"]


def test_one_login_serves_two_profiles_and_the_role_of_a_flag(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None), first=sandbox.profile(),
                      second=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass)
    sandbox.reset_counters()
    callers = [("--profile", "first"), ("--profile", "second"), ("--profile", "first", "--role-arn", THIRD_ROLE)]
    keys = [key(daypass, *args) for args in callers]
    assert len(set(keys)) == 3
    assert keys == [key(daypass, *args) for args in callers], "each has its own place in the cache"
    assert sandbox.count("device_authorization") == 0 and sandbox.count("token") == 0
    assert sandbox.count("sts") == 3 and sandbox.count() == 3


CHANGES = {
    "duration": {"duration": "2h"},
    "region": {"region": "eu-central-1"},
    "session_policy_file": {"session_policy_file": "policy.json"},
    "audience": {"audience": "https://example.com"},
    "session_name": {"session_name": "another"},
    "policy_arns": {"policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
    "role_arn": {"role_arn": ALICE_ONLY_ROLE},
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_edited_setting_costs_an_exchange_and_no_login(daypass, sandbox, change):
    (daypass.directory / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    daypass.configure(default=sandbox.profile())
    sandbox.log_in(daypass)
    before = key(daypass)
    sandbox.reset_counters()
    settings = CHANGES[change]
    if "session_policy_file" in settings:
        settings = {"session_policy_file": daypass.directory / "policy.json"}
    daypass.configure(default=sandbox.profile(**settings))
    after = key(daypass)
    assert after != before and key(daypass) == after
    assert sandbox.count("sts") == 1 and sandbox.count() == 1, "one exchange, and nothing else"
    # And back: what was cached then is still there.
    daypass.configure(default=sandbox.profile())
    assert key(daypass) == before and sandbox.count() == 1


def test_an_edited_policy_costs_an_exchange(daypass, sandbox):
    """The policy's text counts, not its name."""
    policy = daypass.directory / "policy.json"
    policy.write_text('{"Version": "2012-10-17", "Statement": []}')
    daypass.configure(default=sandbox.profile(session_policy_file=policy))
    sandbox.log_in(daypass)
    sandbox.reset_counters()
    before = key(daypass)
    assert sandbox.count() == 0
    policy.write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}')
    assert key(daypass) != before
    assert sandbox.count("sts") == 1 and sandbox.count() == 1


def test_other_scopes_or_another_client_are_another_session(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), scopes=sandbox.profile(scopes=["openid", "email"]),
                      client=sandbox.profile(client_id="another"), label=sandbox.profile(session="another"))
    sandbox.log_in(daypass)
    for name in ("scopes", "client", "label"):
        daypass.run("credential-process", "--profile", name).expect(4)
