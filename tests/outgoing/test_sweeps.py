"""Asking the provider about orders for which no word has come."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from miniapp.base.db import reading
from miniapp.base.outbox import Delivery
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import Order, State
from miniapp.outgoing import sweeps
from miniapp.outgoing.sweeps import Looked
from miniapp.outgoing.worker import Deliveries
from miniapp.outgoing.world import World
from tests.builders import NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import ScriptedProvider, data, error

SHOP = "0192c0de-0000-7000-8000-0000000000ff"


def order(status: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": SHOP,
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
        "paymentUrl": f"https://pay.invoicebox.example/{PROVIDER_ID}",
    } | changes


def state(number: str = NUMBER) -> State | None:
    return reading().scalar(sa.select(Order.state).where(Order.number == number))


def test_a_payment_nobody_told_us_of_is_found_and_its_letter_written_down(
    deliveries: Deliveries, world: World, provider: ScriptedProvider, now: datetime
):
    make_order(now)
    provider.will(data(order("completed")))

    assert sweeps.sweep(merchant=world.merchant, now=now) is True

    assert state() is State.PAID
    assert reading().scalars(sa.select(Delivery.kind)).all() == [Goes.VOUCHER_LETTER]
    assert sweeps.sweep(merchant=world.merchant, now=now) is False


def test_an_invoice_whose_answer_was_lost_is_found_by_its_number(
    deliveries: Deliveries, world: World, provider: ScriptedProvider, now: datetime
):
    make_order(now, state=State.INVOICING)
    provider.will(data([order("created")]))

    sweeps.sweep(merchant=world.merchant, now=now)

    assert state() is State.AWAITING_PAYMENT


def test_an_order_past_its_time_expires(
    deliveries: Deliveries, world: World, provider: ScriptedProvider, now: datetime
):
    make_order(now, deadline=now)
    provider.will(data(order("created")))

    sweeps.sweep(merchant=world.merchant, now=now + timedelta(seconds=1))

    assert state() is State.EXPIRED


def test_a_provider_that_is_down_is_asked_later_and_not_in_a_circle(
    deliveries: Deliveries, world: World, provider: ScriptedProvider, now: datetime
):
    make_order(now)
    provider.will(*[error(503, "out_of_service")] * 3)

    assert sweeps.sweep(merchant=world.merchant, now=now) is True
    assert sweeps.sweep(merchant=world.merchant, now=now + timedelta(seconds=30)) is False
    assert state() is State.AWAITING_PAYMENT
    provider.will(data(order("completed")))
    assert sweeps.sweep(merchant=world.merchant, now=now + timedelta(seconds=61)) is True
    assert state() is State.PAID


def test_reconciling_asks_about_every_open_order_though_its_time_has_not_come(
    deliveries: Deliveries, world: World, provider: ScriptedProvider, now: datetime
):
    later = now + timedelta(hours=1)
    make_order(now, look_at=later)
    make_order(now, number="LNG-23456789C", provider_id="id-2", state=State.PAID)
    make_order(now, number="LNG-23456789E", state=State.INVOICING, look_at=later)
    provider.will(data(order("completed")), data([]))

    looked = list(sweeps.reconcile(merchant=world.merchant, now=now))

    assert looked == [
        Looked(NUMBER, State.AWAITING_PAYMENT, State.PAID),
        Looked("LNG-23456789E", State.INVOICING, State.INVOICING),
    ]
