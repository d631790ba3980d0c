"""The QR code in a real terminal window, photographed and decoded as a phone would."""

import re

import pytest

from support.screen import BITMAP_FONT, DARK, LIGHT, OUTLINE_FONT
from support.terminal import Terminal

# One X server a worker is plenty; windows of several tests at once would only share it.
pytestmark = pytest.mark.xdist_group("screen")


@pytest.mark.parametrize("font", [BITMAP_FONT, OUTLINE_FONT], ids=["bitmap", "outline"])
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_it_decodes_at_80x24_to_exactly_the_address_shown(person, sandbox, display, theme, font):
    window = display.xterm(person.argv("login"), person.env, 80, 24, theme, font)
    assert window.wait_for_code() == [f"{sandbox.url}/device?user_code={sandbox.pending_code()}"]
    window.close()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_seven_bit_form_decodes_at_100x50(person, sandbox, display, theme):
    window = display.xterm(person.argv("login"), person.env | {"LANG": "C", "LC_ALL": "C"}, 100, 50, theme)
    assert window.wait_for_code() == [f"{sandbox.url}/device?user_code={sandbox.pending_code()}"]
    window.close()


def test_no_color_does_not_touch_it(person, sandbox, display):
    window = display.xterm(person.argv("login"), person.env | {"NO_COLOR": "1"}, 80, 24, LIGHT)
    assert window.wait_for_code() == [f"{sandbox.url}/device?user_code={sandbox.pending_code()}"]
    window.close()


def test_plain_ascii_on_request(person, sandbox):
    terminal = person.terminal("login", "--qr", "ascii", columns=120, lines=60)
    terminal.wait_for("##")
    assert all(byte < 0x80 for byte in terminal.output())


# What a window of text shows, read from the terminal itself


def shown(person, sandbox, *args, env=None, **window) -> Terminal:
    terminal = person.terminal("login", *args, env=env, **window)
    terminal.wait_for(sandbox.pending_code())
    terminal.wait_for(
        lambda it: "Continue only" in " ".join(it.output().decode(errors="ignore").split()), what="the caution")
    return terminal


def test_the_seven_bit_form_is_seven_bit(person, sandbox):
    terminal = shown(person, sandbox, env={"LANG": "C", "LC_ALL": "C"}, columns=100, lines=50)
    assert all(byte < 0x80 for byte in terminal.output())
    assert b"\x1b[" in terminal.output(), "modules have backgrounds of their own"


def test_where_the_seven_bit_form_does_not_fit_the_text_stands_alone(person, sandbox):
    terminal = shown(person, sandbox, env={"LANG": "C", "LC_ALL": "C"}, columns=80, lines=24)
    assert all(byte < 0x80 for byte in terminal.output())
    assert not re.search(rb"\x1b\[[0-9;]*(4[0-8]|10[0-7])", terminal.output()), "no background is painted"
    assert f"{sandbox.url}/device" in terminal.text()


@pytest.mark.parametrize("window", [(80, 24), (100, 50), (40, 12), (200, 60)])
def test_code_and_address_are_always_there_as_text(person, sandbox, window):
    terminal = shown(person, sandbox, columns=window[0], lines=window[1])
    code = sandbox.pending_code()
    text = terminal.text().replace("\n", "")
    assert code in text and f"{sandbox.url}/device" in text
    assert len([line for line in terminal.text().splitlines() if line.strip()]) <= window[1]


def test_the_address_stands_alone_on_its_line(person, sandbox):
    terminal = shown(person, sandbox, columns=100, lines=50)
    address = f"{sandbox.url}/device?user_code={sandbox.pending_code()}"
    assert address in [line.strip() for line in terminal.text().splitlines()]


def test_never_means_never(person, sandbox):
    terminal = shown(person, sandbox, "--qr", "never", columns=100, lines=50)
    assert "▀" not in terminal.output().decode() and "▄" not in terminal.output().decode()


def test_a_pipe_gets_no_code_although_a_terminal_is_there(person, sandbox, tmp_path):
    """The prompt goes to the terminal; what goes to a file is text."""
    with open(tmp_path / "err", "wb") as err:
        terminal = person.terminal("login", columns=100, lines=50, stderr=err)
        terminal.wait_for(sandbox.pending_code())
    assert b"\x1b" not in (tmp_path / "err").read_bytes()


def test_an_address_too_long_for_any_window_gives_way_to_text(person, sandbox):
    long = f"{sandbox.url}/device?user_code=ABCD&x=" + "y" * 900
    sandbox.set(device_set={"verification_uri_complete": long})
    terminal = shown(person, sandbox, columns=80, lines=24)
    assert "▀" not in terminal.output().decode()


def test_afterwards_the_terminal_is_as_it_was(person, sandbox):
    terminal = shown(person, sandbox, columns=100, lines=50)
    sandbox.approve()
    assert terminal.wait() == 0
    assert terminal.settings() == terminal.settings_before and not terminal.cursor_is_hidden()
