"""A session on disk and the key that seals it, wherever that key lives: looked at, and taken away."""

import os
import subprocess

from .sandbox import ALICE_ONLY_ROLE


def why_no_keyring() -> str | None:
    """The user keyring, as daypass needs it: in the initial user namespace, and not refused by a container."""
    with open("/proc/self/uid_map") as uid_map:
        if uid_map.read().split() != ["0", "0", "4294967295"]:
            return "the keyring needs the initial user namespace"
    try:
        done = subprocess.run(["keyctl", "show", "@u"], capture_output=True)
    except FileNotFoundError:
        return "keyctl (keyutils) is not installed"
    return f"the kernel's keyring cannot be used: {done.stderr.decode().strip()}" if done.returncode else None


class Sealed:
    """Somebody who is logged in, whose sealing key can be taken away."""

    def __init__(self, daypass, sandbox, store: str):
        self.daypass, self.store = daypass, store
        self.credentials = daypass.directory / "credentials"
        daypass.env["DAYPASS_STORE"] = store
        if store == "credential":
            self.credentials.mkdir(mode=0o700)
            (self.credentials / "daypass.key").write_bytes(os.urandom(32))
            daypass.env["CREDENTIALS_DIRECTORY"] = str(self.credentials)
        daypass.configure(
            default=sandbox.profile(), other=sandbox.profile(role_arn=ALICE_ONLY_ROLE),
            second=sandbox.profile(session="second"))
        sandbox.log_in(daypass)

    def keys(self, kind: str = "") -> list[str]:
        """The keys that files of a kind name, as the first line of each says."""
        files = [path for path in self.data() if path.name.startswith(kind)]
        lines = [path.read_bytes().split(b"\n")[0].decode().split() for path in files]
        return sorted({words[3] for words in lines})

    def data(self):
        """What is sealed: sessions and credentials."""
        return sorted(
            path for path in self.daypass.state.iterdir()
            if path.name.startswith(("session-", "credentials-")) and not path.name.endswith((".lock", ".failed")))

    def remove_key(self):
        match self.store:
            case "file":
                (self.daypass.state / "key").unlink()
            case "credential":
                (self.credentials / "daypass.key").unlink()
            case "keyring":
                for key in self.keys():
                    description = "daypass:" + key.split(":")[1]
                    found = subprocess.run(["keyctl", "search", "@u", "user", description], capture_output=True)
                    if found.returncode == 0:
                        subprocess.run(["keyctl", "unlink", found.stdout.decode().strip(), "@u"], check=True,
                                       capture_output=True)

    def content(self) -> dict:
        return {path.name: path.read_bytes() for path in self.daypass.state.iterdir()}
