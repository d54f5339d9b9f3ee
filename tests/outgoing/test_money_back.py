"""Money for an order that cannot be served: cancelled at the provider, or shown to a human."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading
from miniapp.base.outbox import DeliveryAttempt
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from miniapp.outgoing.worker import Deliveries
from tests.builders import NUMBER, PROVIDER_ID, make_order, owe
from tests.invoicebox.scripted_provider import ScriptedProvider, data, error, hang_up
from tests.outgoing.conftest import Time

SHOP = "0192c0de-0000-7000-8000-0000000000ff"


def order(status: str) -> dict[str, Any]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": SHOP,
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
    }


def attempts() -> list[tuple[str, str]]:
    rows = reading().execute(
        sa.select(DeliveryAttempt.outcome, DeliveryAttempt.detail).order_by(DeliveryAttempt.id)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def owed(deliveries: Deliveries, now: datetime) -> Deliveries:
    make_order(now, state=State.UNDELIVERABLE)
    owe(goes=Goes.MONEY_BACK, now=now)
    return deliveries


def test_blocked_money_is_let_go(owed: Deliveries, provider: ScriptedProvider):
    provider.will(data(order("hold")), data(order("canceled")))

    owed.next()

    assert attempts() == [("settled", "cancelled at the provider")]
    assert [heard.method for heard in provider.heard] == ["GET", "DELETE"]


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_where_no_money_is_nothing_is_asked_for(
    owed: Deliveries, provider: ScriptedProvider, status: str
):
    provider.will(data(order(status)))

    owed.next()

    assert attempts() == [("settled", f"already {status}")]


def test_money_that_was_taken_is_left_to_a_human(owed: Deliveries, provider: ScriptedProvider):
    provider.will(data(order("completed")), error(400, "order_wrong_status"))

    owed.next()

    assert attempts() == [("given up", "needs a refund by hand: order_wrong_status")]


def test_after_silence_the_order_is_read_again_before_anything_is_done(
    owed: Deliveries, provider: ScriptedProvider, time: Time
):
    provider.will(data(order("hold")), hang_up, data(order("canceled")))

    owed.next()
    time.pass_by(timedelta(minutes=1))
    owed.next()

    assert [outcome for outcome, _ in attempts()] == ["put off", "settled"]
    assert [heard.method for heard in provider.heard] == ["GET", "DELETE", "GET"]
