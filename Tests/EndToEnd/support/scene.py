"""daypass, a provider and what may go wrong with them: where faults are planted."""

import os
import shutil
import subprocess

from .nameserver import NameServer
from .need import need
from .sandbox import DEMO_ROLE

UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


class Scene:
    """What it starts is given to `atend`, and ends with the test."""

    def __init__(self, daypass, sandbox, make_sandbox, authority, directory):
        self.daypass = daypass
        self.sandbox = sandbox
        self.make_sandbox = make_sandbox
        self.authority = authority
        self.tmp_path = directory
        self._ends = []

    def atend(self, end):
        self._ends.append(end)

    def end(self):
        for end in self._ends:
            end()

    def person(self, **settings):
        """A profile for a login; nobody has logged in."""
        self.daypass.configure(default=self.sandbox.profile(**settings))

    def logged_in(self, **settings):
        self.person(**settings)
        self.sandbox.log_in(self.daypass)

    def job(self, token: str | None = None, **settings):
        """A profile of a job whose token is in a file."""
        path = self.tmp_path / "token"
        path.write_text(self.sandbox.mint() if token is None else token)
        self.daypass.configure(
            default={"token_file": path, "role_arn": DEMO_ROLE, "sts_endpoint": self.sandbox.sts} | settings)

    def know_only(self, name: str):
        """For daypass alone there is one name in the world."""
        need(_cannot_unshare())
        names = NameServer(name)
        self.atend(names.stop)
        (self.tmp_path / "resolv.conf").write_text(f"nameserver {names.address}\n")
        self.daypass.prefix = (
            *UNSHARE, "sh", "-c", f'mount --bind {self.tmp_path}/resolv.conf /etc/resolv.conf && exec "$0" "$@"')


def _cannot_unshare() -> str | None:
    if not shutil.which("unshare") or subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        return "no mount namespace here in which names could be looked up elsewhere"
    return None
