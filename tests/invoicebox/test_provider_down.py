"""A provider who answers nobody is spared, and probed until it is back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import structlog

from miniapp.invoicebox.errors import NotSent, OutcomeUnknown, ProviderError, Unavailable
from tests.invoicebox.scripted_provider import Crowd, closed_port, data, error, hang_up, reply
from tests.invoicebox.writes import NEW_ORDER, ORDER_ID, order_row

AUTH = "/v3/security/api/auth/auth"
known = data({"userId": "u-1"})
SILENT = [hang_up, error(500, "boom"), error(503, "busy"), reply(502, b"<html></html>")]


def fail(shop, provider, *acts):
    """One write for each act, none of which succeeds."""
    provider.will(*acts)
    for _ in acts:
        with pytest.raises(OutcomeUnknown):
            shop.cancel_order(ORDER_ID)


@pytest.mark.parametrize("act", SILENT, ids=["hang up", "500", "503", "502"])
def test_after_five_failures_in_a_row_nothing_is_sent_for_fifteen_seconds(
    shop, provider, time, act
):
    fail(shop, provider, *[act] * 5)
    for passed, left in ((4.5, 11), (10, 1)):
        time.now += passed
        for call in (lambda: shop.cancel_order(ORDER_ID), shop.check_token):
            with pytest.raises(NotSent, match="does not answer") as failure:
                call()
            assert failure.value.retry_after == left
    assert len(provider.heard) == 5
    assert time.pauses == []


@pytest.mark.parametrize(
    "answer",
    [known, error(401, "unauthorized"), error(422, "x"), reply(302, b""), reply(404, b"<html>")],
    ids=["200", "401", "422", "302", "HTML"],
)
def test_any_answer_of_the_provider_ends_the_row_of_failures(shop, provider, answer):
    fail(shop, provider, *[hang_up] * 4)
    provider.will(answer)
    with suppress(ProviderError):
        shop.check_token()
    fail(shop, provider, *[hang_up] * 4)
    provider.will(known)
    assert shop.check_token()


def test_unreachable_provider_counts_as_silent(make_shop, time):
    shop = make_shop(api_url=f"http://127.0.0.1:{closed_port()}")
    for _ in range(5):
        with pytest.raises(Unavailable):
            shop.cancel_order(ORDER_ID)
    with pytest.raises(Unavailable) as failure:
        shop.cancel_order(ORDER_ID)
    assert failure.value.retry_after == 15


def test_first_write_afterwards_is_preceded_by_a_read_as_a_probe(shop, provider, time):
    fail(shop, provider, *[hang_up] * 5)
    time.now += 15
    provider.will(known, data(order_row()))
    assert shop.create_order(NEW_ORDER).id == ORDER_ID
    assert [heard.path for heard in provider.heard[5:]] == [AUTH, "/v3/billing/api/order/order"]
    assert len(provider.heard) == 7


def test_write_is_not_sent_when_the_probe_fails(shop, provider, time):
    fail(shop, provider, *[hang_up] * 5)
    for _ in range(2):
        time.now += 15
        provider.will(hang_up)
        with pytest.raises(Unavailable) as failure:
            shop.create_order(NEW_ORDER)
        assert failure.value.retry_after == 15
    assert [heard.path for heard in provider.heard[5:]] == [AUTH, AUTH]


def test_read_is_its_own_probe_and_only_one_is_sent(make_shop, provider, time):
    shop = make_shop(read_timeout=10)
    fail(shop, provider, *[hang_up] * 5)
    time.now += 15
    crowd = Crowd(known)
    provider.will(crowd, known)
    with ThreadPoolExecutor(1) as pool:
        probe = pool.submit(shop.check_token)
        assert crowd.arrived.acquire(timeout=5)
        for _ in range(3):
            with pytest.raises(Unavailable) as failure:
                shop.cancel_order(ORDER_ID)
            assert failure.value.retry_after == 1
        crowd.go_on.set()
        assert probe.result(timeout=10)
    assert shop.check_token()
    assert len(provider.heard) == 7


def test_log_tells_when_the_provider_is_given_up_and_when_it_is_back(shop, provider, time):
    with structlog.testing.capture_logs() as told:
        fail(shop, provider, *[hang_up] * 5)
        time.now += 15
        provider.will(known)
        shop.check_token()
    lines = [line for line in told if line["event"] not in {"provider_silent", "provider_answered"}]
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("provider_down", "error"),
        ("provider_probed", "info"),
        ("provider_back", "info"),
    ]
    assert (lines[0]["failures"], lines[0]["pause"]) == (5, 15)
