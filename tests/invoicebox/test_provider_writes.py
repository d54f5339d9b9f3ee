"""Every write goes out once and ends in one of four ways (section 2.3).

It was done; the provider refused; it could not be sent; or nobody knows, and then it is looked
up. What silence, cuts and odd answers are understood as is a table, tried for every write.
"""

import socket
import time as wall

import pytest

from miniapp.invoicebox.errors import (
    BadToken,
    Duplicate,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    WrongStatus,
)
from tests.invoicebox.scripted_provider import (
    closed_port,
    cut_within,
    data,
    error,
    hang_up,
    reply,
    silence,
    then_close,
    trickle,
)
from tests.invoicebox.writes import NEW_ORDER, ORDER_ID, WRITES, order_row

SINGLE = f"/v3/billing/api/order/order/{ORDER_ID}"

every_write = pytest.mark.parametrize("write", WRITES, ids=str)


@every_write
def test_write_is_one_request_to_its_address(shop, provider, write):
    provider.will(data(write.answer))
    write.call(shop)
    (heard,) = provider.heard
    assert (heard.method, heard.path, heard.query) == (write.method, write.path, {})


@every_write
@pytest.mark.parametrize("answer", [silence, trickle])
def test_write_that_is_not_answered_in_time_is_unknown_and_not_repeated(
    make_shop, provider, write, answer
):
    provider.will(answer)
    with pytest.raises(OutcomeUnknown):
        write.call(make_shop(write_timeout=0.3, clock=wall.monotonic))
    assert provider.called.wait(5)
    assert provider.connections == 1


@every_write
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hang_up, id="hang up"),
        pytest.param(cut_within, id="cut within"),
        pytest.param(data({"id": 1, "x": "x" * 5_000_000}), id="too large"),
        pytest.param(error(500, "boom"), id="500"),
        pytest.param(reply(502, b"<html>Bad gateway</html>"), id="502"),
        pytest.param(error(503, "busy"), id="503"),
        pytest.param(error(408, "timeout"), id="408"),
        pytest.param(reply(200, b"<html>Welcome</html>"), id="HTML 200"),
        pytest.param(reply(404, b"<html>Not found</html>"), id="HTML 404"),
        pytest.param(reply(200, b""), id="empty"),
        pytest.param(reply(204, b""), id="204"),
        pytest.param(reply(200, b"[" * 100_000), id="deep"),
        pytest.param(reply(200, {"extendedData": []}), id="no data"),
        pytest.param(reply(200, [{"data": {}}]), id="no envelope"),
        pytest.param(data([]), id="a list"),
        pytest.param(data({}), id="nothing"),
        pytest.param(data(None), id="null"),
        pytest.param(reply(200, b"\x1f\x8b", Content_Encoding="gzip"), id="broken gzip"),
    ],
)
def test_write_without_a_usable_answer_is_unknown_and_not_repeated(shop, provider, write, answer):
    provider.will(answer)
    with pytest.raises(OutcomeUnknown):
        write.call(shop)
    assert len(provider.heard) == 1


@every_write
def test_write_cut_before_it_was_heard_is_unknown_too(shop, provider, write):
    provider.slams = True
    with pytest.raises(OutcomeUnknown):
        write.call(shop)
    assert provider.connections == 1


@every_write
def test_write_does_not_go_out_on_a_connection_that_was_closed_meanwhile(shop, provider, write):
    provider.will(then_close(data({"userId": "u-1"})), data(write.answer))
    shop.check_token()
    wall.sleep(0.05)
    write.call(shop)
    assert provider.connections == 2


@every_write
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_of_a_write_is_not_followed(shop, provider, write, status):
    provider.will(reply(status, b"", Location=f"{provider.url}/elsewhere"))
    with pytest.raises(OutcomeUnknown):
        write.call(shop)
    assert [heard.path for heard in provider.heard] == [write.path]


@pytest.mark.parametrize(
    ("write", "change"),
    [
        pytest.param(write, change, id=f"{write}-{change}")
        for write in WRITES
        for change in write.foreign
    ],
)
def test_answer_about_something_else_is_no_answer(shop, provider, write, change):
    provider.will(data(write.answer | change))
    with pytest.raises(OutcomeUnknown):
        write.call(shop)
    assert len(provider.heard) == 1


@every_write
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthorized", BadToken),
        (403, "forbidden", BadToken),
        (404, "not_found", Refused),
        (422, "wrong_order_status", WrongStatus),
        (422, "merchant_order_id_duplicate", Duplicate),
        (422, "wrong_total_amount", Refused),
    ],
)
def test_refused_write_was_not_done_and_is_not_repeated(shop, provider, write, status, code, kind):
    provider.will(error(status, code))
    with pytest.raises(Refused) as refusal:
        write.call(shop)
    assert (type(refusal.value), refusal.value.code) == (kind, code)
    assert len(provider.heard) == 1


@every_write
@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:{closed}", id="nobody listens"),
        pytest.param("http://api.invoicebox.invalid", id="no such host"),
        pytest.param("https://127.0.0.1:{open}", id="no TLS there"),
    ],
)
def test_write_that_could_not_be_sent_is_unavailable(make_shop, provider, write, address):
    shop = make_shop(api_url=address.format(closed=closed_port(), open=provider.server_port))
    with pytest.raises(Unavailable) as failure:
        write.call(shop)
    assert failure.value.retry_after is None
    assert provider.heard == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda **told: reply(500, b"", **told), id="500"),
        pytest.param(lambda **told: reply(429, b"", **told), id="429"),
        pytest.param(lambda **told: reply(302, b"", **told), id="302"),
        pytest.param(lambda **told: reply(200, b"<html>", **told), id="HTML"),
        pytest.param(lambda **told: reply(200, {}, **told), id="no data"),
        pytest.param(lambda **told: data([], **told), id="a list"),
        pytest.param(lambda **told: data({}, **told), id="about nothing"),
        pytest.param(lambda **told: data(order_row(status="x"), **told), id="unreadable"),
        pytest.param(lambda **told: reply(422, {"code": "x"}, **told), id="422"),
    ],
)
def test_every_failure_names_the_request_that_support_asks_for(shop, provider, answer):
    provider.will(answer(X_Request_Id="req-9"))
    with pytest.raises(ProviderError) as failure:
        shop.create_order(NEW_ORDER)
    assert failure.value.request_id == "req-9"
    assert str(failure.value) == f"{failure.value.reason} (request req-9)"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "settled"},
        {"status": None},
        {"amount": True},
        {"amount": 1.001},
        {"amount": None},
        {"currencyId": "ROUBLES"},
        {"paymentUrl": "javascript:alert(1)"},
        {"processable": "no"},
        {"id": ["x"]},
    ],
    ids=str,
)
def test_order_that_cannot_be_relied_on_is_no_answer(shop, provider, change):
    provider.will(data(order_row(**change)))
    with pytest.raises(OutcomeUnknown):
        shop.create_order(NEW_ORDER)


def test_request_id_is_kept_of_an_answer_that_was_cut(shop, provider):
    provider.will(cut_within)
    with pytest.raises(OutcomeUnknown) as failure:
        shop.create_order(NEW_ORDER)
    assert failure.value.request_id == "req-cut"


def test_silent_tls_handshake_is_unavailable(make_shop):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        shop = make_shop(api_url=f"https://127.0.0.1:{mute.getsockname()[1]}", connect_timeout=0.1)
        with pytest.raises(Unavailable):
            shop.create_order(NEW_ORDER)
