"""The guides of docs/providers: what they show daypass takes, the roles they write let in whom they say and nobody
else, and there is one for everything that an identity can come from."""

import base64
import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import hcl2
import kubernetes_validate
import pytest
import yaml

from support.pages import DOCS, ROOT, Page, broken_links

PAGES = {path.stem: Page(path) for path in sorted((DOCS / "providers").glob("*.md"))}
GUIDES = {name: page for name, page in PAGES.items() if name != "README"}
CI = Page(DOCS / "ci.md")

PEOPLE = {"auth0", "okta", "entra-id", "google", "keycloak", "glewlwyd"}
# Whose proof is no token; test_saml.py holds their guides to what they say of roles.
NO_TOKENS = {"saml"}
# Sources that are no place of their own.
SETTINGS = {"file", "env", "command", "url"}

# What a token of the guide's example says, by the platform's own documentation: iss, sub, aud, and Google's azp. (Of
# env0 the audience that its guide has IAM ask for.) At least one for each command line that writes a role.
BITBUCKET = "{11111111-2222-3333-4444-555555555555}"
CIRCLE = "org/aaaaaaaa-1111-2222-3333-444444444444/project/bbbbbbbb-1111-2222-3333-444444444444"
SPACELIFT = "space:production:stack:network:run_type:TRACKED:scope"
STS = "sts.amazonaws.com"
TOKENS = {
    "auth0": [("https://acme.eu.auth0.com/", "github|583231", "CLIENT_ID")],
    "okta": [("https://acme.okta.com", "00u1a2b3c4d5e6f7g8h9", "0oa1b2c3d4e5f6g7h8i9")],
    "entra-id": [("https://login.microsoftonline.com/TENANT_ID/v2.0", "SUBJECT_OF_ANNA", "CLIENT_ID")],
    "google": [("https://accounts.google.com", "107517467455664443765", "1234567890-abc.apps.googleusercontent.com")],
    "keycloak": [("https://login.example.com/realms/main", "5b1a7c0e-3f0d-4a54-9d0f-2b1f5f1c9a01", "daypass")],
    "glewlwyd": [("https://login.example.com/api/oidc", "SUBJECT_OF_ANNA", "daypass")],
    "github-actions": [
        ("https://token.actions.githubusercontent.com", "repo:octo-org/app:ref:refs/heads/main", STS),
        ("https://token.actions.githubusercontent.com", "repo:octo-org@1001/app@2002:ref:refs/heads/main", STS)],
    "forgejo": [("https://git.example.com/api/actions", "repo:my-org/app:ref:refs/heads/main", STS)],
    "gitlab": [("https://gitlab.com", "project_path:acme/shop:ref_type:branch:ref:main", STS)],
    "circleci": [
        (f"https://oidc.circleci.com/{CIRCLE.partition('/project')[0]}", f"{CIRCLE}/user/cccccccc", STS),
        (f"https://oidc.circleci.com/{CIRCLE.partition('/project')[0]}",
         f"{CIRCLE}/user/cccccccc/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/main", STS)],
    "buildkite": [
        ("https://agent.buildkite.com",
         "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:9f3182061f1e2cca4702c368cbc039b7dc9d4485:step:s",
         STS)],
    "bitbucket": [
        ("https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
         BITBUCKET + ":{33333333-2222-3333-4444-555555555555}",
         "ari:cloud:bitbucket::workspace/99999999-2222-3333-4444-555555555555")],
    "azure-devops": [
        ("https://vstoken.dev.azure.com/00000000-0000-0000-0000-00000000000a", "p://acme/shop/deploy",
         "api://AzureADTokenExchange")],
    "hcp-terraform": [
        ("https://app.terraform.io", "organization:acme:project:Default:workspace:network:run_phase:plan", STS)],
    "spacelift": [
        ("https://acme.app.spacelift.io", f"{SPACELIFT}:read", "acme.app.spacelift.io"),
        ("https://acme.app.spacelift.io", f"{SPACELIFT}:write", "acme.app.spacelift.io")],
    "vercel": [
        ("https://oidc.vercel.com/acme", "owner:acme:project:shop:environment:production", "https://vercel.com/acme")],
    "fly": [("https://oidc.fly.io/acme", "acme:shop:e-148e21ea7e46e8", STS)],
    "semaphore": [
        ("https://acme.semaphoreci.com",
         "org:acme:project:936a5312-a3b8-4921-8b3f-2cec8baac574:repo:web:ref_type:branch:ref:refs/heads/main",
         "https://acme.semaphoreci.com")],
    "codefresh": [
        ("https://oidc.codefresh.io",
         "account:5f30ebd30312313ae7f17948:pipeline:64de5cd47626b3ca134e760a:initiator:manual", STS)],
    "jenkins": [("https://jenkins.example.com/oidc", "https://jenkins.example.com/job/deploy/", STS)],
    "env0": [("https://login.app.env0.com/", "auth0|SUBJECT", "hoMiq9PdkRh9LUvVpH4wIErWg50VSG1b")],
    "kubernetes": [
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF", "system:serviceaccount:apps:web", STS)],
    "spiffe-file": [("https://spire.example.com", "spiffe://example.com/web", STS)],
    "google-metadata": [("https://accounts.google.com", "100147106996764479085", STS, "100147106996764479085")],
    "other": [("https://ci.example.com", "project:acme/shop:ref:main", STS)],
}


def guide(of=None):
    chosen = {name: page for name, page in GUIDES.items() if of is None or of(page)}
    assert chosen
    return pytest.mark.parametrize("page", chosen.values(), ids=chosen)


def every_page():
    return pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


# There is one for everything


def sources(daypass) -> set[str]:
    return {source["name"] for source in daypass.run("source", "--json").expect().json()["sources"]}


def test_every_source_has_a_guide_and_every_guide_a_source(daypass):
    places = sources(daypass) - SETTINGS - {"login"}
    assert set(GUIDES) == places | PEOPLE | {"forgejo", "other"}
    assert set(TOKENS) == set(GUIDES) - NO_TOKENS


def test_the_command_lines_page_lists_every_source(daypass):
    section = re.search(r"^## Sources\n(.*?)^## ", (DOCS / "cli.md").read_text(), flags=re.M | re.S).group(1)
    assert set(re.findall(r"^- `([\w-]+)`", section, flags=re.M)) == sources(daypass) - SETTINGS - {"login"}


def test_the_index_lists_every_guide_once():
    listed = [link for link in PAGES["README"].links if re.fullmatch(r"[\w-]+\.md", link)]
    assert sorted(listed) == sorted(f"{name}.md" for name in GUIDES)


@guide()
def test_a_guide_has_what_a_reader_looks_for(page):
    headings = re.findall(r"^## (.*)$", page.text, flags=re.M)
    assert {"In AWS", "Quirks"} <= set(headings) and {"The profile", "The job"} & set(headings)
    # For a terminal of 80 columns.
    assert not [line for line in page.text.splitlines() if len(line) > 80]


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *(page.path for page in PAGES.values())],
    ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(path):
    assert broken_links(Page(path)) == []


