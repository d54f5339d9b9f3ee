"""Our own pace, and the pauses the provider asks for (section 2.3)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import structlog

from miniapp.base.limits import LocalLimiter
from miniapp.invoicebox.errors import NotSent, OutcomeUnknown, ProviderError, Unavailable
from tests.invoicebox.scripted_provider import Crowd, data, error, hang_up, reply
from tests.invoicebox.writes import NEW_ORDER, ORDER_ID, WRITES, order_row

AUTH = "/v3/security/api/auth/auth"
known = data({"userId": "u-1"})


def limits(status=429, **headers):
    return reply(status, b'{"error": {"code": "x"}}', **headers)


def at_noon(status, **headers):
    """An answer of a given moment, whatever our own clock says."""

    def answer(handler):
        handler.send_response_only(status)
        handler.send_header("Date", "Mon, 14 Dec 2026 12:00:00 GMT")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


# Our own limit


def test_sixty_requests_in_thirty_seconds_and_no_more(shop, provider, time):
    provider.will(*[known] * 61)
    assert all(shop.check_token() for _ in range(60))
    with pytest.raises(Unavailable) as failure:
        shop.cancel_order(ORDER_ID)
    assert failure.value.retry_after == 30
    assert len(provider.heard) == 60
    time.now += 26.5
    assert shop.check_token()
    assert time.pauses == [3.5]


def test_background_work_leaves_a_third_to_those_who_wait(make_shop, provider, time):
    limiter = LocalLimiter(window=30, clock=time.clock)
    buyer = make_shop(limiter=limiter)
    worker = make_shop(limiter=limiter, background=True)
    provider.will(*[known] * 61)
    assert all(worker.check_token() for _ in range(40))
    with pytest.raises(Unavailable):
        worker.check_token()
    assert all(buyer.check_token() for _ in range(20))
    with pytest.raises(Unavailable):
        buyer.check_token()
    assert len(provider.heard) == 60


def test_patient_background_work_is_slowed_down_and_not_refused(make_shop, provider, time):
    worker = make_shop(background=True, patience=35)
    provider.will(*[known] * 90)
    assert all(worker.check_token() for _ in range(90))
    assert time.pauses == [30, 30]


def test_turn_that_does_not_come_in_time_is_refused_with_the_seconds_to_wait(make_shop, provider):
    shop = make_shop(patience=0)
    provider.will(*[known] * 60)
    for _ in range(60):
        shop.check_token()
    with structlog.testing.capture_logs() as told, pytest.raises(NotSent) as failure:
        shop.create_order(NEW_ORDER)
    assert (failure.value.retry_after, str(failure.value)) == (30, "not sent: the limit is reached")
    (line,) = told
    assert (line["event"], line["seconds"], line["reason"]) == (
        "provider_spared",
        30,
        "the limit is reached",
    )


@pytest.mark.parametrize(
    ("act", "most", "answer"),
    [
        (lambda shop: shop.check_token(), 3, known),
        (lambda shop: shop.cancel_order(ORDER_ID), 1, data(order_row(status="canceled"))),
    ],
    ids=["reads", "writes"],
)
def test_three_reads_and_one_write_are_under_way_at_a_time(make_shop, provider, act, most, answer):
    crowd = Crowd(answer)
    provider.will(*[crowd] * 8)
    shop = make_shop(read_timeout=10, write_timeout=10, patience=10)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(act, shop) for _ in range(8)]
        for _ in range(most):
            assert crowd.arrived.acquire(timeout=5)
        crowd.go_on.set()
        assert [call.result(timeout=10) is not None for call in calls] == [True] * 8
    assert crowd.most == most


def test_write_does_not_wait_for_reads_nor_for_another_write_without_end(make_shop, provider):
    crowd = Crowd(known)
    busy = Crowd(data(order_row()))
    provider.will(crowd, crowd, crowd, busy)
    shop = make_shop(read_timeout=10, write_timeout=10, patience=0.2)
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(shop.check_token) for _ in range(3)]
        for _ in range(3):
            assert crowd.arrived.acquire(timeout=5)
        calls.append(pool.submit(shop.create_order, NEW_ORDER))
        assert busy.arrived.acquire(timeout=5)
        with pytest.raises(Unavailable) as failure:
            shop.create_order(NEW_ORDER)
        crowd.go_on.set()
        busy.go_on.set()
        assert all(call.result(timeout=10) for call in calls)
    assert failure.value.retry_after == 1
    assert len(provider.heard) == 4


def test_place_is_given_back_after_every_end(shop, provider):
    provider.will(error(422, "x"), hang_up, limits(Retry_After="0"), data(order_row()))
    for _ in range(3):
        with pytest.raises(ProviderError):
            shop.create_order(NEW_ORDER)
    assert shop.create_order(NEW_ORDER).id == ORDER_ID


# What the provider asks for

WAITS = [
    pytest.param(reply(429, b"slow down", Retry_After="17"), 17, id="seconds"),
    pytest.param(reply(429, b"slow down", Retry_After=" 0 "), 0, id="none"),
    pytest.param(reply(429, b"slow down", Retry_After="soon"), None, id="no number"),
    pytest.param(reply(429, b"slow down", Retry_After="-5"), None, id="negative"),
    pytest.param(reply(429, b"slow down"), None, id="nothing said"),
    pytest.param(reply(425, b"", Retry_After="3"), 3, id="425"),
    pytest.param(at_noon(429, Retry_After="Mon, 14 Dec 2026 12:00:42 GMT"), 42, id="date"),
    pytest.param(at_noon(429, Retry_After="Mon, 14 Dec 2026 11:00:00 GMT"), 0, id="past date"),
    pytest.param(
        at_noon(429, RateLimit_Remaining="0", RateLimit_Reset="9"), 9, id="RateLimit-Reset"
    ),
    pytest.param(at_noon(429, X_RateLimit_Remaining="0", X_RateLimit_Reset="8"), 8, id="with X-"),
    pytest.param(
        at_noon(429, X_RateLimit_Remaining="0", X_RateLimit_Reset="1797249630"), 30, id="epoch"
    ),
    pytest.param(
        at_noon(429, RateLimit_Remaining="5", RateLimit_Reset="9"), None, id="some remain"
    ),
    pytest.param(
        at_noon(429, RateLimit_Remaining="0", RateLimit_Reset="x"), None, id="reset is no number"
    ),
    pytest.param(
        at_noon(429, Retry_After="2", RateLimit_Remaining="0", RateLimit_Reset="9"),
        2,
        id="Retry-After comes first",
    ),
]


@pytest.mark.parametrize(("answer", "seconds"), WAITS)
def test_limit_on_a_write_tells_when_to_come_back(shop, provider, answer, seconds):
    provider.will(answer)
    with pytest.raises(Unavailable) as failure:
        shop.create_order(NEW_ORDER)
    assert failure.value.retry_after == seconds
    assert len(provider.heard) == 1


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_nothing_is_sent_before_the_pause_is_over(shop, provider, time, write):
    provider.will(limits(Retry_After="17"), data(write.answer))
    for _ in range(2):
        with pytest.raises(Unavailable) as failure:
            write.call(shop)
    assert failure.value.retry_after == 17
    with pytest.raises(Unavailable):
        shop.check_token()
    assert len(provider.heard) == 1
    time.now += 17
    write.call(shop)


def test_short_pause_is_waited_for(shop, provider, time):
    provider.will(limits(Retry_After="3"), data(order_row()))
    with structlog.testing.capture_logs() as told, pytest.raises(Unavailable):
        shop.create_order(NEW_ORDER)
    line = told[-1]
    assert (line["event"], line["seconds"], line["refused"]) == ("provider_asks_to_rest", 3, True)
    shop.create_order(NEW_ORDER)
    assert time.pauses == [3]


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, {"data": {"userId": "u-1"}}, RateLimit_Remaining="0", RateLimit_Reset="20"),
        limits(503, Retry_After="20"),
    ],
    ids=["nothing remains", "503"],
)
def test_pause_of_any_answer_is_obeyed_by_the_next_request(shop, provider, time, answer):
    provider.will(answer, known)
    with suppress(OutcomeUnknown):
        shop.check_token()
    with pytest.raises(Unavailable) as failure:
        shop.check_token()
    assert failure.value.retry_after == 20
    time.now += 20
    assert shop.check_token()


def test_refusals_without_a_time_double_the_pause_until_one_is_let_through(
    make_shop, provider, time
):
    shop = make_shop(patience=0)

    def pause():
        """The pause after one more refusal, which is over then."""
        provider.will(limits())
        for _ in range(2):
            with pytest.raises(Unavailable) as failure:
                shop.cancel_order(ORDER_ID)
        time.now += failure.value.retry_after
        return failure.value.retry_after

    assert [pause() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    provider.will(data(order_row()))
    shop.cancel_order(ORDER_ID)
    assert pause() == 1


@pytest.mark.parametrize("asked", ["61", "999999999"])
def test_no_pause_stops_us_for_more_than_a_minute(shop, provider, time, asked):
    provider.will(limits(Retry_After=asked), known)
    with pytest.raises(Unavailable) as failure:
        shop.create_order(NEW_ORDER)
    assert failure.value.retry_after == int(asked)
    time.now += 60
    assert shop.check_token()
