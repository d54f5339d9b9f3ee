"""The provider fails in the moment of the confirmation: what the buyer reads and can do."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from miniapp.app import create_app, merchant
from miniapp.base import clock
from miniapp.base.db import db
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.config import Settings
from miniapp.outgoing.sweeps import reconcile
from miniapp.sandbox import SandboxSettings, create_sandbox
from tests.journeys.roles import Host, Traveller
from tests.journeys.stage import free_ports
from tests.sandbox.conftest import Quiet

pytestmark = pytest.mark.journey


@dataclass
class Line:
    """What stands between us and the provider: whole, busy, or losing every answer."""

    provider: Any
    state: str = "whole"

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if self.state == "whole" or not environ["PATH_INFO"].startswith("/v3/"):
            answer: Iterable[bytes] = self.provider(environ, start)
            return answer
        if self.state == "busy":
            start("429 Too Many Requests", [("Content-Type", "application/json")])
            return [b'{"error": {"code": "too_many_requests", "message": ""}}']
        self.provider(environ, lambda *_answer: lambda _data: None)
        start("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b"<h1>Bad Gateway</h1>"]


@contextmanager
def listening(app: Any, port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = make_server(
            "127.0.0.1",
            port,
            app,
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield
        server.shutdown()
        thread.join()


@dataclass
class FrailWorld:
    """The mini-app and its provider in this process, with a line that can fail."""

    app: Flask
    settings: Settings
    line: Line
    sandbox: str

    def look_for_lost_orders(self) -> None:
        """What the worker does every few seconds."""
        with self.app.app_context():
            list(reconcile(merchant=merchant(self.settings), now=clock.now()))
            db.session.remove()


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[FrailWorld]:
    app_port, sandbox_port, nobody = free_ports(3)
    sandbox = f"http://localhost:{sandbox_port}"
    settings = Settings(
        secret_key="k" * 32,
        data_key="d" * 32,
        voucher_signing_key="v" * 32,
        public_url=f"http://127.0.0.1:{app_port}",
        database_url=f"sqlite:///{copy(sqlite_template, tmp_path / 'frail.sqlite3')}",
        frame_ancestors="http://localhost:*",
        invoicebox_api_url=f"http://127.0.0.1:{sandbox_port}",
        invoicebox_token="t",
        invoicebox_merchant_id="0192c0de-0000-7000-8000-0000000000ff",
        invoicebox_notification_key="n",
        smtp_url=f"smtp://127.0.0.1:{nobody}",
        mail_from="voucher@briz-lounge.example",
        _env_file=None,
    )
    app = create_app(settings)
    with app.app_context():
        import_file(DEMO_FILE, now=clock.now())
        db.session.remove()
    provider = create_sandbox(
        SandboxSettings(public_url=sandbox, miniapp_url=settings.public_url, notification_key="n")
    )
    line = Line(provider)
    with listening(app, app_port), listening(line, sandbox_port):
        yield FrailWorld(app, settings, line, sandbox)
    provider.extensions["sandbox"].notifier.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def frail_host(page: Page, world: FrailWorld) -> Host:
    return Host(page, world.sandbox)


def confirming(host: Host) -> Traveller:
    traveller = host.open()
    traveller.reaches_confirmation()
    traveller.agrees()
    return traveller


def test_busy_provider_is_told_and_the_second_press_works(
    world: FrailWorld, frail_host: Host
) -> None:
    traveller = confirming(frail_host)
    container = frail_host.container
    world.line.state = "busy"

    traveller.final_button.click()

    told = traveller.place.get_by_role("alert").filter(has_text="не отвечает")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    expect(frail_host.notice).to_have_text(told.inner_text())
    assert frail_host.orders_created(container) == []
    world.line.state = "whole"
    traveller.final_button.click()
    expect(frail_host.card).to_contain_text("1 позиция")
    assert len(frail_host.orders_created(container)) == 1


def test_lost_answer_is_waited_for_and_never_asked_for_twice(
    world: FrailWorld, frail_host: Host
) -> None:
    traveller = confirming(frail_host)
    container = frail_host.container
    world.line.state = "losing"

    traveller.final_button.click()

    waiting = traveller.sees("paying")
    expect(waiting).to_contain_text("второй заказ оформлять не нужно")
    expect(waiting.get_by_role("button")).to_have_count(0)
    world.line.state = "whole"
    world.look_for_lost_orders()
    expect(frail_host.card).to_contain_text("1 позиция")
    assert len(frail_host.orders_created(container)) == 1
