"""A sandbox over real HTTP, a shop that talks to it, and a shop's webhook that is told things."""

import queue
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from miniapp.sandbox import SandboxSettings, create_sandbox

SUCCESS = (200, b'{"status":"success"}')


@dataclass
class Webhook:
    """A shop's address for notifications: keeps raw bytes, answers as it is told, then success."""

    url: str = ""
    received: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.received.get(timeout=10)


@contextmanager
def listening() -> Iterator[Webhook]:
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = webhook.answers.pop(0) if webhook.answers else SUCCESS
            webhook.received.put((dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        webhook.url = f"http://127.0.0.1:{server.server_port}/webhook"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield webhook
        server.shutdown()
        thread.join()


class Quiet(WSGIRequestHandler):
    """Answers without a line on the screen for each request."""

    def log(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving(settings: SandboxSettings) -> Iterator[str]:
    """The address of a running sandbox; its own address is filled in."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_sandbox(replace(settings, public_url=f"http://127.0.0.1:{port}"))
        server = make_server(
            "127.0.0.1",
            port,
            app,
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()
        thread.join()
        app.extensions["sandbox"].notifier.stop()


class Shop:
    """A client of the merchant API that sends what the reference demands."""

    def __init__(self, url: str, bearer: str | None = "any", *, version: str = "v3") -> None:
        self.url = url
        self.version = version
        self.headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "Tests/1.0 (Module 1.0)",
        }
        if bearer:
            self.headers["Authorization"] = f"Bearer {bearer}"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = self.headers | options.pop("headers", {})
        return requests.request(
            method, f"{self.url}/{self.version}{path}", headers=headers, timeout=10, **options
        )

    def create(self, body: object) -> requests.Response:
        return self.call("POST", "/billing/api/order/order", json=body)

    def ordered(self, **changes: object) -> dict[str, Any]:
        response = self.create(order_body(**changes))
        assert response.status_code == 200, response.text
        data: dict[str, Any] = response.json()["data"]
        return data

    def read(self, order_id: str) -> dict[str, Any]:
        data: dict[str, Any] = self.call("GET", f"/billing/api/order/order/{order_id}").json()
        return data["data"]

    def update(self, order_id: str, **changes: object) -> requests.Response:
        return self.call("PUT", f"/billing/api/order/order/{order_id}", json=changes)

    def ship(self, order_id: str, *lines: object, **changes: object) -> requests.Response:
        body = {"orderId": order_id, "basketItems": lines or (line(),)} | changes
        return self.call("POST", "/billing/api/order/shipment", json=body)

    def refund(self, order_id: str, **changes: object) -> requests.Response:
        body = refund_body(order_id) | changes
        return self.call("POST", "/billing/api/order/refund-order", json=body)

    def secured(self, way: str = "card", **changes: object) -> dict[str, Any]:
        """An order whose buyer has paid on the payment page."""
        order = self.ordered(**changes)
        self.pay(order["orderContainerId"], way)
        return self.read(order["id"])

    def listed(self, query: str, path: str = "/filter/api/order/order") -> dict[str, Any]:
        response = self.call("GET", f"{path}?{query}")
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def cancel(self, order_id: str) -> requests.Response:
        return self.call("DELETE", f"/billing/api/order/order/{order_id}")

    def pay(self, container_id: str, way: str = "card") -> requests.Response:
        page = f"{self.url}/order/{container_id}/pay"
        return requests.post(page, data={"way": way}, timeout=10)

    def log(self, kind: str) -> list[dict[str, Any]]:
        entries = requests.get(f"{self.url}/log.json", timeout=10).json()
        return [entry for entry in entries if entry["kind"] == kind]


def line(**changes: object) -> dict[str, Any]:
    """A visit of one guest at 4500 roubles with 22 % VAT."""
    return {
        "sku": "LNG-1",
        "name": "Посещение бизнес-зала «Бриз», 1 гость",
        "measure": "шт.",
        "measureCode": "796",
        "quantity": 1,
        "amount": 4500,
        "amountWoVat": 3688.52,
        "totalAmount": 4500,
        "totalVatAmount": 811.48,
        "vatCode": "RUS_VAT22",
        "type": "service",
        "paymentType": "full_prepayment",
    } | changes


def order_body(**changes: object) -> dict[str, Any]:
    """An order that is accepted as it is."""
    return {
        "description": "Бизнес-зал «Бриз»",
        "merchantId": "0192c0de-0000-7000-8000-0000000000ff",
        "merchantOrderId": f"LNG-{uuid.uuid4().hex[:12]}",
        "amount": 4500,
        "vatAmount": 811.48,
        "currencyId": "RUB",
        "languageId": "ru",
        "expirationDate": in_an_hour(),
        "basketItems": [line()],
        "customer": {"type": "private", "name": "Ольга Тестова", "phone": "79000000017"},
    } | changes


def refund_body(order_id: str) -> dict[str, Any]:
    """A refund of the whole of ``order_body``."""
    return {
        "parentId": order_id,
        "merchantOrderId": f"LNG-{uuid.uuid4().hex[:12]}-R1",
        "amount": 4500,
        "vatAmount": 811.48,
        "basketItems": [line()],
        "description": "Возврат",
    }


def refused(response: requests.Response) -> tuple[int, str]:
    """The status and the error code of an answer that says no."""
    return response.status_code, response.json()["error"].get("code", "")


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")


@pytest.fixture(scope="module")
def webhook() -> Iterator[Webhook]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def sandbox_url(webhook: Webhook) -> Iterator[str]:
    """One sandbox for a module: every test makes orders of its own."""
    settings = SandboxSettings(
        notification_key="test-key",
        notification_url=webhook.url,
        notification_intervals=(0.01, 0.01),
        limits=False,
    )
    with serving(settings) as url:
        yield url


@pytest.fixture
def shop(sandbox_url: str) -> Shop:
    return Shop(sandbox_url)


@pytest.fixture
def container(sandbox_url: str) -> str:
    """A container that a carrier has just opened."""
    return open_airline(sandbox_url)


def open_airline(url: str, query: str = "") -> str:
    page = requests.get(f"{url}/airline?{query}", timeout=10).text
    return re.findall(r"/hosts/([0-9a-f-]{36})\.json", page)[0]
