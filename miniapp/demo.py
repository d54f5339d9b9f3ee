"""The demo: the mini-app, its worker and a pretend Invoicebox on this machine, to try it all.

Everything is kept in ``./instance``: an SQLite database, and the secrets, made at the first
start, so that links in old letters still open after a restart. The settings come from here
alone, all of them: ``MINIAPP_…`` variables and an ``.env`` file are meant for a real
installation and are ignored. ``SANDBOX_…`` variables are passed on to the sandbox, and the
mini-app is set up to match them.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import IO, Any, Self, TypeAlias

from miniapp.app import create_app
from miniapp.base import clock, logs, migrating
from miniapp.base.db import db
from miniapp.base.i18n import Text, gettext, in_both
from miniapp.catalogue import shops
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.config import Settings, load

_HOST = "127.0.0.1"
# Seconds: until everything must answer, between two looks at it, until a child must be gone.
_START, _LOOK, _LEAVE = 60.0, 0.2, 10.0
_Children: TypeAlias = Mapping[str, subprocess.Popen[bytes]]


@dataclass(frozen=True)
class Ports:
    """Where the demo listens; each can be chosen by an environment variable."""

    app: int
    sandbox: int
    smtp: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read PORT, SANDBOX_PORT and SANDBOX_SMTP_PORT; raises ValueError with a sentence."""
        return cls(
            app=_number(environment, "PORT", 8000),
            sandbox=_number(environment, "SANDBOX_PORT", 8001),
            smtp=_number(environment, "SANDBOX_SMTP_PORT", 8025),
        )


@dataclass(frozen=True)
class Secrets:
    """What the demo made up for itself."""

    secret_key: str
    token: str
    notification_key: str
    data_key: str
    voucher_signing_key: str


def run(ports: Ports, *, folder: Path = Path("instance")) -> int:
    """Start everything, wait, and stop everything; 0 after a signal, 1 when something failed."""
    taken = [port for port in (ports.app, ports.sandbox, ports.smtp) if not _is_free(port)]
    if taken:
        _say(in_both(lambda: _taken(taken[0])))
        return 1
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    environment = settings_of(ports, kept_secrets(folder / "demo.json"), folder, os.environ)
    _prepare(load(**_as_values(environment)))
    stopping = threading.Event()
    _listen(stopping)
    children: dict[str, subprocess.Popen[bytes]] = {}
    publishing: subprocess.Popen[bytes] | None = None
    try:
        for name, arguments in _commands(ports).items():
            children[name] = _start(arguments, environment, ports)
        if not _ready(children, ports, stopping):
            return 0 if stopping.is_set() else 1
        _say(in_both(lambda: _invitation(ports)))
        # It takes its time, so as not to use up the provider's limits, and nothing waits for it.
        with (folder / "marketplace.log").open("wb") as log:
            publishing = _start(["marketplace", "publish"], environment, ports, log=log)
        return _watch(children, publishing, stopping)
    finally:
        if publishing:
            _stop({"marketplace": publishing})
        _stop(children)


def settings_of(
    ports: Ports, made: Secrets, folder: Path, outside: Mapping[str, str]
) -> dict[str, str]:
    """Every setting of the mini-app as an environment variable, matching the sandbox's."""
    return {
        "MINIAPP_SECRET_KEY": made.secret_key,
        "MINIAPP_DATA_KEY": made.data_key,
        "MINIAPP_VOUCHER_SIGNING_KEY": made.voucher_signing_key,
        "MINIAPP_PUBLIC_URL": f"http://{_HOST}:{ports.app}",
        "MINIAPP_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "MINIAPP_FRAME_ANCESTORS": "'self' http://localhost:* http://127.0.0.1:*",
        "MINIAPP_TRUSTED_PROXIES": "0",
        "MINIAPP_INVOICEBOX_API_URL": f"http://{_HOST}:{ports.sandbox}",
        "MINIAPP_INVOICEBOX_API_VERSION": "v3",
        "MINIAPP_INVOICEBOX_TOKEN": outside.get("SANDBOX_TOKEN") or made.token,
        "MINIAPP_INVOICEBOX_MERCHANT_ID": "0192c0de-0000-7000-8000-00000000de30",
        "MINIAPP_INVOICEBOX_NOTIFICATION_KEY": outside.get("SANDBOX_NOTIFICATION_KEY")
        or made.notification_key,
        "MINIAPP_INVOICEBOX_SIGNATURE_ALGORITHM": outside.get("SANDBOX_SIGNATURE_ALGORITHM")
        or "sha1",
        "MINIAPP_SMTP_URL": f"smtp://{_HOST}:{ports.smtp}",
        "MINIAPP_MAIL_FROM": "Бриз Лаунж (демо) <voucher@briz-lounge.example>",
        "MINIAPP_REDIS_URL": "",
        "MINIAPP_LOG_FORMAT": "console",
    }


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise ValueError(f"{name} is {given!r}; set it to a port from 1 to 65535.")
    return int(given)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A connection that ended a moment ago does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def kept_secrets(file: Path) -> Secrets:
    """The secrets of this folder, made at the first start; nobody else may read them.

    One that a demo of before did not have yet is made now.
    """
    kept: dict[str, str] = {}
    with suppress(FileNotFoundError):
        kept = json.loads(file.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Secrets)]
    whole = {name: kept.get(name) or secrets.token_urlsafe(32) for name in names}
    if whole != kept:
        _write_privately(file, json.dumps(whole, indent=2))
    return Secrets(**whole)


