"""`daypass login --method browser`: authorization code, PKCE S256 and state, answered on a literal 127.0.0.1 port."""

import re
import urllib.parse

import pytest
import requests


@pytest.fixture
def browser():
    session = requests.Session()
    session.trust_env = False
    return session


@pytest.fixture
def login(person, sandbox):
    """A browser login under way: (the running program, the address that a browser is to open)."""
    running = person.start("login", "--method", "browser", "--json", env={"BROWSER": "true"})
    return running, running.event("browser")["url"]


def parameters(url: str) -> dict:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def test_a_whole_login(login, browser, sandbox, person):
    running, url = login
    answer = sandbox.approve_in_browser(browser, url)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"], timeout=10)
    assert page.status_code == 200 and "close this page" in page.text
    running.finish().expect(0)
    names = [event["event"] for event in running.events()]
    assert names[-2:] == ["authorized", "credentials"]
    assert running.events()[-2]["subject"] == "alice"
    person.run("token").expect(0)


def test_the_request_is_what_the_standards_ask_for(login, sandbox):
    _, url = login
    asked = parameters(url)
    assert url.startswith(f"{sandbox.issuer}/authorize?")
    assert asked["response_type"] == "code" and asked["client_id"] == "daypass-demo"
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/.*", asked["redirect_uri"])
    assert len(asked["state"]) >= 22 and "openid" in asked["scope"].split()
    assert "code_verifier" not in asked


def test_each_login_has_a_state_and_a_challenge_of_its_own(person):
    seen = set()
    for _ in range(2):
        running = person.start("login", "--method", "browser", "--json", env={"BROWSER": "true"})
        asked = parameters(running.event("browser")["url"])
        seen |= {asked["state"], asked["code_challenge"]}
        running.stop()
    assert len(seen) == 4


def test_the_person_says_no(login, browser, sandbox):
    running, url = login
    answer = sandbox.approve_in_browser(browser, url, decision="deny")
    browser.get(answer.headers["Location"], timeout=10)
    running.finish().expect(77)
    assert running.events()[-1]["code"] == "denied"


def test_an_answer_with_another_state_does_not_log_in(login, browser, sandbox, person):
    running, url = login
    asked = parameters(url)
    forged = f"{asked['redirect_uri']}?code=stolen&state={'A' * len(asked['state'])}"
    assert browser.get(forged, timeout=10).status_code in (400, 404)
    assert sandbox.count("token") == 0, "a code that came with a wrong state is never redeemed"
    running.stop()
    person.run("token").expect(4)


def test_other_requests_to_the_listener_change_nothing(login, browser, sandbox):
    running, url = login
    asked = parameters(url)
    base = asked["redirect_uri"].rsplit("/", 1)[0]
    for path in ("/favicon.ico", "/", "/?x=1"):
        assert browser.get(base + path, timeout=10).status_code == 404
    answer = sandbox.approve_in_browser(browser, url)
    browser.get(answer.headers["Location"], timeout=10)
    running.finish().expect(0)


def test_the_listener_is_on_loopback_alone_and_gone_afterwards(login, browser, sandbox):
    running, url = login
    redirect = parameters(url)["redirect_uri"]
    answer = sandbox.approve_in_browser(browser, url)
    browser.get(answer.headers["Location"], timeout=10)
    running.finish().expect(0)
    with pytest.raises(requests.ConnectionError):
        browser.get(redirect, timeout=30)


@pytest.mark.parametrize("forgery", ["wrong_nonce", "wrong_aud", "tampered"])
def test_a_forged_id_token_is_refused(login, browser, sandbox, person, forgery):
    running, url = login
    assert parameters(url).get("nonce"), "without one the provider has nothing to repeat"
    sandbox.set(id_token=forgery)
    answer = sandbox.approve_in_browser(browser, url)
    browser.get(answer.headers["Location"], timeout=10)
    running.finish().expect(65)
    person.run("token").expect(4)


def test_without_json_the_address_stands_alone_on_a_line(person, sandbox):
    running = person.start("login", "--method", "browser", env={"BROWSER": "true"})
    line = running.until(
        lambda: next((line for line in running.err.decode().splitlines() if "/authorize?" in line), None),
        what="the address")
    assert line.strip().startswith("http") and " " not in line.strip()
    running.stop()


def test_the_method_can_come_from_the_config_file(daypass, sandbox):
    daypass.configure(default=sandbox.profile(method="browser"))
    running = daypass.start("login", "--json", env={"BROWSER": "true"})
    assert running.event("browser")["url"]
    running.stop()
