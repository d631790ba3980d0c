"""TLS in front of a server that has none: stunnel with a certificate of the tests' own choice."""

from pathlib import Path

from .processes import Process, accepts, free_port


class TLSFront:
    """Accepts TLS on `port` and passes what is inside on to `target`."""

    def __init__(self, directory: Path, authority, name: str, target: int, port: int | None = None,
                 hosts=("127.0.0.1", "localhost"), expired: bool = False, options: str = ""):
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        certificate, key = authority.issue(name, hosts, expired)
        config = directory / f"{name}.conf"
        config.write_text(
            f"foreground = yes\npid =\nsocket = l:SO_REUSEADDR=1\n{options}\n[{name}]\n"
            f"accept = 127.0.0.1:{self.port}\nconnect = 127.0.0.1:{target}\ncert = {certificate}\nkey = {key}\n")
        self.process = Process(["stunnel4", config], directory, f"stunnel-{name}")
        self.process.wait_until(lambda: accepts(self.port), 10)

    def stop(self):
        self.process.stop()
