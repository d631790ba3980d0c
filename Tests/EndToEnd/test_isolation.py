"""Jobs that share a uid, a state directory and a role, and no more: each token gets its own answer from the STS."""

import pytest

from support.crowd import crowd
from support.sandbox import CI_ROLE

TRUSTED, OTHER = "repo:example/app:ref:refs/heads/main", "repo:evil/app:ref:refs/heads/main"


@pytest.fixture(params=["file", "env"])
def job(request, daypass, sandbox):
    """Runs daypass as a job with a token: the same settings each time, apart from the token itself."""
    settings = {"role_arn": CI_ROLE, "sts_endpoint": sandbox.sts, "session_name": "the-same"}
    path = daypass.directory / "token"
    settings |= {"token_file": path} if request.param == "file" else {"token_env": "JOB_TOKEN"}
    daypass.configure(default=settings)

    def run(token: str, verb: str = "credential-process", *args):
        path.write_text(token)
        return daypass.run(verb, *args, env={"JOB_TOKEN": token})

    return run


def test_a_job_never_receives_what_another_job_bought(job, sandbox):
    first = job(sandbox.mint(sub=TRUSTED)).expect(0)
    assert sandbox.count("sts") == 1
    refused = job(sandbox.mint(sub=OTHER)).expect(77)
    assert refused.out == b"" and first.json()["AccessKeyId"] not in refused.stderr
    assert "AccessDenied" in refused.stderr and sandbox.count("sts") == 2, "the STS refused it, nobody else"


def test_the_first_ones_credentials_are_still_cached_beside_the_second_one(job, sandbox):
    ours, theirs = sandbox.mint(sub=TRUSTED), sandbox.mint(sub=OTHER)
    first = job(ours).expect(0)
    for _ in range(2):
        job(theirs).expect(77)
        assert job(ours).expect(0).out == first.out
    assert [entry["status"] for entry in sandbox.requests("sts")] == [200, 403, 403]


def test_a_new_token_of_the_same_job_is_a_new_proof(job, sandbox):
    first, second = sandbox.mint(sub=TRUSTED), sandbox.mint(sub=TRUSTED)
    keys = [job(token).expect(0).json()["AccessKeyId"] for token in (first, second, first, second)]
    assert keys[0] == keys[2] and keys[1] == keys[3] and keys[0] != keys[1]
    assert sandbox.count("sts") == 2


def test_nobody_who_makes_up_a_token_is_served_from_the_cache(job, sandbox):
    """The claims of the first one's token, without its signature: what is cached opens for the whole token only."""
    token = sandbox.mint(sub=TRUSTED)
    first = job(token).expect(0)
    header, claims, signature = token.split(".")
    swapped = ("B" if signature[9] == "A" else "A")
    forged = f"{header}.{claims}.{signature[:9]}{swapped}{signature[10:]}"
    refused = job(forged).expect(77)
    assert refused.out == b"" and first.json()["SecretAccessKey"] not in refused.stderr
    assert "InvalidIdentityToken" in refused.stderr


@pytest.mark.parametrize("verb", ["credentials", "exec", "whoami"])
def test_nor_by_any_other_verb(job, sandbox, verb):
    job(sandbox.mint(sub=TRUSTED)).expect(0)
    args = ("--", "sh", "-c", "env; echo ran") if verb == "exec" else ()
    refused = job(sandbox.mint(sub=OTHER), verb, *args).expect(77)
    assert b"ASIA" not in refused.out and b"ran" not in refused.out


def test_two_jobs_at_once(daypass, sandbox):
    ours, theirs = daypass.directory / "ours", daypass.directory / "theirs"
    ours.write_text(sandbox.mint(sub=TRUSTED))
    theirs.write_text(sandbox.mint(sub=OTHER))
    common = {"role_arn": CI_ROLE, "sts_endpoint": sandbox.sts, "session_name": "the-same"}
    daypass.configure(ours=common | {"token_file": ours}, theirs=common | {"token_file": theirs})
    results = crowd(daypass, *[("credential-process", "--profile", name) for name in ("ours", "theirs")] * 10)
    assert [result.code for result in results] == [0, 77] * 10
    assert len({result.out for result in results[::2]}) == 1
    assert {result.out for result in results[1::2]} == {b""}
    assert len([entry for entry in sandbox.requests("sts") if entry["status"] == 200]) == 1


def test_a_persons_credentials_are_not_a_jobs(daypass, sandbox):
    """The same role and session name, and a token of the same subject: a session is no job's proof, nor the reverse."""
    token = daypass.directory / "token"
    token.write_text(sandbox.mint(sub="alice", email="alice@example.com"))
    job = {"role_arn": sandbox.profile()["role_arn"], "sts_endpoint": sandbox.sts, "session_name": "the-same"}
    daypass.configure(default=sandbox.profile(session_name="the-same"), job=job | {"token_file": token})
    sandbox.log_in(daypass)
    person = daypass.run("credential-process").expect(0).json()["AccessKeyId"]
    assert daypass.run("credential-process", "--profile", "job").expect(0).json()["AccessKeyId"] != person