def test_a_link_to_nothing_is_found(tmp_path):
    (tmp_path / "page.md").write_text("# A title\n[a](page.md#a-title) [b](page.md#b) [c](c.md) [d](https://d)\n")
    assert broken_links(Page(tmp_path / "page.md")) == ["page.md#b", "c.md"]


# Configuration


def profiles(page: Page) -> list[tuple[str, str]]:
    """(the file, a profile of it)."""
    return [(text, name) for text in page.of("toml") for name in tomllib.loads(text)["profile"]]


@guide(profiles)
def test_profiles_are_accepted(daypass, page):
    for text, name in profiles(page):
        daypass.configure_text(text)
        daypass.run("status", "--profile", name).expect()
        found = daypass.run("source", "--json", "--profile", name).expect().json()["sources"]
        [chosen] = [source["name"] for source in found if source["would_be_used"]]
        if page.name == "other":
            assert chosen == {"variable": "env", "address": "url"}.get(name, name)
        else:
            assert chosen == ("login" if page.name in PEOPLE else page.name)


def test_a_profile_with_an_unknown_key_is_not_accepted(daypass):
    [(text, name)] = profiles(GUIDES["fly"])
    daypass.configure_text(text + "rolearn = 'x'\n").run("status", "--profile", name).expect(78)


@every_page()
def test_every_variable_is_a_setting(daypass, page):
    known = daypass.run("exec", "--help").expect().stdout
    for name in set(re.findall(r"\bDAYPASS_(\w+)", page.text)):
        assert re.search(rf"--{name.lower().replace('_', '-')}\b", known), name
    if page.name in sources(daypass):
        for name in re.findall(r"DAYPASS_SOURCE[=:]\s*([\w-]+)", page.text):
            assert name == page.name


