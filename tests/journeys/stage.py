"""The real thing, running: the demo in a folder of its own, on ports that are free."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0


@dataclass
class Stage:
    """Where to go, and what the programs have said so far."""

    app: str
    sandbox: str
    said: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> tuple[str, str]:
        """The only two hosts that a browser may talk to."""
        return self.app, self.sandbox


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def playing(folder: Path) -> Iterator[Stage]:
    """``miniapp demo`` until the end of the block: app, worker, sandbox and its mail server."""
    app, sandbox, smtp = free_ports(3)
    stage = Stage(app=f"http://127.0.0.1:{app}", sandbox=f"http://localhost:{sandbox}")
    ports = {"PORT": app, "SANDBOX_PORT": sandbox, "SANDBOX_SMTP_PORT": smtp}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "miniapp", "demo"],
        cwd=folder,
        env=kept
        | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}
        | {name: str(port) for name, port in ports.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ready = threading.Event()
    reader = threading.Thread(target=_listen, args=(process, stage, ready))
    reader.start()
    try:
        if not ready.wait(_START_SECONDS) or process.poll() is not None:
            raise RuntimeError("the demo did not start:\n" + "".join(stage.said))
        yield stage
    finally:
        process.terminate()
        reader.join()
        process.wait()


def _listen(process: "subprocess.Popen[str]", stage: Stage, ready: threading.Event) -> None:
    """Keep every line; the demo names its addresses when all of it answers."""
    assert process.stdout
    with process.stdout as lines:
        for line in lines:
            stage.said.append(line)
            if f"{stage.app}/" in line and "Listening" not in line:
                ready.set()
    ready.set()
