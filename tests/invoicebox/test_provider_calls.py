"""The calls of a shop over real sockets: what is asked, the token, what is kept secret."""

import json
import threading
from datetime import UTC, datetime

import pytest
import structlog

from miniapp.invoicebox.errors import (
    OutcomeUnknown,
)
from miniapp.invoicebox.wire import OrderStatus
from tests.invoicebox.scripted_provider import (
    data,
    error,
    hang_up,
    reply,
)

ORDER_ID = "0192c0de-0000-7000-8000-00000000a001"
SHOP = "0192c0de-0000-7000-8000-0000000000ff"
TOKEN = "0123456789abcdef0123456789abcdef"
SINGLE = f"/v3/billing/api/order/order/{ORDER_ID}"


def test_order_is_created_with_one_request_of_the_documented_shape(
    shop, provider, new_order, sample
):
    provider.will(reply(200, sample("order_answer.json")))
    order = shop.create_order(new_order)
    (heard,) = provider.heard
    assert (heard.method, heard.path) == ("POST", "/v3/billing/api/order/order")
    assert json.loads(heard.body) == json.loads(sample("order_create_request.json"))
    assert heard.headers["Authorization"] == f"Bearer {TOKEN}"
    assert heard.headers["Content-Type"] == heard.headers["Accept"] == "application/json"
    assert heard.headers["User-Agent"] == "LoungeMiniApp/0.1 (Flask 3.1)"
    assert order.id == ORDER_ID
    assert order.status is OrderStatus.CREATED
    assert (order.merchant_id, order.merchant_order_id) == (SHOP, "LNG-000417")
    assert (order.amount, order.currency) == (675_050, "RUB")
    assert order.payment_url == (
        "https://pay.invoicebox.ru/order/0192c0de-0000-7000-8000-00000000c001"
    )
    assert order.order_container_id == "0192c0de-0000-7000-8000-00000000c001"
    assert order.expires_at == datetime(2026, 12, 14, 12, 30, tzinfo=UTC)
    assert order.processable is True


def test_reading_calls_have_both_mandatory_headers_and_the_other_prefix(make_shop, provider):
    provider.will(data({"userId": "u-1"}))
    make_shop(version="l3", token="417-API:secret").check_token()
    (heard,) = provider.heard
    assert (heard.method, heard.path) == ("GET", "/l3/security/api/auth/auth")
    assert heard.headers["Authorization"] == "Bearer 417-API:secret"
    assert heard.headers["Content-Type"] == heard.headers["Accept"] == "application/json"


def test_order_is_cancelled_without_a_body(shop, provider, answered_order):
    provider.will(data(answered_order | {"status": "cancelled"}))
    assert shop.cancel_order(ORDER_ID).status is OrderStatus.CANCELED
    (heard,) = provider.heard
    assert (heard.method, heard.path, heard.body) == ("DELETE", SINGLE, b"")


def test_calls_share_one_connection_and_keep_no_cookie(shop, provider):
    provider.will(*[data({"userId": "u-1"}, Set_Cookie="session=1; Path=/")] * 3)
    assert all(shop.check_token() for _ in range(3))
    assert provider.connections == 1
    assert all("Cookie" not in heard.headers for heard in provider.heard)


def test_proxy_of_the_environment_is_ignored(monkeypatch, make_shop, provider):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    provider.will(data({"userId": "u-1"}))
    assert make_shop().check_token()


def test_threads_may_share_the_shop(shop, provider):
    provider.will(*[data({"userId": "u-1"})] * 40)
    good: list[bool] = []
    threads = [
        threading.Thread(target=lambda: good.extend(shop.check_token() for _ in range(5)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert good == [True] * 40


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (data({"userId": "0192c0de-0000-7000-8000-00000000b001", "profile": None}), True),
        (data({"userId": None}), False),
        (data({"userId": ""}), False),
        (data({"userId": True}), False),
        (data({}), False),
        (error(401, "unauthorized"), False),
        (error(403, "forbidden"), False),
    ],
)
def test_token_is_known_only_when_a_user_is_named(shop, provider, answer, known):
    provider.will(answer)
    assert shop.check_token() is known


def test_log_tells_the_call_and_no_secret(shop, provider, new_order, sample):
    provider.will(reply(200, sample("order_answer.json"), X_Request_Id="req-1"), hang_up)
    with structlog.testing.capture_logs() as told:
        shop.create_order(new_order)
        with pytest.raises(OutcomeUnknown):
            shop.create_order(new_order)
    answered, silent = told
    assert answered["method"] == "POST"
    assert answered["path"] == "/billing/api/order/order"
    assert (answered["status"], answered["request_id"]) == (200, "req-1")
    assert answered["duration"] >= 0
    assert silent["event"] == "provider_silent"
    for secret in (TOKEN, "Заречная", "vera@", "r-417", "Bearer"):
        assert secret not in str(told)


@pytest.mark.parametrize(
    "change",
    [
        {"token": ""},
        {"token": "se cret"},
        {"token": "secret\r\nX-Evil: 1"},
        {"token": "секрет"},
        {"user_agent": ""},
        {"user_agent": "Зал/1"},
        {"version": "v2"},
        {"merchant_id": ""},
        {"api_url": "ftp://api.invoicebox.ru"},
        {"api_url": "api.invoicebox.ru"},
        {"api_url": "https://user:secret@api.invoicebox.ru"},
        {"api_url": "https://api..ru"},
        {"api_url": "https://"},
        {"api_url": "https://:443"},
        {"api_url": "https://api.example:99999"},
        {"api_url": "https://api.example/?token=secret"},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused_without_quoting_a_secret(make_shop, change):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the sentences are for people
        make_shop(**change)
    for secret in ("secret", "se cret", "секрет"):
        assert secret not in str(refusal.value)
