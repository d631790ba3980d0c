"""A real terminal window: xterm under Xvfb, photographed, and read as a phone's camera would (zbarimg)."""

import os
import shutil
import subprocess
from pathlib import Path

from .processes import Process, wait_for

DARK = ("#101010", "#d8d8d8")
LIGHT = ("#fafafa", "#202020")
# The plain name 10x20 means its Latin-1 form, which has no block elements.
BITMAP_FONT = ["-fn", "-misc-fixed-medium-r-normal--20-200-75-75-c-100-iso10646-1"]
# Its block elements leave the last line of pixels of their cells free, as many outline fonts' do.
OUTLINE_FONT = ["-fa", "DejaVu Sans Mono", "-fs", "10"]
_PROGRAMS = ("Xvfb", "xterm", "import", "zbarimg", "xlsfonts")


def why_unavailable() -> str | None:
    missing = [name for name in _PROGRAMS if not shutil.which(name)]
    return f"no window to photograph: {', '.join(missing)} missing" if missing else None


class Display:
    """An X server without a screen; it chooses its own display number, so that any number can run at once."""

    def __init__(self, directory: Path):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._windows = []
        reader, writer = os.pipe()
        os.set_inheritable(writer, True)
        self.process = Process(
            ["Xvfb", "-displayfd", writer, "-screen", "0", "1400x1200x24", "-nolisten", "tcp"], directory, "xvfb",
            pass_fds=(writer,))
        os.close(writer)
        with os.fdopen(reader) as numbers:
            line = numbers.readline().strip()
        if not line:
            raise RuntimeError(f"Xvfb did not start: {self.process.log()[-2000:]}")
        self.name = f":{line}"

    def xterm(self, argv, env, columns=80, lines=24, theme=DARK, font=BITMAP_FONT) -> "Window":
        window = Window(self, argv, env, columns, lines, theme, font)
        self._windows.append(window)
        return window

    def stop(self):
        for window in self._windows:
            window.close()
        self.process.stop()


class Window:
    def __init__(self, display: Display, argv, env, columns, lines, theme, font):
        background, foreground = theme
        self.display = display
        self._count = len(display._windows)
        self.process = Process(
            ["xterm", "-geometry", f"{columns}x{lines}+0+0", "-b", "0", *font, "-bg", background,
             "-fg", foreground, "+sb", "-uc", "-e", *argv],
            display.directory, f"xterm-{self._count}", env=env | {"DISPLAY": display.name})

    def photograph(self) -> Path:
        picture = self.display.directory / f"window-{self._count}.png"
        subprocess.run(
            ["import", "-display", self.display.name, "-window", "root", str(picture)], check=True, timeout=30,
            capture_output=True)
        return picture

    def scan(self) -> list[str]:
        """What a camera reads in the window now: the contents of every QR code seen."""
        found = subprocess.run(
            ["zbarimg", "--raw", "--quiet", "-Sdisable", "-Sqrcode.enable", str(self.photograph())],
            capture_output=True, timeout=30)
        return found.stdout.decode().splitlines()

    def wait_for_code(self, seconds: float = 20) -> list[str]:
        return wait_for(self.scan, seconds, "a QR code in the window", pause=0.3)

    def close(self):
        self.process.stop()
