"""The pretend Invoicebox of these tests: served over HTTP, by a clock that the test moves.

What it would say to our webhook is caught and waits in an inbox until the test says that it is
heard: at once or days later, in any order, twice or never.
"""

import queue
import socket
import threading
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from flask import Flask
from werkzeug.serving import make_server

from miniapp.sandbox import SandboxSettings, create_sandbox
from miniapp.sandbox.room import Room
from miniapp.sandbox.state import Order
from tests.sandbox.conftest import Quiet, Webhook

KEY = "lounge-demo-key"
_PATIENCE = 20.0


@dataclass(frozen=True)
class News:
    """A notification as it arrived."""

    raw: bytes
    signature: str


class Provider:
    """A sandbox behind one address; ``renew`` puts one without a memory in its place."""

    def __init__(self, url: str, webhook: Webhook) -> None:
        self.url = url
        self.webhook_url = webhook.url
        self._webhook = webhook
        self._app: Flask | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        assert self._app is not None
        return self._app(environ, start_response)

    @property
    def room(self) -> Room:
        """What the sandbox knows, for looking only."""
        assert self._app is not None
        found: Room = self._app.extensions["sandbox"]
        return found

    def renew(self, clock: Callable[[], datetime]) -> None:
        """Begin with a sandbox that knows nothing."""
        self.close()
        self.fresh_news()
        settings = SandboxSettings(
            public_url=self.url,
            notification_key=KEY,
            notification_url=self.webhook_url,
            notification_intervals=(),
            limits=False,
        )
        self._app = create_sandbox(settings, clock=clock)

    def close(self) -> None:
        if self._app is not None:
            self.room.notifier.stop()

    def pay(self, container_id: str, way: str = "card") -> None:
        """Be the buyer on the payment page."""
        page = f"{self.url}/order/{container_id}/pay"
        assert requests.post(page, data={"way": way}, timeout=10).status_code == 200

    def reverse(self, order_id: str) -> None:
        """Give the money of an order back where that is still possible, and tell the shop."""
        order = self.room.state.known(order_id)
        if order.revocable:
            self.room.notifier.notify(self.room.state.revoke(order_id))

    def fault(self, name: str, **details: object) -> None:
        """Switch a fault on, or all of them off with ``none``."""
        answer = requests.post(f"{self.url}/faults", json={"fault": name} | details, timeout=10)
        assert answer.status_code == 200, answer.text

    def orders(self, number: str) -> list[Order]:
        """What it has under a number of ours, of whatever attempt."""
        return [
            order
            for order in self.room.state.orders()
            if order.draft.merchant_order_id.startswith(number)
            and not order.draft.merchant_order_id.endswith("-K")
        ]

    def fresh_news(self) -> list[News]:
        """What it has said since the last call; waits for what it is about to say."""
        if self._app is not None:
            self._wait_until_said()
        news = []
        while True:
            try:
                headers, raw = self._webhook.received.get_nowait()
            except queue.Empty:
                return news
            news.append(News(raw, headers["X-Signature"]))

    def _wait_until_said(self) -> None:
        notifier, until = self.room.notifier, real_time.monotonic() + _PATIENCE
        for order in self.room.state.orders():
            for status in ("completed", "hold", "expired", "canceled"):
                while notifier.tells(order.id, status) and not notifier.answer(order.id, status):
                    assert real_time.monotonic() < until, "a notification never arrived"
                    real_time.sleep(0.002)


@contextmanager
def serving(webhook: Webhook) -> Iterator[Provider]:
    """A provider at a free port; it has no memory until it is renewed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        provider = Provider(f"http://127.0.0.1:{port}", webhook)
        server = make_server(
            "127.0.0.1",
            port,
            provider,
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
        provider.close()