# What is set on the other side

SCHEMAS = {
    "github-actions": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci", "circleci": "vendor.circle-ci",
    "buildkite": "vendor.buildkite", "azure-devops": "vendor.azure-pipelines",
    "bitbucket": "vendor.bitbucket-pipelines",
}


@guide(lambda page: page.of("yaml"))
def test_yaml_is_what_the_platform_takes(page, tmp_path):
    for text in page.of("yaml"):
        document = yaml.safe_load(text)
        assert isinstance(document, dict)
        if page.name == "kubernetes":
            kubernetes_validate.validate(document, "1.37", strict=True)
        if schema := SCHEMAS.get(page.name):
            (tmp_path / "file.yml").write_text(text)
            check = Path(sys.executable).parent / "check-jsonschema"
            done = subprocess.run(
                [check, "--builtin-schema", schema, tmp_path / "file.yml"], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stdout


@guide(lambda page: page.of("hcl"))
def test_hcl_parses(page):
    for text in page.of("hcl"):
        assert hcl2.loads(text)


# Command lines


def option_names(words: list[str]) -> list[str]:
    ours = words[:words.index("--")] if "--" in words else words
    return [word.partition("=")[0] for word in ours if word.startswith("--")]


@every_page()
def test_every_verb_and_option_is_one_of_daypass(daypass, page, tmp_path):
    commands = page.commands(tmp_path / "shell")
    assert commands
    for words in commands:
        group = [words[1]] if words[0] == "trust" else []
        help = daypass.run(words[0], *group, "--help").expect().stdout
        for option in option_names(words):
            assert re.search(rf"(?<=[ /]){option}\b", help), words


def test_an_unknown_option_is_found(tmp_path):
    (tmp_path / "page.md").write_text(
        "```sh\nname=x\naws y | daypass trust check - --jsn \\\n  \"a $name\" >z # daypass no\n```\n"
        "`daypass exec -- a --b`\n")
    check, exec = Page(tmp_path / "page.md").commands(tmp_path / "shell")
    assert check == ["trust", "check", "-", "--jsn", "a x"] and exec == ["exec", "--", "a", "--b"]
    assert option_names(check) == ["--jsn"] and option_names(exec) == []


# Roles

CLAIMS = ("iss", "sub", "aud", "azp")


def token(*values: str) -> str:
    """With nobody's signature: only AWS looks at that."""
    def part(value) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    claims = dict(zip(CLAIMS, values)) | {"iat": int(time.time()), "exp": int(time.time()) + 600}
    header = {"alg": "RS256", "typ": "JWT", "kid": "1"}
    return ".".join([part(json.dumps(header).encode()), part(json.dumps(claims).encode()), part(b"x" * 256)])


def strangers(values: tuple) -> list[tuple]:
    """Of each claim another one."""
    def other(text: str) -> str:
        return text.replace("https://", "https://x") if text.startswith("https://") else "x" + text
    return [values[:at] + (other(value),) + values[at + 1:] for at, value in enumerate(values)]


def with_conditions(policy: str, page: Page) -> str:
    """What `trust json` wrote, with the conditions that the guide has its reader add."""
    requests = json.loads(policy)
    document = json.loads(requests["CreateRole"]["AssumeRolePolicyDocument"])
    for block in page.of("hcl"):
        for condition in hcl2.loads(block).get("condition", []):
            test, variable = (condition[name].strip('"') for name in ("test", "variable"))
            values = [value.strip('"') for value in condition["values"]]
            document["Statement"][0]["Condition"].setdefault(test, {})[variable] = values
    return json.dumps(document)


def writes_a_role(words: list[str]) -> bool:
    return words[0] == "trust" and words[1] in ("terraform", "cloudformation", "json") and len(words) > 2


@guide(lambda page: page.name not in NO_TOKENS)
def test_the_roles_let_in_whom_the_guide_says_and_nobody_else(daypass, page, tmp_path):
    if texts := [text for text, name in profiles(page) if name in ("default", "file")]:
        daypass.configure_text(texts[0])
    path, nothing = daypass.directory / "token", daypass.directory / "nothing.toml"
    nothing.touch(mode=0o600)
    commands = [words for words in page.commands(tmp_path / "shell") if writes_a_role(words)]
    let_in = set()

    def grant(words: list[str], form: str):
        further = [] if "--role-arn" in words else ["--role-arn", "arn:aws:iam::123456789012:role/r"]
        if "--from-token" in words:
            further += ["--source", "file", "--token-file", path]
        return daypass.run("trust", form, *words[2:], *further).expect().stdout

    def judge(policy: str, claims: tuple) -> str:
        path.write_text(token(*claims))
        report = daypass.run(
            "trust", "check", "-", "--json", "--token-file", path, "--config", nothing, input=policy.encode())
        assert report.code in (0, 1), report.stderr
        return report.json()["verdict"]

    assert [words for words in commands if "--from-token" not in words], "no command line that stands by itself"
    for words in commands:
        path.write_text(token(*TOKENS[page.name][0]))
        assert "aws_iam_role" in str(hcl2.loads(grant(words, "terraform"))["resource"])
        policy = with_conditions(grant(words, "json"), page)
        allowed = [claims for claims in TOKENS[page.name] if judge(policy, claims) == "allowed"]
        assert allowed, words
        let_in |= set(allowed)
        for stranger in [stranger for claims in allowed for stranger in strangers(claims)]:
            assert judge(policy, stranger) == "refused", (words, stranger)
    assert let_in == set(TOKENS[page.name])


# The table of docs/ci.md

PLACES = {
    "github-actions": [
        ["--github", "OWNER/REPO", "--branch", "BRANCH"],
        ["--github", "OWNER/REPO", "--branch", "BRANCH", "--environment", "NAME"]],
    "forgejo": [["--github", "OWNER/REPO", "--branch", "BRANCH", "--issuer", "https://HOST/api/actions"]],
    "gitlab": [["--gitlab", "GROUP/PROJECT", "--branch", "BRANCH"]],
    "circleci": [["--circleci", "ORG_ID/PROJECT_ID"]],
    "buildkite": [["--buildkite", "ORG/PIPELINE", "--branch", "BRANCH"]],
    "bitbucket": [["--bitbucket", "WORKSPACE/REPO_UUID", "--audience", "a"]],
    "hcp-terraform": [["--hcp-terraform", "O/P/W"]],
}


def rows() -> dict[str, list[str]]:
    """What is in quotes in the last column of each row, by the guide it links to."""
    table = re.findall(r"^\| \[[^\]]*\]\(providers/([\w-]+)\.md\) .*\|([^|]+)\|$", CI.text, flags=re.M)
    return {name: re.findall(r"`([^`]+)`", cell) for name, cell in table}


def test_the_table_of_platforms_has_every_guide_for_jobs():
    assert set(rows()) == set(GUIDES) - PEOPLE - NO_TOKENS - {"kubernetes", "spiffe-file", "other"}


def subject_condition(daypass, *words) -> tuple[str, str]:
    requests = daypass.run(
        "trust", "json", *words, "--role-arn", "arn:aws:iam::123456789012:role/r").expect().json()
    [statement] = json.loads(requests["CreateRole"]["AssumeRolePolicyDocument"])["Statement"]
    [condition] = [
        (key, value) for test in statement["Condition"].values() for key, value in test.items() if key.endswith(":sub")]
    return condition


@pytest.mark.parametrize("name", rows())
def test_the_condition_keys_of_the_table_are_those_that_trust_writes(daypass, name):
    key, *patterns = rows()[name]
    if name in PLACES:
        for words, pattern in zip(PLACES[name], patterns, strict=True):
            given, value = subject_condition(daypass, *words)
            assert given == key and (value == pattern or value.endswith(pattern.removeprefix("…"))), (given, value)
            assert pattern.startswith("…") or value == pattern
    else:
        issuer = "https://" + key.removesuffix(":sub")
        pattern = patterns[0] if patterns and patterns[0] not in ("aud", "sub") else "somebody"
        assert subject_condition(daypass, "--issuer", issuer, "--audience", "a", "--sub", pattern) == (key, pattern)
        # The guide's own example has the same issuer, and a subject of the same form.
        example, subject, *_ = TOKENS[name][0]
        shape = re.sub(r"[A-Z][A-Z_]+|\*", "*", key.removesuffix(":sub"))
        assert re.fullmatch(re.escape(shape).replace(r"\*", r"[^/]+"), example.removeprefix("https://"))
        if pattern != "somebody":
            form = re.escape(re.sub(r"(?<![a-z])[A-Z][A-Z_]+", "*", pattern)).replace(r"\*", r".+")
            assert re.fullmatch(form, subject), (form, subject)
