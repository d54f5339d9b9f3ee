"""Servers that are measured: started on free ports of this machine, stopped for certain."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[1]
# Of bare Flask and of ours alike: the worker processes.
WORKERS = 2
_START_SECONDS, _LEAVE_SECONDS = 30.0, 10.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server with its worker processes."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def cpu_seconds(self) -> float:
        """Processor time that its workers have taken so far."""
        return sum(_cpu_seconds(pid) for pid in self._workers())

    def largest_worker(self) -> float:
        """The memory of its largest worker, MB."""
        return max(_resident_mb(pid) for pid in self._workers())

    def _workers(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def ours(environment: Mapping[str, str], port: int) -> Iterator[Server]:
    """The mini-app under the server that it brings."""
    command = ["miniapp", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with _running(command, environment, port, "/healthz") as server:
        yield server


@contextlib.contextmanager
def other(
    application: str, *, threads: int, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """An application of ``bench.anchors``; with one thread its workers are sync workers."""
    port = free_port()
    kind = ["--worker-class", "gthread", "--threads", str(threads)] if threads > 1 else []
    command = ["gunicorn", f"bench.anchors:{application}()", "--bind", f"{HOST}:{port}"]
    command += ["--workers", str(WORKERS), *kind, "--no-control-socket", "--log-level", "error"]
    with _running(command, environment or {}, port, "/ready") as server:
        yield server


@contextlib.contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], port: int, path: str
) -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=clean_environment() | dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(process, port, path)
            yield Server(port, process.pid)
        finally:
            _stop(process)


def clean_environment() -> dict[str, str]:
    """The environment without settings of a real installation."""
    kept = {name: v for name, v in os.environ.items() if not name.startswith("MINIAPP_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(port, path):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer")


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _cpu_seconds(pid: int) -> float:
    # The name in the second field may hold blanks; what follows its bracket never does.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
