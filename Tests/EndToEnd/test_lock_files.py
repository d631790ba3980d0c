"""Lock files go with their holders: what runs for years under ever new tokens leaves no pile of them."""

import signal

from support.processes import wait_for
from support.sandbox import CI_ROLE


def locks(daypass) -> list:
    return sorted(path.name for path in daypass.state.glob("*.lock"))


def job(daypass, sandbox):
    token = daypass.directory / "token"
    token.write_text(sandbox.mint())
    daypass.configure(default={"token_file": token, "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts})
    return token


def test_fifty_tokens_leave_no_lock_files(daypass, sandbox):
    token = job(daypass, sandbox)
    for _ in range(50):
        token.write_text(sandbox.mint())
        daypass.run("credential-process").expect(0)
    assert sandbox.count("sts") == 50 and locks(daypass) == []


def test_nor_do_a_login_a_refresh_and_a_logout(daypass, sandbox):
    daypass.configure(default=sandbox.profile())
    sandbox.log_in(daypass)
    daypass.run("token", "--min-ttl", "2h").expect(0)
    assert sandbox.count("token.refresh_token") == 1
    daypass.run("logout").expect(0)
    assert locks(daypass) == []


def test_what_a_killed_one_left_is_taken_by_the_next(daypass, sandbox):
    job(daypass, sandbox)
    sandbox.fault("sts", "hang")
    running = daypass.start("credential-process")
    wait_for(lambda: sandbox.count("sts"), 20, "a request to the STS")
    running.signal(signal.SIGKILL)
    running.popen.wait(10)
    assert len(locks(daypass)) == 1
    sandbox.clear_faults()
    daypass.run("credential-process").expect(0)
    assert locks(daypass) == []
