"""`console` against a sign-in service and an STS under AWS's own names, reached through a proxy of the test's: the
program is told nothing but whom to trust."""

import json
import re
import urllib.parse
import urllib.request

import pytest

from support.certificates import Authority
from support.https import ConnectProxy, HTTPSServer
from support.screen import LIGHT

PARTITIONS = {
    "aws": ("us-east-1", "sts.us-east-1.amazonaws.com", "signin.aws.amazon.com", "console.aws.amazon.com"),
    "aws-cn": (
        "cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "signin.amazonaws.cn", "console.amazonaws.cn"),
    "aws-us-gov": (
        "us-gov-west-1", "sts.us-gov-west-1.amazonaws.com", "signin.amazonaws-us-gov.com",
        "console.amazonaws-us-gov.com"),
    "aws-eusc": (
        "eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1.signin.amazonaws-eusc.eu",
        "eusc-de-east-1.console.amazonaws-eusc.eu"),
    "aws-iso": ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov", "signin.c2shome.ic.gov", "console.c2shome.ic.gov"),
    "aws-iso-b": (
        "us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov", "signin.sc2shome.sgov.gov",
        "console.sc2shome.sgov.gov"),
    "aws-iso-e": (
        "eu-isoe-west-1", "sts.eu-isoe-west-1.cloud.adc-e.uk", "signin.csphome.adc-e.uk",
        "console.csphome.adc-e.uk"),
    "aws-iso-f": (
        "us-isof-south-1", "sts.us-isof-south-1.csp.hci.ic.gov", "signin.csphome.hci.ic.gov",
        "console.csphome.hci.ic.gov"),
}
TOKEN = "CANARY-sign-in-token"


class AWS:
    """moto as the STS, and a sign-in service that knows only what that STS has issued."""

    def __init__(self, directory, moto):
        authority = Authority(directory / "aws", "not AWS")
        hosts = [host for _, *hosts in PARTITIONS.values() for host in hosts]
        self.moto = moto
        self.issued: dict[str, dict] = {}
        self.chained: set[str] = set()
        self.signed_in: list[tuple[str, dict]] = []
        self.statuses: list[int] = []
        self.token = TOKEN
        self.server = HTTPSServer({None: authority.issue("aws", tuple(hosts))}, self.answer)
        self.proxy = ConnectProxy(self.server.port)
        self.env = {"HTTPS_PROXY": self.proxy.url, "DAYPASS_CA_FILE": authority.ca_file}

    def stop(self):
        self.proxy.stop()
        self.server.stop()

    def answer(self, method, headers, path, body):
        host = headers["Host"]
        if host.startswith("sts."):
            return self.exchange(host, body, headers.get("Authorization"))
        address = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(address.query, strict_parsing=True)
        self.signed_in.append((host, query))
        if self.statuses:
            return self.statuses.pop(0), {}, b"busy"
        session = json.loads(query["Session"][0])
        right = (
            method == "GET" and address.path == "/federation" and query["Action"] == ["getSigninToken"]
            and set(query) <= {"Action", "Session", "SessionDuration"} and set(session) == {
                "sessionId", "sessionKey", "sessionToken"}
            and self.issued.get(session["sessionId"]) == session
            # As AWS's page has it: with role chaining the parameter makes the call fail.
            and not (session["sessionId"] in self.chained and "SessionDuration" in query))
        if not right:
            return 400, {}, b"bad request"
        return 200, {"Content-Type": "application/json"}, json.dumps({"SigninToken": self.token}).encode()

    def exchange(self, host, body, authorization):
        signed = {"Authorization": authorization} if authorization else {}
        request = urllib.request.Request(self.moto.url, data=body, headers={"Host": host} | signed, method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as reply:
            content = reply.read()
        # moto knows no partition but the first of them all and two more; daypass holds it against the role's.
        partition = next(name for name, place in PARTITIONS.items() if place[1] == host)
        content = re.sub(rb"arn:aws[a-z-]*:sts", f"arn:{partition}:sts".encode(), content)
        names = {"AccessKeyId": "sessionId", "SecretAccessKey": "sessionKey", "SessionToken": "sessionToken"}
        text = content.decode()
        session = {ours: re.search(f"<{name}>(.*?)</{name}>", text).group(1) for name, ours in names.items()}
        self.issued[session["sessionId"]] = session
        if authorization:
            self.chained.add(session["sessionId"])
        return 200, {"Content-Type": "text/xml"}, content


@pytest.fixture
def aws(tmp_path, moto):
    aws = AWS(tmp_path, moto)
    yield aws
    aws.stop()


@pytest.fixture
def job(daypass, sandbox, aws):
    (daypass.directory / "token").write_text(sandbox.mint())
    daypass.env |= {name: str(value) for name, value in aws.env.items()}

    def configure(partition="aws", **settings):
        region = PARTITIONS[partition][0]
        daypass.configure(default={
            "token_file": daypass.directory / "token", "role_arn": f"arn:{partition}:iam::123456789012:role/ops",
            "region": region} | settings)
        return daypass

    return configure


def console(daypass, *arguments, code=0):
    done = daypass.run("console", *arguments).expect(code)
    return done.stdout, done.stderr


def parts(url: str) -> tuple[str, dict]:
    address = urllib.parse.urlsplit(url.strip())
    assert address.scheme == "https" and address.path == "/federation"
    return address.netloc, {name: value for name, [value] in urllib.parse.parse_qs(address.query).items()}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_partition_has_its_own_sign_in(job, aws, partition):
    region, sts, signin, host = PARTITIONS[partition]
    shown, _ = console(job(partition))
    address, query = parts(shown)
    assert address == signin and shown.count("\n") == 1
    assert query == {
        "Action": "login", "SigninToken": TOKEN, "Destination": f"https://{host}/console/home?region={region}"}
    assert aws.proxy.asked == [f"{sts}:443", f"{signin}:443"]


@pytest.mark.parametrize(
    "settings, seconds", [({}, "3600"), ({"duration": "12h"}, "43200"), ({"duration": "15m"}, "900")])
def test_the_session_lasts_as_long_as_the_credentials_were_granted_for(job, aws, settings, seconds):
    console(job(**settings))
    assert aws.signed_in[-1][1]["SessionDuration"] == [seconds]


@pytest.mark.parametrize("settings", [{}, {"duration": "12h"}, {"duration": "max"}])
def test_a_chained_roles_session_ends_with_its_credentials(job, aws, settings):
    """AWS refuses a SessionDuration for credentials that came by role chaining, which last an hour at most."""
    further = {"role_arn": "arn:aws:iam::123456789012:role/further", "duration": "30m"}
    shown, _ = console(job(then=[further], **settings))
    assert parts(shown)[0] == "signin.aws.amazon.com"
    [(_, query)] = aws.signed_in
    assert "SessionDuration" not in query and query["Action"] == ["getSigninToken"]
    # What is handed in are the last role's credentials, not those it was assumed with.
    assert json.loads(query["Session"][0]) == list(aws.issued.values())[-1] and len(aws.issued) == 2


@pytest.mark.parametrize("given, destination", [
    ("/s3/home", "https://console.aws.amazon.com/s3/home"),
    ("https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logs:x=y&z",
     "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logs:x=y&z"),
])
def test_it_opens_where_it_is_told(job, given, destination):
    assert parts(console(job(), "--destination", given)[0])[1]["Destination"] == destination


@pytest.mark.parametrize("destination", [
    "https://evil.example/", "http://console.aws.amazon.com/", "https://console.aws.amazon.com.evil.example/",
    "https://evilaws.amazon.com/", "https://x@console.aws.amazon.com/", "https://console.amazonaws.cn/", "s3", "",
    "https://evil.example#.aws.amazon.com", "javascript:alert(1)"])
def test_it_leads_nowhere_but_to_the_console(job, aws, destination):
    shown, said = console(job(), "--destination", destination, code=64)
    assert not shown and "--destination" in said and not aws.proxy.asked


def test_secrets_stay_out_of_the_log(job, aws):
    shown, said = console(job(), "--log-level", "trace")
    assert "signin.aws.amazon.com/federation" in said and "Session=" not in said
    secrets = [value for session in aws.issued.values() for value in session.values()] + [TOKEN]
    assert len(secrets) == 4 and not any(secret in said for secret in secrets)
    assert TOKEN in shown


@pytest.mark.parametrize("statuses, code, tries", [
    ([503, 503], 0, 3), ([503] * 5, 69, 3), ([429], 0, 2), ([400], 77, 1), ([403], 77, 1), ([302], 77, 1)])
def test_what_helps_is_tried_again(job, aws, statuses, code, tries):
    aws.statuses = statuses
    shown, _ = console(job(), code=code)
    assert len(aws.signed_in) == tries and bool(shown) == (code == 0)


def test_credentials_of_another_sts_are_not_taken_to_aws(job, aws, sandbox):
    _, said = console(job(sts_endpoint=sandbox.sts), code=78)
    assert "sts_endpoint" in said and not aws.proxy.asked


def test_the_qr_code_is_below_the_url_and_only_on_standard_output(job):
    daypass = job()
    shown, said = console(daypass, "--qr", "ascii")
    lines = shown.splitlines()
    assert parts(lines[0])[0] == "signin.aws.amazon.com" and "##" in lines[6] and "##" not in said
    assert len(console(daypass, "--qr", "auto")[0].splitlines()) == 1


def test_without_libqrencode_the_url_is_there_all_the_same(job, tmp_path):
    (tmp_path / "libqrencode.so.4").write_text("this is no library of this machine's\n" * 100)
    daypass = job()
    daypass.env["LD_LIBRARY_PATH"] = str(tmp_path)
    shown, said = console(daypass, "--qr", "always")
    assert parts(shown.strip())[0] == "signin.aws.amazon.com" and "libqrencode is not installed" in said


@pytest.mark.xdist_group("screen")
def test_a_phone_reads_the_url_off_the_screen(job, aws, display):
    daypass = job()
    waiting = ["sh", "-c", '"$0" "$@"; exec sleep 60', *daypass.argv("console", "--qr", "auto")]
    window = display.xterm(waiting, daypass.env, 100, 58, LIGHT)
    [url] = window.wait_for_code()
    address, query = parts(url)
    assert address == "signin.aws.amazon.com" and query["SigninToken"] == TOKEN
    window.close()


def test_a_url_as_long_as_aws_makes_them_wants_a_wide_window(job, aws):
    aws.token = "T" * 1100
    daypass = job()
    wide = daypass.terminal("console", "--qr", "auto", columns=160, lines=24)
    wide.process.wait(30)
    wide.wait_for("T" * 100)
    narrow = daypass.terminal("console", "--qr", "auto", columns=80, lines=24)
    narrow.wait_for("wider than the window")
    narrow.process.wait(30)
    drawn = [terminal.output().decode().splitlines() for terminal in (wide, narrow)]
    assert len(drawn[0]) > 50 and len(drawn[1]) < 10
    assert any("\u2580" in line or "\u2584" in line for line in drawn[0])
    assert all(terminal.process.returncode == 0 for terminal in (wide, narrow))
