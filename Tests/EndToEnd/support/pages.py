"""Pages of documentation: their code, the command lines in it as a shell takes them, and their links."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"

# What each language of a fence may hold a command line of ours in.
_SHELL, _DATA = {"sh", ""}, {"yaml"}


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """(language, text) of each fence and of each indented block, whose language is empty."""
        outside = re.sub(r"^```.*?^```$", "", self.text, flags=re.M | re.S)
        indented = re.findall(r"(?<=\n\n)(?: {4}.*\n)+", outside)
        return re.findall(r"^```(\w+)\n(.*?)^```$", self.text, flags=re.M | re.S) + [("", text) for text in indented]

    def of(self, language: str) -> list[str]:
        return [text for given, text in self.blocks if given == language]

    @cached_property
    def links(self) -> list[str]:
        """Those to files of the repository."""
        found = re.findall(r"\]\(([^)\s]+)\)", self.text)
        return [link for link in found if not re.match(r"[a-z]+:", link)]

    @cached_property
    def anchors(self) -> set[str]:
        """As GitHub makes them of headings."""
        headings = re.findall(r"^#+ (.*)$", self.text, flags=re.M)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @cached_property
    def scripts(self) -> list[str]:
        """Everything on the page that a shell shall take and that has a command of ours."""
        found = [text for language, text in self.blocks if language in _SHELL]
        for language, text in self.blocks:
            if language in _DATA:
                for document in yaml.safe_load_all(text):
                    found += _strings(document)
            elif language == "groovy":
                found += re.findall(r"\bsh '([^']*)'", text)
            elif language == "ini":
                found += re.findall(r"^credential_process = (.*)$", text, flags=re.M)
        prose = re.sub(r"^```.*?^```$", "", self.text, flags=re.M | re.S)
        found += [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
        return [script for script in found if re.search(r"\bdaypass (?!in |is |has )[a-z]", script)]

    def commands(self, directory: Path) -> list[list[str]]:
        """The words after `daypass` of each command line, as bash splits them. Every other program does nothing."""
        bash = shutil.which("bash")
        calls, programs = directory / "calls", directory / "programs"
        programs.mkdir(parents=True)
        calls.write_bytes(b"")
        shim = programs / "daypass"
        shim.write_text(f'#!{bash}\nprintf "%s\\0" "$@" >>"{calls}"; printf "\\n" >>"{calls}"\n')
        shim.chmod(0o755)
        for script in self.scripts:
            script = script.replace("/usr/local/bin/daypass", "daypass")
            assert not re.search(r">\s*/", script), f"{self.path}: it writes to {script}"
            done = subprocess.run(
                [bash, "--noprofile", "--norc", "-c", f"command_not_found_handle() {{ :; }}\n{script}"],
                env={"PATH": str(programs), "HOME": str(directory)}, cwd=directory, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=30)
            assert "syntax error" not in done.stderr, f"{self.path}: {script}\n{done.stderr}"
        return [
            os.fsdecode(line).split("\0")[:-1] for line in calls.read_bytes().split(b"\n") if line]


def _strings(value) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return [value] if isinstance(value, str) else []


def broken_links(page: Page) -> list[str]:
    broken = []
    for link in page.links:
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        if not path.exists() or (anchor and anchor not in Page(path).anchors):
            broken.append(link)
    return broken
