"""Load by wrk, 16 connections, and what it cost the server."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dev
from bench.processes import Server

INSTALL_LINE = " ".join([*dev.APT_INSTALL, "wrk"])
_SCRIPT = Path(__file__).parent / "pages" / "load.lua"
_WARM_SECONDS = 2
_COMMAND = ["wrk", "-t1", "-c16", "-s", str(_SCRIPT)]


@dataclass(frozen=True)
class Load:
    """How one load went: requests per second, processor ms a request, quantiles in ms."""

    rate: float
    cpu_ms: float
    requests: int
    p50: float
    p99: float


def see_to_it() -> None:
    """Install wrk, or say how and stop."""
    if shutil.which("wrk"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"The benchmarks need wrk. On Debian, as root:\n  {INSTALL_LINE}")
    for command in (["apt-get", "update"], [*dev.APT_INSTALL, "wrk"]):
        subprocess.run(command, check=True, capture_output=True)


def get(path: str) -> str:
    """A prepared GET."""
    return f"GET\t{path}\t\t"


def post(path: str, *, signature: str, body: str) -> str:
    """A prepared POST of signed JSON."""
    return f"POST\t{path}\t{signature}\t{body}"


def prepared(file: Path, requests: Iterable[str]) -> Path:
    """Write prepared requests into a file."""
    file.write_text("\n".join(requests) + "\n", encoding="utf-8")
    return file


def warm(server: Server, requests: Path) -> None:
    """Let every worker answer once, however long the first answer takes."""
    _run(server, requests, _WARM_SECONDS)


def load(server: Server, requests: Path, *, seconds: int) -> Load:
    """Send the prepared requests for so long; RuntimeError when any of them failed."""
    before = server.cpu_seconds()
    said = _run(server, requests, seconds)
    spent = server.cpu_seconds() - before
    if said["failed"] or not said["requests"]:
        raise RuntimeError(f"{requests.name}: {said['failed']} of {said['requests']} failed")
    return Load(
        rate=said["requests"] / said["seconds"],
        cpu_ms=1000 * spent / said["requests"],
        requests=said["requests"],
        p50=said["p50"],
        p99=said["p99"],
    )


def _run(server: Server, requests: Path, seconds: int) -> dict[str, Any]:
    done = subprocess.run(
        [*_COMMAND, f"-d{seconds}s", server.address, "--", str(requests)],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said
