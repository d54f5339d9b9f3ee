"""Reads are repeated for a while and no longer (section 2.3)."""

import time as wall

import pytest

from miniapp.invoicebox.errors import (
    OutcomeUnknown,
    ProviderError,
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
)


@pytest.mark.parametrize(
    "fault",
    [error(status, "x") for status in (408, 425, 429, 503)] + [hang_up, cut_within, silence],
    ids=["408", "425", "429", "503", "hang up", "cut within", "silence"],
)
def test_read_is_repeated_after_a_passing_fault(make_shop, provider, time, fault):
    provider.will(fault, fault, data({"userId": "u-1"}))
    assert make_shop(read_timeout=1 if fault is silence else 5).check_token()
    assert len(provider.heard) == 3
    first, second = time.pauses
    assert 1 <= first <= 1.25
    assert 2 <= second <= 2.25


@pytest.mark.parametrize("fault", [error(503, "x"), hang_up])
def test_read_is_given_up_after_three_attempts(shop, provider, fault):
    provider.will(*[fault] * 3, data({"userId": "u-1"}))
    with pytest.raises(OutcomeUnknown):
        shop.check_token()
    assert len(provider.heard) == 3


def test_unreachable_provider_is_tried_three_times_for_a_read(make_shop, time):
    with pytest.raises(Unavailable):
        make_shop(api_url=f"http://127.0.0.1:{closed_port()}").check_token()
    assert len(time.pauses) == 2


def test_asked_pause_is_obeyed(shop, provider, time):
    provider.will(reply(429, b"", Retry_After="5"), data({"userId": "u-1"}))
    assert shop.check_token()
    assert time.pauses == [5]


@pytest.mark.parametrize("asked", ["12", "61", "999999999"])
def test_pause_beyond_the_budget_is_left_to_the_caller(shop, provider, time, asked):
    provider.will(reply(429, b"", Retry_After=asked))
    with pytest.raises(Unavailable) as failure:
        shop.check_token()
    assert failure.value.retry_after == int(asked)
    assert time.pauses == []


def test_budget_of_a_read_includes_its_waiting(make_shop, provider, time):
    def slow(handler):
        time.now += 9.5
        error(503, "x")(handler)

    provider.will(slow, slow, slow)
    with pytest.raises(OutcomeUnknown):
        make_shop().check_token()
    assert len(provider.heard) == 2


def test_last_attempt_waits_only_for_what_is_left_of_the_budget(make_shop, provider, time):
    def late(handler):
        time.now += 11.8
        reply(429, b"", Retry_After="0")(handler)

    provider.will(late, silence)
    started = wall.monotonic()
    with pytest.raises(OutcomeUnknown):
        make_shop(read_timeout=60).check_token()
    assert wall.monotonic() - started < 5
    assert len(provider.heard) == 2


@pytest.mark.parametrize(
    "fault",
    [
        error(500, "x"),
        reply(502, b"<html></html>"),
        error(504, "x"),
        reply(200, b"<html></html>"),
        error(422, "x"),
        reply(302, b"", Location="/elsewhere"),
    ],
    ids=["500", "502", "504", "HTML", "422", "302"],
)
def test_read_is_not_repeated_after_other_faults(shop, provider, time, fault):
    provider.will(fault)
    with pytest.raises(ProviderError):
        shop.check_token()
    assert len(provider.heard) == 1
    assert time.pauses == []
