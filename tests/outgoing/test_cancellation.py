"""An order of the provider that nobody shall pay: cancelled, or taken for what it became."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from miniapp.base import outbox
from miniapp.base.db import reading, transaction
from miniapp.base.outbox import DeliveryAttempt
from miniapp.orders import queries
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from miniapp.outgoing.worker import Deliveries
from tests.builders import NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import ScriptedProvider, data, error, hang_up
from tests.outgoing.conftest import Time


def order(status: str) -> dict[str, Any]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": "0192c0de-0000-7000-8000-0000000000ff",
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
    }


def outcomes() -> list[str]:
    return list(reading().scalars(sa.select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)))


@pytest.fixture
def unwanted(deliveries: Deliveries, now: datetime) -> Deliveries:
    """An order that expired here and may be open there."""
    make_order(now, state=State.EXPIRED)
    with transaction() as session:
        outbox.add(
            session,
            kind=Goes.CANCELLATION,
            key="cancellation",
            payload={"order": NUMBER, "provider_id": PROVIDER_ID},
            now=now,
        )
    return deliveries


@pytest.mark.parametrize("status", ["created", "draft"])
def test_what_is_open_is_cancelled(unwanted: Deliveries, provider: ScriptedProvider, status: str):
    provider.will(data(order(status)), data(order("canceled")))

    unwanted.next()

    assert outcomes() == ["settled"]
    assert [heard.method for heard in provider.heard] == ["GET", "DELETE"]


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_what_is_over_is_left_alone(unwanted: Deliveries, provider: ScriptedProvider, status: str):
    provider.will(data(order(status)))

    unwanted.next()

    assert (outcomes(), len(provider.heard)) == (["settled"], 1)


@pytest.mark.parametrize("is_paid_meanwhile", [False, True])
def test_who_has_paid_is_served(
    unwanted: Deliveries, provider: ScriptedProvider, is_paid_meanwhile: bool
):
    if is_paid_meanwhile:
        provider.will(data(order("created")), error(422, "wrong_order_status"))
    provider.will(data(order("completed")))

    unwanted.next()

    assert outcomes() == ["settled"]
    assert queries.by_number(NUMBER).state is State.PAID


def test_silence_is_no_cancellation(unwanted: Deliveries, provider: ScriptedProvider, time: Time):
    provider.will(data(order("created")), hang_up)
    unwanted.next()
    time.pass_by(timedelta(minutes=1))
    provider.will(data(order("canceled")))
    unwanted.next()

    assert outcomes() == ["put off", "settled"]
    assert [heard.method for heard in provider.heard] == ["GET", "DELETE", "GET"]