def _write_privately(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(text)


def _as_values(environment: Mapping[str, str]) -> dict[str, Any]:
    return {name.removeprefix("MINIAPP_").lower(): value for name, value in environment.items()}


def _prepare(settings: Settings) -> None:
    """The schema and the demo's lounges."""
    logs.configure(settings.log_format)
    migrating.upgrade(settings.database)
    app = create_app(settings)
    with app.app_context():
        import_file(DEMO_FILE, now=clock.now())
        # The sandbox keeps nothing over a restart: its marketplace is empty.
        shops.forget_shops()
        db.session.remove()
        db.engine.dispose()


def _commands(ports: Ports) -> dict[str, list[str]]:
    return {
        "sandbox": ["sandbox", "--port", str(ports.sandbox)],
        "serve": ["serve", "--host", _HOST, "--port", str(ports.app)],
        "worker": ["worker"],
    }


def _start(
    arguments: list[str],
    environment: Mapping[str, str],
    ports: Ports,
    *,
    log: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start one command of ours, in our process group, with the demo's settings.

    What it says goes to the terminal, or all of it into ``log``.
    """
    outside = {name: v for name, v in os.environ.items() if not name.startswith("MINIAPP_")}
    key = environment["MINIAPP_INVOICEBOX_NOTIFICATION_KEY"]
    matching = {"SANDBOX_NOTIFICATION_KEY": key, "PORT": str(ports.app)}
    return subprocess.Popen(  # noqa: S603 - our own program and arguments
        [sys.executable, "-m", "miniapp", *arguments],
        env=outside | matching | dict(environment),
        stdout=log,
        stderr=log,
    )


def _ready(children: _Children, ports: Ports, stopping: threading.Event) -> bool:
    """Wait until all answer; False when one has ended, time is over, or a signal came."""
    until = time.monotonic() + _START
    while not stopping.wait(_LOOK):
        if not _alive(children):
            return False
        if _answers(ports.app, "/readyz") and _answers(ports.sandbox, "/airline"):
            return True
        if time.monotonic() > until:
            _say(in_both(lambda: gettext("The demo does not answer.")))
            return False
    return False


def _watch(
    children: _Children, publishing: subprocess.Popen[bytes], stopping: threading.Event
) -> int:
    """Wait for a signal, or for the death of a child; the marketplace is only worth a warning."""
    warned = False
    while not stopping.wait(_LOOK):
        if not _alive(children):
            return 1
        if publishing.poll() and not warned:
            _say(in_both(_not_published))
            warned = True
    return 0


def _alive(children: _Children) -> bool:
    """Tell whether all children live, and the world which one does not."""
    for name, child in children.items():
        if child.poll() is not None:
            _say(in_both(partial(_ended, name)))
            return False
    return True


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(_HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _stop(children: _Children) -> None:
    """End all children and wait for them; who does not go is made to."""
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _listen(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


def _ended(name: str) -> str:
    return gettext("“miniapp %(command)s” ended by itself, so the demo ends.") % {"command": name}


def _not_published() -> str:
    return gettext(
        "The lounges could not be put into the marketplace; "
        "why, is written in marketplace.log beside the database. The rest of the demo goes on."
    )


def _taken(port: int) -> str:
    return gettext(
        "Port %(port)s is in use. Choose others: "
        "PORT for the mini-app, SANDBOX_PORT and SANDBOX_SMTP_PORT for the sandbox."
    ) % {"port": port}


def _invitation(ports: Ports) -> str:
    app, sandbox = f"http://{_HOST}:{ports.app}", f"http://localhost:{ports.sandbox}"
    return "\n".join(
        (
            gettext("The demo is running. Open in a browser:"),
            f"  {sandbox}/airline — {gettext('an airline’s payment page with the mini-app in it')}",
            f"  {sandbox}/railway — {gettext('a railway’s, with a train ticket')}",
            f"  {sandbox}/app — {gettext('a phone with the Invoicebox app')}",
            f"  {sandbox}/showcase — {gettext('a page with the mini-app in it, without a ticket')}",
            f"  {sandbox}/marketplace — {gettext('the lounges in the marketplace')}",
            f"  {sandbox}/mail — {gettext('the letters that were sent')}",
            f"  {sandbox}/log — {gettext('what the mini-app and Invoicebox said to each other')}",
            f"  {sandbox}/faults — {gettext('what shall go wrong on purpose')}",
            f"  {app}/ — {gettext('the mini-app by itself')}",
            gettext("Ctrl-C stops it."),
        )
    )


def _say(sentence: Text) -> None:
    sys.stdout.write(f"\n{sentence.ru}\n\n{sentence.en}\n\n")
    sys.stdout.flush()
