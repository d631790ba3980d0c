"""A name server that knows one name, on a loopback address of its own: libc asks at port 53 and nowhere else."""

import random
import socket
import struct
import threading


class NameServer:
    """Answers 127.0.0.1 for `name`; there is no other name, and no IPv6 address."""

    def __init__(self, name: str):
        self.name = name
        self.asked: list[str] = []
        self.address, self._socket = self._bind()
        threading.Thread(target=self._serve, daemon=True).start()

    @staticmethod
    def _bind():
        while True:
            address = "127." + ".".join(str(random.randint(1, 254)) for _ in range(3))
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                server.bind((address, 53))
                return address, server
            except OSError as error:
                server.close()
                if not isinstance(error, PermissionError) and error.errno == 98:
                    continue
                raise

    def stop(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                query, client = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(query), client)
            except OSError:
                return

    def _answer(self, query: bytes) -> bytes:
        """RFC 1035 section 4: the header, the question as it was asked, and an answer where there is one."""
        labels, at = [], 12
        while length := query[at]:
            labels.append(query[at + 1:at + 1 + length].decode())
            at += 1 + length
        question = query[12:at + 5]
        [kind] = struct.unpack("!H", query[at + 1:at + 3])
        name = ".".join(labels)
        self.asked.append(name)
        is_known = name.lower() == self.name
        answers = [struct.pack("!HHHIH4s", 0xC00C, 1, 1, 60, 4, socket.inet_aton("127.0.0.1"))] \
            if is_known and kind == 1 else []
        header = query[:2] + struct.pack("!HHHHH", 0x8180 if is_known else 0x8183, 1, len(answers), 0, 0)
        return header + question + b"".join(answers)
