"""Notifications are read strictly and survive hostile bytes (section 15)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.invoicebox.wire import MalformedNotification, OrderStatus, parse_notification

PROBE = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def notification(**changes: Any) -> bytes:
    fields = {
        "id": "0192c0de-0000-7000-8000-00000000a001",
        "status": "completed",
        "merchantId": "0192c0de-0000-7000-8000-0000000000ff",
        "merchantOrderId": "LNG-000417",
        "amount": 4500.0,
        "currencyId": "RUB",
    } | changes
    return json.dumps({k: v for k, v in fields.items() if v is not ...}).encode()


def test_sample_is_read_and_what_we_do_not_know_is_ignored(sample):
    heard = parse_notification(sample("notification_completed.json"))
    assert heard.id == "0192c0de-0000-7000-8000-00000000a001"
    assert (heard.status, heard.raw_status) == (OrderStatus.COMPLETED, "completed")
    assert heard.merchant_id == "0192c0de-0000-7000-8000-0000000000ff"
    assert heard.merchant_order_id == "LNG-000417"
    assert (heard.amount, heard.currency) == (675_050, "RUB")
    assert not heard.is_probe


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("draft", OrderStatus.DRAFT),
        ("created", OrderStatus.CREATED),
        ("hold", OrderStatus.HOLD),
        ("completed", OrderStatus.COMPLETED),
        ("success", OrderStatus.COMPLETED),
        ("paid", OrderStatus.COMPLETED),
        ("expired", OrderStatus.EXPIRED),
        ("canceled", OrderStatus.CANCELED),
        ("cancelled", OrderStatus.CANCELED),
        ("Completed", None),
        ("settled", None),
    ],
)
def test_every_spelling_of_a_status_is_known_and_no_other(spelling, status):
    heard = parse_notification(notification(status=spelling))
    assert (heard.status, heard.raw_status) == (status, spelling)


@pytest.mark.parametrize(
    ("written", "kopecks"),
    [
        (4500, 450_000),
        (4500.0, 450_000),
        (811.48, 81_148),
        ("811.48", 81_148),
        ("4500", 450_000),
        (0, 0),
        (0.29, 29),
        (None, None),
        (..., None),
    ],
)
def test_sums_become_kopecks(written, kopecks):
    assert parse_notification(notification(amount=written)).amount == kopecks


def test_number_written_with_all_digits_of_its_float_is_the_sum_it_denotes():
    raw = notification().replace(b"4500.0", b"811.48000000000002")
    assert parse_notification(raw).amount == 81_148


@pytest.mark.parametrize(
    "written",
    [
        True,
        -1,
        -0.01,
        4500.001,
        0.005,
        "",
        "4 500",
        "4500,00",
        "1e3",
        "-1",
        "4500.005",
        "٤٥٠٠",
        [],
        {},
        [4500],
        10**11,
        1e11,
        1e300,
        float("nan"),
        float("inf"),
        "NaN",
        "9" * 5000,
    ],
)
def test_what_is_no_sum_of_money_is_refused(written):
    with pytest.raises(MalformedNotification):
        parse_notification(notification(amount=written))


@pytest.mark.parametrize("number", ["", None, ...])
def test_monitoring_probe_is_recognised_by_id_and_missing_number(number):
    assert parse_notification(notification(id=PROBE, merchantOrderId=number)).is_probe
    assert parse_notification(notification(id=PROBE.upper(), merchantOrderId=number)).is_probe
    assert not parse_notification(notification(merchantOrderId=number)).is_probe


def test_probe_id_with_an_order_number_is_no_probe():
    assert not parse_notification(notification(id=PROBE)).is_probe


@pytest.mark.parametrize("name", ["id", "status", "merchantId"])
@pytest.mark.parametrize("value", [..., None, "", 7, True, [], {}, "x" * 51, "a\x00b", "a\nb"])
def test_required_field_missing_or_of_the_wrong_kind_is_malformed(name, value):
    with pytest.raises(MalformedNotification, match=name):
        parse_notification(notification(**{name: value}))


@pytest.mark.parametrize("name", ["merchantOrderId", "currencyId"])
@pytest.mark.parametrize("value", [7, False, [], {}, "x" * 257, "a\x00b"])
def test_optional_field_of_the_wrong_kind_is_malformed(name, value):
    with pytest.raises(MalformedNotification, match=name):
        parse_notification(notification(**{name: value}))


def test_lone_surrogate_is_malformed_for_no_database_can_keep_it():
    raw = notification(merchantOrderId="MARK").replace(b"MARK", b"\\ud800")
    with pytest.raises(MalformedNotification):
        parse_notification(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"completed"',
        b"<html></html>",
        notification()[:-1],
        notification() + b"}",
        b"\xef\xbb\xbf" + notification(),
        notification().decode().encode("utf-16"),
        notification().replace(b"LNG", b"\xff\xfe"),
        notification().replace(b'"id"', b'"status": "created", "id"'),
        notification(x="MARK").replace(b'"MARK"', b"9" * 5000),
        notification(x="MARK").replace(b'"MARK"', b'{"a": 1, "a": 1}'),
        notification(x="MARK").replace(b'"MARK"', b"NaN"),
        notification(x="MARK").replace(b'"MARK"', b"-Infinity"),
        notification(x="MARK").replace(b'"MARK"', b"[" * 100_000 + b"]" * 100_000),
        notification(x="MARK").replace(b'"MARK"', b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        notification(x="MARK").replace(b'"MARK"', b"[" * 100_000),
    ],
    ids=lambda raw: raw[:12].decode("latin-1").encode("unicode_escape").decode() + str(len(raw)),
)
def test_hostile_bytes_are_malformed(raw):
    with pytest.raises(MalformedNotification):
        parse_notification(raw)


def test_number_too_large_for_a_float_elsewhere_does_no_harm():
    raw = notification(x="MARK").replace(b'"MARK"', b"1e999999999999")
    assert parse_notification(raw).amount == 450_000


TEXT = st.text("a7:\u0000\ud800Ж", max_size=60)
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.just([]) | st.just({})
)
NAMES = st.sampled_from(
    ["id", "status", "merchantId", "merchantOrderId", "amount", "currencyId", "x"]
)
DOCUMENTS = st.dictionaries(NAMES, ANYTHING).map(lambda fields: json.dumps(fields).encode())


@settings(deadline=None)
@given(st.binary(max_size=200) | DOCUMENTS)
def test_any_bytes_give_a_notification_or_are_malformed(raw):
    try:
        heard = parse_notification(raw)
    except MalformedNotification:
        return
    assert heard.id
    assert heard.merchant_id
    assert heard.raw_status
