"""The worker as a process: it delivers while it runs and ends when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from miniapp.base import heartbeat, migrating
from miniapp.base.db import connect, db, reading
from miniapp.base.heartbeat import Part
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from tests.builders import make_catalogue, make_order, owe
from tests.invoicebox.scripted_provider import ScriptedProvider
from tests.outgoing.conftest import MailServer

ROOT = Path(__file__).resolve().parents[2]


def settings(url: str, mail_server: MailServer, provider: ScriptedProvider) -> dict[str, str]:
    return {
        "MINIAPP_SECRET_KEY": "s" * 32,
        "MINIAPP_DATA_KEY": "d" * 32,
        "MINIAPP_VOUCHER_SIGNING_KEY": "v" * 32,
        "MINIAPP_PUBLIC_URL": "https://lounge.example",
        "MINIAPP_DATABASE_URL": url,
        "MINIAPP_INVOICEBOX_API_URL": provider.url,
        "MINIAPP_INVOICEBOX_TOKEN": "token",
        "MINIAPP_INVOICEBOX_MERCHANT_ID": "merchant",
        "MINIAPP_INVOICEBOX_NOTIFICATION_KEY": "key",
        "MINIAPP_SMTP_URL": mail_server.url,
        "MINIAPP_MAIL_FROM": "voucher@briz-lounge.example",
        "PYTHONPATH": str(ROOT),
    }


def wait_until(met: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not met():
        assert time.monotonic() < until
        time.sleep(0.02)


def signs_of_life() -> dict[Part, datetime | None]:
    session = reading()
    session.rollback()
    return heartbeat.last(session)


def test_a_letter_leaves_within_a_second_and_a_signal_ends_the_worker(
    tmp_path: Path, mail_server: MailServer, provider: ScriptedProvider
):
    url = f"sqlite:///{tmp_path / 'worker.sqlite3'}"
    migrating.upgrade(url)
    log = tmp_path / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "miniapp", "worker"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **settings(url, mail_server, provider)},
            stderr=output,
        )
    try:
        wait_until(lambda: "worker.started" in log.read_text())
        app = Flask("test")
        connect(app, url)
        with app.app_context():
            make_catalogue()
            now = datetime.now(UTC)
            make_order(now, state=State.PAID)
            begun = time.monotonic()
            owe(goes=Goes.VOUCHER_LETTER, now=now)
            wait_until(lambda: mail_server.letters)
            took = time.monotonic() - begun
            wait_until(lambda: all(signs_of_life().values()))
            db.session.remove()
            db.engine.dispose()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()

    # Half a second between two looks, and some for a machine that does other things too.
    assert took < 2
    assert "zarechnaya" not in log.read_text()
