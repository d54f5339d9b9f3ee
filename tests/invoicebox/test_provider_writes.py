"""Writes go out once; what silence, cuts and odd answers are understood as (section 2.3)."""

import socket
import time as wall

import pytest

from miniapp.invoicebox.errors import (
    OutcomeUnknown,
    Unavailable,
)
from tests.invoicebox.scripted_provider import (
    closed_port,
    cut_within,
    data,
    error,
    hang_up,
    reply,
    silence,
    trickle,
)

ORDER_ID = "0192c0de-0000-7000-8000-00000000a001"
SINGLE = f"/v3/billing/api/order/order/{ORDER_ID}"


def order_answer_with(**changes):
    def act(handler):
        reply(200, {"data": {**handler.server.order, **changes}})(handler)

    return act


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(silence, id="silence"),
        pytest.param(hang_up, id="hang up"),
        pytest.param(cut_within, id="cut within"),
        pytest.param(trickle, id="trickle"),
        pytest.param(order_answer_with(description="x" * 5_000_000), id="too large"),
        pytest.param(error(500, "boom"), id="500"),
        pytest.param(reply(502, b"<html>Bad gateway</html>"), id="502"),
        pytest.param(error(503, "busy"), id="503"),
        pytest.param(error(408, "timeout"), id="408"),
        pytest.param(reply(200, b"<html>Welcome</html>"), id="HTML 200"),
        pytest.param(reply(404, b"<html>Not found</html>"), id="HTML 404"),
        pytest.param(reply(200, b""), id="empty"),
        pytest.param(reply(200, b"[" * 100_000), id="deep"),
        pytest.param(reply(200, {"extendedData": []}), id="no data"),
        pytest.param(data([]), id="a list"),
        pytest.param(data({"id": ORDER_ID}), id="half an order"),
        pytest.param(reply(200, b"\x1f\x8b", Content_Encoding="gzip"), id="broken gzip"),
        pytest.param(order_answer_with(merchantOrderId="LNG-000418"), id="another order"),
        pytest.param(order_answer_with(merchantId="other"), id="another shop"),
        pytest.param(order_answer_with(status="settled"), id="unknown status"),
        pytest.param(order_answer_with(amount=True), id="no sum"),
        pytest.param(order_answer_with(amount=1.001), id="parts of kopecks"),
        pytest.param(order_answer_with(paymentUrl="javascript:alert(1)"), id="no address"),
        pytest.param(order_answer_with(processable="no"), id="processable"),
    ],
)
def test_write_without_a_usable_answer_is_unknown_and_not_repeated(
    make_shop, provider, new_order, answered_order, answer
):
    provider.order = answered_order
    provider.will(answer)
    with pytest.raises(OutcomeUnknown):
        make_shop(clock=wall.monotonic).create_order(new_order)
    assert len(provider.heard) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_of_a_write_is_not_followed(shop, provider, status):
    provider.will(reply(status, b"", Location=f"{provider.url}/elsewhere"))
    with pytest.raises(OutcomeUnknown):
        shop.cancel_order(ORDER_ID)
    assert [heard.path for heard in provider.heard] == [SINGLE]


def test_request_id_is_kept_of_an_answer_that_was_cut(shop, provider, new_order):
    provider.will(cut_within)
    with pytest.raises(OutcomeUnknown) as failure:
        shop.create_order(new_order)
    assert failure.value.request_id == "req-cut"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:{closed}", id="nobody listens"),
        pytest.param("http://api.invoicebox.invalid", id="no such host"),
        pytest.param("https://127.0.0.1:{open}", id="no TLS there"),
    ],
)
def test_write_that_could_not_be_sent_is_unavailable(make_shop, provider, new_order, address):
    shop = make_shop(api_url=address.format(closed=closed_port(), open=provider.server_port))
    with pytest.raises(Unavailable) as failure:
        shop.create_order(new_order)
    assert failure.value.retry_after is None
    assert provider.heard == []


def test_silent_tls_handshake_is_unavailable(make_shop, new_order):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        shop = make_shop(api_url=f"https://127.0.0.1:{mute.getsockname()[1]}", connect_timeout=0.1)
        with pytest.raises(Unavailable):
            shop.create_order(new_order)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "17"}, 17),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
def test_limit_on_writes_tells_when_to_come_back(shop, provider, new_order, headers, seconds):
    provider.will(reply(429, b"slow down", **headers))
    with pytest.raises(Unavailable) as failure:
        shop.create_order(new_order)
    assert failure.value.retry_after == seconds
    assert len(provider.heard) == 1


def test_date_to_come_back_counts_from_the_answers_own_date(shop, provider, new_order):
    def answer(handler):
        handler.send_response_only(429)
        handler.send_header("Date", "Mon, 14 Dec 2026 10:00:00 GMT")
        handler.send_header("Retry-After", "Mon, 14 Dec 2026 10:00:42 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    provider.will(answer)
    with pytest.raises(Unavailable) as failure:
        shop.create_order(new_order)
    assert failure.value.retry_after == 42
