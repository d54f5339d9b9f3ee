"""Faults on purpose: what the shop sees of each, and that chance can be repeated."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from miniapp.sandbox import SandboxSettings, create_sandbox
from miniapp.sandbox.serving import web_server
from tests.sandbox.conftest import Shop, Webhook, order_body

ORDERS = "/billing/api/order/order"


@pytest.fixture(autouse=True)
def nothing_left(sandbox_url: str) -> Iterator[None]:
    yield
    assert switch(sandbox_url, fault="none") == []


def switch(url: str, **fault: Any) -> list[dict[str, Any]]:
    answer = requests.post(f"{url}/faults", json=fault, timeout=10)
    assert answer.status_code == 200, answer.text
    faults: list[dict[str, Any]] = answer.json()["faults"]
    return faults


def numbers(shop: Shop) -> list[str]:
    """The shop's own numbers of all orders that the provider has."""
    return [order["merchantOrderId"] for order in shop.listed("_pageSize=100")["data"]]


@pytest.mark.parametrize(
    ("fault", "placed"),
    [("timeout_before", False), ("timeout_after", True), ("cut_after", True)],
)
def test_cut_request_gets_no_answer_and_is_done_or_not(
    shop: Shop, fault: str, placed: bool
) -> None:
    switch(shop.url, fault=fault, delay_ms=0, path="POST /v3/billing")
    body = order_body()
    with pytest.raises(requests.ConnectionError):
        shop.create(body)
    assert (body["merchantOrderId"] in numbers(shop)) is placed


def test_the_real_server_cuts_connections_too() -> None:
    app = create_sandbox(SandboxSettings(notification_url=""))
    server = web_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    shop = Shop(f"http://127.0.0.1:{server.effective_port}")
    switch(shop.url, fault="cut_after")
    body = order_body()
    with pytest.raises(requests.ConnectionError):
        shop.create(body)
    assert numbers(shop) == [body["merchantOrderId"]]
    server.close()
    thread.join()


@pytest.mark.parametrize(("fault", "status"), [("status_429", 429), ("status_500", 500)])
def test_refused_request_is_not_done(shop: Shop, fault: str, status: int) -> None:
    switch(shop.url, fault=fault)
    body = order_body()
    answer = shop.create(body)
    assert (answer.status_code, "code" in answer.json()["error"]) == (status, False)
    assert ("Retry-After" in answer.headers) is (status == 429)
    assert body["merchantOrderId"] not in numbers(shop)


def test_late_answer_is_the_right_one(shop: Shop) -> None:
    switch(shop.url, fault="latency", delay_ms=300)
    begun = time.monotonic()
    assert shop.create(order_body()).status_code == 200
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    ("path", "struck"),
    [
        ("", True),
        ("/v3/billing", True),
        ("POST /v3/billing", True),
        ("/v3/*/order", True),
        ("GET /v3/billing", False),
        ("/v3/filter", False),
        ("/l3/", False),
    ],
)
def test_path_says_which_requests_are_meant(shop: Shop, path: str, struck: bool) -> None:
    switch(shop.url, fault="status_500", path=path)
    assert (shop.create(order_body()).status_code == 500) is struck
    switch(shop.url, fault="none")


def test_pages_of_the_sandbox_are_spared(shop: Shop) -> None:
    switch(shop.url, fault="status_500", times=None)
    assert requests.get(f"{shop.url}/airline", timeout=10).status_code == 200
    switch(shop.url, fault="none")


def test_same_seed_strikes_the_same_requests(shop: Shop) -> None:
    def struck(seed: int) -> list[bool]:
        switch(shop.url, fault="status_500", probability=0.5, seed=seed, times=None)
        found = [shop.call("GET", "/security/api/auth/auth").status_code == 500 for _ in range(20)]
        switch(shop.url, fault="none")
        return found

    first = struck(7)
    assert set(first) == {True, False}
    assert (struck(7), struck(8) == first) == (first, False)


def test_fault_ends_after_its_times(shop: Shop) -> None:
    switch(shop.url, fault="status_500", times=2)
    answers = [shop.call("GET", "/security/api/auth/auth").status_code for _ in range(3)]
    assert answers == [500, 500, 200]


