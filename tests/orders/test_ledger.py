"""Paid = rendered + back + owed, at every step of an order's way; and the alarm when not."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.invoicebox.wire import OrderStatus
from miniapp.orders import documents, ledger, payment, queries, redemption, refunding, returning
from miniapp.orders.ledger import Account
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import RefundReason, Shipment, State
from miniapp.orders.payment import Evidence
from miniapp.orders.returning import Way
from tests.builders import ADULT, CHILD, NUMBER, PROVIDER_ID, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

WHOLE = ADULT + CHILD


def account() -> Account | None:
    reading().rollback()
    return next(ledger.accounts(reading()), None)


def code() -> str:
    voucher = queries.by_number(NUMBER).visits[0].voucher
    assert voucher is not None
    return voucher.code


def test_an_order_that_nobody_paid_has_no_account(now: datetime):
    make_order(now)

    assert account() is None


def test_every_kopeck_is_somewhere_at_every_step(now: datetime):
    """Paid, one guest leaves at half the price, the other comes and is reported."""
    with transaction() as session:
        session.scalars(sa.select(Lounge)).one().refund_ladder = [RefundStep(hours=0, percent=50)]
    make_order(now)
    payment.apply(
        Evidence(PROVIDER_ID, NUMBER, OrderStatus.COMPLETED, WHOLE, "RUB"),
        actor=Actor.PROVIDER,
        now=now,
    )
    assert account() == Account(NUMBER, WHOLE, 0, 0, WHOLE)

    visit = queries.by_number(NUMBER).visits[0]
    refunding.withdraw(
        number=NUMBER,
        visit_id=visit.id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=now,
        guests=[visit.guests[1].id],
    )
    redemption.admit(code=code(), who="desk", now=now)
    assert account() == Account(NUMBER, WHOLE, 0, 0, WHOLE), "planned is not done"

    returning.settle(number=f"{NUMBER}-R1", way=Way.REFUNDED, now=now)
    back = CHILD // 2
    assert account() == Account(NUMBER, WHOLE, CHILD - back, back, ADULT)
    returning.settle(number=f"{NUMBER}-R1", way=Way.REFUNDED, now=now)
    assert account() == Account(NUMBER, WHOLE, CHILD - back, back, ADULT), "said twice"

    documents.begin(number=f"{NUMBER}-S1", now=now)
    documents.settle(number=f"{NUMBER}-S1", provider_id="7", now=now)
    assert account() == Account(NUMBER, WHOLE, ADULT + CHILD - back, back, 0)
    assert queries.by_number(NUMBER).state is State.SERVED
    assert ledger.differences(reading()) == []


def test_a_reversal_by_the_provider_closes_the_account(now: datetime):
    make_order(now, state=State.PAID)

    payment.apply(
        Evidence(PROVIDER_ID, NUMBER, OrderStatus.CANCELED, WHOLE, "RUB"),
        actor=Actor.PROVIDER,
        now=now + timedelta(hours=1),
    )

    assert account() == Account(NUMBER, WHOLE, 0, WHOLE, 0)


def test_what_was_charged_for_a_fee_and_came_back_is_counted_once(now: datetime):
    with transaction() as session:
        session.scalars(sa.select(Lounge)).one().refund_ladder = [RefundStep(hours=0, percent=50)]
    make_order(now, state=State.HELD)
    visit = queries.by_number(NUMBER).visits[0]
    refunding.withdraw(
        number=NUMBER, visit_id=visit.id, reason=RefundReason.BUYER, actor=Actor.BUYER, now=now
    )
    documents.begin(number=f"{NUMBER}-S1", now=now)
    documents.settle(number=f"{NUMBER}-S1", provider_id="7", now=now)
    assert queries.by_number(NUMBER).state is State.REFUNDING

    returning.settle(number=f"{NUMBER}-R1", way=Way.REFUNDED, now=now)

    back = ADULT // 2 + CHILD // 2
    assert account() == Account(NUMBER, WHOLE, WHOLE - back, back, 0)
    assert queries.by_number(NUMBER).state is State.REFUNDED


def test_money_that_was_lost_on_the_way_is_an_alarm(now: datetime):
    make_order(now, state=State.PAID)
    redemption.admit(code=code(), who="desk", now=now)
    documents.begin(number=f"{NUMBER}-S1", now=now)
    documents.settle(number=f"{NUMBER}-S1", provider_id="7", now=now)
    with transaction() as session:
        session.execute(sa.update(Shipment).values(amount=Shipment.amount - 1))

    assert [wrong.difference for wrong in ledger.differences(reading())] == [1]


@pytest.mark.parametrize("way", [Way.REVERSED, Way.UNBLOCKED])
def test_a_fee_is_kept_by_a_refund_only(way: Way, now: datetime):
    """The provider may reverse everything before our refund comes to it: nothing was kept."""
    with transaction() as session:
        session.scalars(sa.select(Lounge)).one().refund_ladder = [RefundStep(hours=0, percent=50)]
    make_order(now, state=State.PAID)
    visit = queries.by_number(NUMBER).visits[0]
    refunding.withdraw(
        number=NUMBER, visit_id=visit.id, reason=RefundReason.BUYER, actor=Actor.BUYER, now=now
    )

    returning.settle(number=f"{NUMBER}-R1", way=way, now=now)

    assert account() == Account(NUMBER, WHOLE, 0, WHOLE, 0)
