"""`daypass serve` beside nginx: the same answer to the same wrk line, one core each."""

import resource
import shutil
import signal
import socket
import statistics

from servers import Daypass, Nginx, Sandbox, wrk

TITLE = "A credential server: requests, latencies, connections at rest"
ORDER = 30
AT_REST = 10_000
KEYS = ("rate", "work", "p50", "p99")


def run(bench) -> list[str]:
    if not shutil.which("wrk") or not shutil.which("nginx"):
        return ["Not measured: wrk and nginx are not installed."]
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    bench.directory.chmod(0o755)  # nginx's worker is another user
    servers = []
    try:
        servers.append(sandbox := Sandbox(bench.program.parent / "daypass-sandbox"))
        servers.append(daypass := Daypass(bench.program, sandbox, bench.directory / "daypass"))
        servers.append(nginx := Nginx(daypass.answer, bench.directory / "nginx", free_port()))
        # Not another program on the client's core.
        sandbox.process.send_signal(signal.SIGSTOP)
        lines = ["| server | connections | requests/s | work a request, µs | p50 ms | p99 ms |",
                 "|---|---|---|---|---|---|"]
        for connections in (16, 64):
            lines += compare(bench, daypass, nginx, connections)
        before, answered, after = rest(daypass)
        sandbox.process.send_signal(signal.SIGCONT)
    finally:
        for server in reversed(servers):
            server.stop()
    size = len(daypass.answer[1])
    return lines + [
        "", f"`wrk -t1 --latency`, keep-alive, an answer of {size} bytes; daypass checks Host and token of each "
        "request, nginx sends a file. Server and client have a core each; runs take turns, figures are medians, ratios "
        "the medians of each turn's. Work: time of the processor, the kernel's included, which what else a machine "
        "does hardly changes.",
        "", f"{AT_REST:,} connections that were answered once and are kept: {answered:,} of them, "
        f"{after:.0f} MiB resident ({before:.0f} MiB before)."]


def compare(bench, daypass, nginx, connections) -> list[str]:
    rounds, seconds = (2, 1) if bench.quick else (9, 3)
    results = {"daypass": [], "nginx": []}
    for server in (daypass, nginx):
        wrk(server, daypass.token, connections, 1)
    for turn in range(rounds):
        bench.say(f"{connections} connections, turn {turn + 1} of {rounds}")
        results["daypass"].append(wrk(daypass, daypass.token, connections, seconds))
        results["nginx"].append(wrk(nginx, daypass.token, connections, seconds))
    lines = [row(f"{'**daypass**' if name == 'daypass' else name}", connections, {
        key: statistics.median(run[key] for run in runs) for key in KEYS}) for name, runs in results.items()]
    ratios = {
        key: statistics.median(ours[key] / theirs[key] for ours, theirs in zip(*results.values())) for key in KEYS}
    return lines + [
        f"| ratio | {connections} | **{ratios['rate']:.2f}** | {ratios['work']:.2f} | {ratios['p50']:.2f} | "
        f"{ratios['p99']:.2f} |"]


def row(name, connections, figures) -> str:
    return (f"| {name} | {connections} | {figures['rate']:,.0f} | {figures['work']:.1f} | {figures['p50']:.2f} | "
            f"{figures['p99']:.2f} |")


def rest(daypass) -> tuple[float, int, float]:
    """Memory before, connections that were answered, memory with them."""
    before = daypass.memory()
    port = int(daypass.url.split(":")[2].split("/")[0])
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(AT_REST)]
    head = f"GET /credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: {daypass.token}\r\n\r\n".encode()
    for connection in sockets:
        connection.sendall(head)
    answered = sum(connection.recv(16).startswith(b"HTTP/1.1 200") for connection in sockets)
    after = daypass.memory()
    for connection in sockets:
        connection.close()
    return before, answered, after


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