def paid(shop: Shop) -> dict[str, Any]:
    order = shop.ordered()
    shop.pay(order["orderContainerId"])
    return order


def test_lost_notification_never_comes(shop: Shop, webhook: Webhook) -> None:
    switch(shop.url, fault="notify_lost")
    lost, told = paid(shop), paid(shop)
    assert json.loads(webhook.next()[1])["id"] == told["id"]
    [entry] = [entry for entry in shop.log("notification") if entry["orderId"] == lost["id"]]
    assert (entry["outcome"], entry["fault"]) == ("lost", "notify_lost")
    assert shop.read(lost["id"])["status"] == "completed"


def test_repeated_notification_comes_twice_the_same(shop: Shop, webhook: Webhook) -> None:
    switch(shop.url, fault="notify_repeat")
    paid(shop)
    assert webhook.next() == webhook.next()


def test_reordered_notification_is_overtaken_by_the_next(shop: Shop, webhook: Webhook) -> None:
    switch(shop.url, fault="notify_reorder", delay_ms=60_000)
    first, second = paid(shop), paid(shop)
    came = [json.loads(webhook.next()[1])["id"] for _ in range(2)]
    assert came == [second["id"], first["id"]]


def test_reordered_notification_comes_by_itself_when_no_other_does(
    shop: Shop, webhook: Webhook
) -> None:
    switch(shop.url, fault="notify_reorder", delay_ms=50)
    order = paid(shop)
    assert json.loads(webhook.next()[1])["id"] == order["id"]


@pytest.mark.parametrize(
    ("fault", "amount"), [("notify_altered", 4501), ("notify_bad_signature", 4500)]
)
def test_spoiled_notification_does_not_fit_its_signature(
    shop: Shop, webhook: Webhook, fault: str, amount: int
) -> None:
    switch(shop.url, fault=fault)
    paid(shop)
    headers, body = webhook.next()
    assert json.loads(body)["amount"] == amount
    assert headers["X-Signature"] != hmac.new(b"test-key", body, "sha1").hexdigest()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body is not JSON in UTF-8."),
        (b"[]", "The body must be a JSON object."),
        (b"{}", "fault must be one of latency, "),
        (b'{"fault": ["latency"]}', "fault must be one of latency, "),
        (b'{"fault": "latency", "time": 1}', "'time' is not known; the fields are fault, times, "),
        (b'{"fault": "latency", "times": 0}', "times must be a number from 1 to "),
        (b'{"fault": "latency", "times": true}', "times must be a number from 1 to "),
        (b'{"fault": "latency", "probability": 0}', "probability must be a number above 0"),
        (b'{"fault": "latency", "probability": 1e999}', "The body is not JSON"),
        (b'{"fault": "latency", "seed": "x"}', "seed must be a whole number."),
        (b'{"fault": "latency", "delay_ms": 120001}', "delay_ms must be from 0 to 120000."),
        (b'{"fault": "latency", "path": 1}', "path must be a text of at most 200 characters."),
    ],
)
def test_nonsense_is_answered_with_a_sentence(sandbox_url: str, body: bytes, sentence: str) -> None:
    answer = requests.post(
        f"{sandbox_url}/faults", data=body, headers={"Content-Type": "application/json"}, timeout=10
    )
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


def test_buttons_of_the_page_switch_on_and_off(sandbox_url: str) -> None:
    def press(**fields: str) -> requests.Response:
        return requests.post(f"{sandbox_url}/faults", data=fields, timeout=10)

    page = press(fault="latency", always="1", probability="0,25", seed="3", times="", path="").text
    assert 'data-fault="latency"' in page
    assert requests.get(f"{sandbox_url}/faults.json", timeout=10).json()["faults"] == [
        {
            "fault": "latency",
            "times": None,
            "probability": 0.25,
            "seed": 3,
            "delay_ms": 1000,
            "path": "",
        }
    ]
    assert "Ничего: всё работает." in press(fault="none").text
    refused = press(fault="latency", times="many")
    assert (refused.status_code, "times must be" in refused.text) == (400, True)
