"""The commands as somebody in a terminal meets them."""

import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
import structlog

from miniapp import demo
from miniapp.catalogue.loading import DEMO_FILE
from miniapp.cli import main
from miniapp.config import Settings
from tests.outgoing.conftest import free_port

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "MINIAPP_SECRET_KEY": "s" * 32,
    "MINIAPP_DATA_KEY": "d" * 32,
    "MINIAPP_VOUCHER_SIGNING_KEY": "v" * 32,
    "MINIAPP_PUBLIC_URL": "http://127.0.0.1:8000",
    "MINIAPP_INVOICEBOX_TOKEN": "token",
    "MINIAPP_INVOICEBOX_MERCHANT_ID": "merchant",
    "MINIAPP_INVOICEBOX_NOTIFICATION_KEY": "key",
    "MINIAPP_SMTP_URL": "smtp://127.0.0.1:9",
    "MINIAPP_MAIL_FROM": "voucher@briz-lounge.example",
}
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("MINIAPP_", "SANDBOX_")) and name not in {"PORT", "LANG", "LC_ALL"}
} | {"PYTHONPATH": str(ROOT), "LANG": "en_US.UTF-8"}


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "miniapp", *arguments],
        cwd=folder,
        env=CLEAN | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


Command = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs commands in this process: their status, what they print, and their complaints.

    They are run in an empty folder with good settings and an up-to-date database.
    """
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.chdir(tmp_path)
    for name, value in (SETTINGS | {"LANG": "en_US.UTF-8"}).items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "LC_MESSAGES", "MINIAPP_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str) -> tuple[int, str, list[str]]:
        capsys.readouterr()
        status = main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err.splitlines()

    assert command("db", "upgrade")[0] == 0
    yield command
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_missing_settings_stop_a_command_with_what_to_set(tmp_path: Path):
    ended = run("worker", "--once", folder=tmp_path)

    assert ended.returncode == 2
    assert "MINIAPP_SECRET_KEY is not set" in ended.stderr.splitlines()
    assert "Traceback" not in ended.stderr


def test_a_faulty_catalogue_is_named_by_file_line_and_field_and_nothing_is_written(
    command: Command, tmp_path: Path
):
    (tmp_path / "places.csv").write_text("code,kind\nKUF,castle\n", encoding="utf-8")

    status, _, complaints = command("catalogue", "import", "places.csv")

    assert status == 1
    assert all(line.startswith("places.csv:") for line in complaints)
    assert any(line.startswith("places.csv:2: ") and "kind" in line for line in complaints)
    status, exported, _ = command("catalogue", "export", "--format", "csv")
    assert status == 0
    assert "KUF" not in exported


def test_a_file_that_is_not_there_is_a_sentence(command: Command):
    assert command("catalogue", "import", "none.yaml") == (
        1,
        "",
        ["none.yaml: No such file or directory"],
    )


def test_the_demo_catalogue_goes_in_and_comes_out(command: Command, tmp_path: Path):
    checked = command("catalogue", "import", str(DEMO_FILE), "--dry-run")
    taken = command("catalogue", "import", str(DEMO_FILE))
    _, given, _ = command("catalogue", "export")
    (tmp_path / "again.yaml").write_text(given, encoding="utf-8")
    _, again, _ = command("catalogue", "import", "again.yaml")

    assert checked == taken
    assert "lounges: 0 new" not in taken[1]
    assert "places: 0 new, 0 changed" in again
    assert "lounges: 0 new, 0 changed" in again


def test_a_worker_with_nothing_to_do_ends_at_once(command: Command):
    assert command("worker", "--once")[0] == 0


def test_reconciling_without_open_orders_says_nothing(command: Command):
    assert command("reconcile") == (0, "", [])


def test_the_demo_names_every_setting_so_that_none_comes_from_outside(tmp_path: Path):
    made = demo.Secrets("s" * 32, "token", "key", "d" * 32, "v" * 32)

    environment = demo.settings_of(demo.Ports(1, 2, 3), made, tmp_path, {})

    assert set(environment) == {f"MINIAPP_{name.upper()}" for name in Settings.model_fields}


def test_the_demo_follows_what_the_sandbox_was_told(tmp_path: Path):
    made = demo.Secrets("s" * 32, "token", "key", "d" * 32, "v" * 32)
    told = {
        "SANDBOX_TOKEN": "other-token",
        "SANDBOX_NOTIFICATION_KEY": "other-key",
        "SANDBOX_SIGNATURE_ALGORITHM": "sha256",
        "MINIAPP_SECRET_KEY": "not this one, it belongs to a real installation",
    }

    environment = demo.settings_of(demo.Ports(1, 2, 3), made, tmp_path, told)

    assert environment["MINIAPP_SECRET_KEY"] == "s" * 32
    assert environment["MINIAPP_INVOICEBOX_TOKEN"] == "other-token"
    assert environment["MINIAPP_INVOICEBOX_NOTIFICATION_KEY"] == "other-key"
    assert environment["MINIAPP_INVOICEBOX_SIGNATURE_ALGORITHM"] == "sha256"


def test_a_port_in_use_stops_the_demo_with_a_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = run("demo", folder=tmp_path, PORT=port)

    assert ended.returncode == 1
    assert f"Port {port} is in use." in ended.stdout
    assert f"Порт {port} занят." in ended.stdout
    assert not (tmp_path / "instance").exists()


@dataclass(frozen=True)
class Process:
    """A row of the process table."""

    number: int
    parent: int
    group: int
    arguments: list[str]


def processes() -> Iterator[Process]:
    """Every process that lives; a minimal system has no ``ps``."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            arguments = (folder / "cmdline").read_bytes().decode().rstrip("\0").split("\0")
            if state != "Z":
                yield Process(int(folder.name), int(parent), int(group), arguments)


