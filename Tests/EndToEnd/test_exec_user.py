"""`exec --user`: the command as another user, who can read what was made for it and nothing more."""

import os

import pytest

from support.need import need

SHOW = ["sh", "-c", 'id -u; id -g; id -G; echo "$HOME $USER"; cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" | wc -c; '
                    'stat -c %a:%u "$AWS_CONFIG_FILE"']


@pytest.fixture
def root(logged_in):
    need(None if os.geteuid() == 0 else "needs root")
    return logged_in


def test_a_user_by_name(root):
    lines = root.run("exec", "--user", "nobody", "--", *SHOW, cwd="/").expect(0).stdout.splitlines()
    assert lines == ["65534", "65534", "65534", "/nonexistent nobody", "43", "600:65534"]


def test_a_number_that_has_no_name(root):
    lines = root.run("exec", "--user", "54321", "--", *SHOW, cwd="/").expect(0).stdout.splitlines()
    assert lines == ["54321", "54321", "54321", "/ ", "43", "600:54321"]


def test_a_group_of_its_own(root):
    lines = root.run("exec", "--user", "nobody:54322", "--", *SHOW, cwd="/").expect(0).stdout.splitlines()
    assert lines[:3] == ["65534", "54322", "54322"]


def test_with_env_too(root):
    result = root.run("exec", "--env", "--user", "nobody", "--", "sh", "-c", "id -u; id -G; echo $AWS_ACCESS_KEY_ID",
                      cwd="/").expect(0)
    user, groups, key = result.stdout.splitlines()
    assert (user, groups) == ("65534", "65534") and key.startswith("ASIA")


def test_files_are_gone_afterwards(root):
    script = 'echo "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE $AWS_CONFIG_FILE"'
    paths = root.run("exec", "--user", "nobody", "--", "sh", "-c", script, cwd="/").expect(0).stdout.split()
    assert len(paths) == 2 and not any(map(os.path.exists, paths))


def test_a_file_that_the_user_may_not_read_is_not_copied(root, tmp_path):
    secret = tmp_path / "config"
    secret.write_text("[profile p]\nregion = only-for-root\n")
    secret.chmod(0o600)
    result = root.run("exec", "--user", "nobody", "--", "sh", "-c", 'cat "$AWS_CONFIG_FILE"', cwd="/",
                      env={"AWS_CONFIG_FILE": secret}).expect(0)
    assert result.stdout == "" and "AWS_CONFIG_FILE" in result.stderr


@pytest.mark.parametrize("name", ["no-such-user", ":", "nobody:no-such-group", "-1", "4294967295", "nobody:"])
def test_nobody_of_that_name(root, name):
    result = root.run("exec", f"--user={name}", "--", "true").expect(78)
    assert result.stderr.startswith("daypass: --user: ")


def test_a_signal_ends_it(root):
    running = root.start("exec", "--user", "nobody", "--", "sh", "-c", "echo 1; exec sleep 1000")
    running.until(lambda: b"1" in running.out, what="the command")
    running.signal(15)
    assert running.finish().code == 143
