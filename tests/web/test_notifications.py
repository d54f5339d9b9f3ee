"""The provider's webhook: what is believed, what is answered, in bytes and headers."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from miniapp.base.db import db
from miniapp.invoicebox.signature import sign
from miniapp.orders import queries
from miniapp.orders.models import HandledNotification, OrderEvent, State
from tests.builders import NUMBER
from tests.web.provider import KEY, OLD_KEY, PROBE, body, post

SUCCESS = {"status": "success"}
QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def twice(door: FlaskClient, raw: bytes, signature: str | None = None) -> Any:
    """The answer to both of two equal messages; signed rightly unless told otherwise."""
    answers = [post(door, raw, signature or sign(raw, KEY, "sha1")) for _ in range(2)]
    assert answers[0] == answers[1]
    return answers[0]


def traces(door: FlaskClient) -> tuple[State, int, int]:
    """The order's state, and how much was written of it."""
    with door.application.app_context():
        count = sa.func.count
        return (
            queries.by_number(NUMBER).state,
            db.session.scalar(sa.select(count(OrderEvent.id))) or 0,
            db.session.scalar(sa.select(count(HandledNotification.status))) or 0,
        )


UNTOUCHED = (State.AWAITING_PAYMENT, 0, 0)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="empty"),
        pytest.param("0" * 40, id="wrong"),
        pytest.param(sign(body(), "another-key", "sha1"), id="another key"),
        pytest.param(sign(body(), KEY, "sha256"), id="another algorithm"),
        pytest.param(sign(body(amount=1), KEY, "sha1"), id="of another message"),
        pytest.param(sign(body().replace(rb"\/", b"/"), KEY, "sha1"), id="of the same, rewritten"),
        pytest.param("ж" * 20, id="no hexadecimal"),
    ],
)
@QUICK
def test_row_1_what_is_not_signed_rightly_changes_nothing(door: FlaskClient, signature: str):
    wrong = {"status": "error", "code": "signature_error", "message": "signature_error"}

    assert twice(door, body(), signature or " ") == wrong
    assert post(door, body(), None) == wrong
    assert traces(door) == UNTOUCHED


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        body(id=None),
        body(id="x" * 37),
        body(status=None),
        body(merchantId=None),
        body(amount="much"),
        body(amount=-1),
        body(merchantOrderId="LNG\x00"),
        body()[:-1] + b', "amount": 1}',
    ],
)
@QUICK
def test_row_2_what_is_signed_but_no_notification_is_to_be_said_again(
    door: FlaskClient, raw: bytes
):
    assert twice(door, raw)["code"] == "out_of_service"
    assert traces(door) == UNTOUCHED


@QUICK
def test_row_3_the_probe_of_the_monitoring_changes_nothing(door: FlaskClient):
    for number in (None, ""):
        assert twice(door, body(**PROBE | {"merchantOrderId": number})) == SUCCESS
    stranger = body(**PROBE, merchantId="0192c0de-0000-7000-8000-0000000000aa")
    assert twice(door, stranger)["code"] == "order_not_found"

    assert traces(door) == UNTOUCHED


@QUICK
def test_row_4_an_order_of_another_shop_is_not_found(door: FlaskClient):
    for changes in ({"merchantId": "0192c0de-0000-7000-8000-0000000000aa"},
                    {"merchantOrderId": None}, {"merchantOrderId": "LNG-NOBODY"}):  # fmt: skip
        assert twice(door, body(**changes))["code"] == "order_not_found"

    assert traces(door) == UNTOUCHED


def test_row_8_a_payment_is_believed_and_made_once(door: FlaskClient):
    assert twice(door, body()) == SUCCESS

    assert traces(door) == (State.PAID, 1, 1)


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
@QUICK
def test_while_the_key_is_changed_both_count(door: FlaskClient, key: str):
    assert twice(door, body(), f" {sign(body(), key, 'sha1').upper()} ") == SUCCESS
    assert traces(door) == (State.PAID, 1, 1)


@QUICK
def test_row_11_an_unknown_status_is_to_be_said_again(door: FlaskClient):
    assert twice(door, body(status="frozen"))["code"] == "out_of_service"
    assert traces(door) == UNTOUCHED


@QUICK
def test_nothing_is_answered_to_a_browser(door: FlaskClient):
    assert door.get("/invoicebox/notification").status_code == 405