class Demo:
    """A running demo, and whatever it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()
        ports = {
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_SMTP_PORT": str(free_port()),
        }
        self._log = (folder / "log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "miniapp", "demo"],
            cwd=folder,
            env=CLEAN | ports | {"MINIAPP_PUBLIC_URL": "https://elsewhere.example"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def wait_for(self, sentence: str) -> None:
        until = time.monotonic() + 60
        while sentence not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def child(self, command: str) -> int:
        """The process number of one of its commands."""
        [number] = [
            row.number
            for row in processes()
            if row.parent == self.process.pid and row.arguments[3:4] == [command]
        ]
        return number

    def survivors(self) -> list[list[str]]:
        """What is left of its process group."""
        return [row.arguments for row in processes() if row.group == self.process.pid]

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    yield running
    running.close()


def status(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_demo_starts_everything_and_a_signal_ends_everything(running: Demo):
    running.wait_for("Ctrl-C stops it.")

    for page in ("airline", "railway", "app", "showcase", "marketplace", "mail", "log", "faults"):
        assert f"http://localhost:{running.sandbox_port}/{page} " in running.said()
        assert status(running.sandbox_port, f"/{page}") == 200
    assert status(running.port, "/healthz") == 200
    kept = running.folder / "instance" / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(json.loads(kept.read_text())) == {
        "secret_key",
        "token",
        "notification_key",
        "data_key",
        "voucher_signing_key",
    }

    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(30) == 0, running.said()
    assert running.survivors() == []


def test_a_part_that_dies_ends_the_demo(running: Demo):
    running.wait_for("Ctrl-C stops it.")

    os.kill(running.child("worker"), signal.SIGKILL)

    assert running.process.wait(30) == 1
    assert "“miniapp worker” ended by itself" in running.said()
    assert running.survivors() == []


def test_the_demo_keeps_its_secrets_over_a_restart(tmp_path: Path):
    first = demo.kept_secrets(tmp_path / "demo.json")

    assert demo.kept_secrets(tmp_path / "demo.json") == first


def test_a_demo_of_before_keeps_its_secrets_and_gets_the_one_it_lacks(tmp_path: Path):
    file = tmp_path / "demo.json"
    before = {"secret_key": "s" * 32, "token": "token", "notification_key": "key"}
    file.write_text(json.dumps(before), encoding="utf-8")

    kept = demo.kept_secrets(file)

    assert {name: getattr(kept, name) for name in before} == before
    assert len(kept.data_key) > 32
    assert demo.kept_secrets(file) == kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
