"""A process is killed at every step of its work: the others and its successor finish it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import transaction
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.catalogue.pricing import Party
from miniapp.orders import redemption, refunding
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import RefundReason, State
from tests.lives import truths
from tests.lives.doomed import Fate, is_killed
from tests.lives.provider import News
from tests.lives.town import Town, order_of

TWO = Party(adults=2)
# Longer than a dead worker's lease, and than the pauses before the provider is asked.
A_WHILE = timedelta(minutes=3)
# More than any of these acts has.
MOST_MOMENTS = 80


@dataclass(frozen=True)
class Act:
    """What is done by the process that dies.

    ``prepare`` gives the order, and the notification that is heard; ``ends`` are the states in
    which the order may be after one round of the worker, ``at_provider`` what is there then.
    """

    name: str
    prepare: Callable[[Town], tuple[str, News | None]]
    ends: dict[State, set[tuple[str, ...]]]

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def a_draft(town: Town) -> tuple[str, None]:
    return town.draft(TWO), None


def a_confirmed_order(town: Town) -> tuple[str, None]:
    number = town.draft(TWO)
    town.confirm(number)
    return number, None


def an_invoiced_order(town: Town) -> tuple[str, None]:
    number, _ = a_confirmed_order(town)
    town.invoice(number)
    return number, None


def an_invoiced_order_that_could_live_longer(town: Town) -> tuple[str, None]:
    number = town.draft(TWO, starts_in=timedelta(days=10))
    town.confirm(number)
    town.invoice(number)
    town.time.pass_by(timedelta(hours=1))
    town.work()
    return number, None


def a_paid_order_that_we_have_not_heard_of(town: Town) -> tuple[str, News]:
    number, _ = an_invoiced_order(town)
    town.pay(number)
    return number, town.inbox.pop()


def a_paid_order(town: Town, way: str = "card") -> tuple[str, None]:
    number = town.bought(TWO, way)
    town.work()
    return number, None


def a_refund(town: Town, way: str, *, percent: int = 100) -> tuple[str, None]:
    number, _ = a_paid_order(town, way)
    with transaction() as session:
        ladder = [RefundStep(hours=0, percent=percent)]
        session.execute(sa.update(Lounge).values(refund_ladder=ladder))
    refunding.withdraw(
        number=number,
        visit_id=order_of(number).visits[0].id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=town.now,
    )
    return number, None


def guests_inside(town: Town, way: str) -> tuple[str, None]:
    number, _ = a_paid_order(town, way)
    voucher = order_of(number).visits[0].voucher
    assert voucher is not None
    redemption.admit(code=voucher.code, who="desk", now=town.now)
    town.time.pass_by(timedelta(minutes=11))
    return number, None


PAID, REFUNDED, SHIPPED = ("completed",), ("completed", "refund"), ("completed", "shipment")
OPEN, CANCELED = ("created",), ("canceled",)

ACTS = [
    Act("place", a_draft, {State.DRAFT: {()}, State.INVOICING: {()}}),
    Act("invoice", a_confirmed_order, {State.INVOICING: {()}, State.AWAITING_PAYMENT: {OPEN}}),
    Act("cancel", an_invoiced_order, {State.AWAITING_PAYMENT: {OPEN}, State.CANCELLED: {CANCELED}}),
    Act("extend", an_invoiced_order_that_could_live_longer, {State.AWAITING_PAYMENT: {OPEN}}),
    Act("hear", a_paid_order_that_we_have_not_heard_of, {State.PAID: {PAID}}),
    Act("withdraw", a_paid_order, {State.PAID: {PAID}, State.REFUNDED: {REFUNDED}}),
    Act(
        "deliver a refund",
        lambda town: a_refund(town, "card"),
        {State.REFUNDED: {REFUNDED}},
    ),
    Act(
        "deliver a refund with a fee",
        lambda town: a_refund(town, "card", percent=50),
        {State.REFUNDED: {REFUNDED}},
    ),
    Act(
        "deliver a reversal",
        lambda town: a_refund(town, "hold"),
        {State.REFUNDED: {CANCELED}},
    ),
    Act(
        "deliver a shipment",
        lambda town: guests_inside(town, "card"),
        {State.SERVED: {SHIPPED}},
    ),
    Act(
        "deliver a charge",
        lambda town: guests_inside(town, "hold"),
        {State.SERVED: {SHIPPED}},
    ),
]


# Where the parts of a transaction are counted, all acts are tried; elsewhere one of each kind.
FEW = {"invoice", "hear", "withdraw", "deliver a refund with a fee", "deliver a charge"}


# As many processes are killed as there are moments.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("database_url", "act"),
    [("sqlite", act) for act in ACTS] + [("postgres", act) for act in ACTS if act.name in FEW],
    indirect=["database_url"],
    ids=str,
)
def test_who_is_killed_at_any_moment_leaves_nothing_undone_or_done_twice(
    act: Act, town: Town, database: str
):
    with transaction() as session:
        session.execute(sa.update(Lounge).values(capacity=None))
    ends = set()
    for moment in range(1, MOST_MOMENTS):
        number, news = act.prepare(town)
        fate = Fate(
            database_url=database,
            provider_url=town.provider.url,
            mail_url=town.mail.url,
            now=town.now,
            act=act.name.split()[0],
            order=number,
            moment=moment,
            # A transaction is one thing in either database; counting its parts once is enough.
            counts_writes=database.startswith("sqlite"),
            news=news,
            visit=order_of(number).visits[0].id,
        )
        was_killed = is_killed(fate)
        town.restart()
        town.time.pass_by(A_WHILE)
        town.work()
        state, there = order_of(number).state, at_provider(town, number)
        assert there in act.ends.get(state, set()), (moment, state, there)
        ends.add(state)
        if not was_killed:
            break
    else:
        pytest.fail("there is no end of moments")
    assert moment > 1, "the process was never killed"
    assert ends == set(act.ends)
    town.provider.fault("none")
    town.live_on()
    truths.at_the_end(town)


def at_provider(town: Town, number: str) -> tuple[str, ...]:
    """What it has: the status of its order, its shipments and its refunds."""
    order_id = order_of(number).provider_id
    statuses = [order.status for order in town.provider.orders(number)]
    if order_id is None:
        return tuple(statuses)
    shipments = ["shipment" for _ in town.merchant.shipments(order_id)]
    refunds = ["refund" for _ in town.merchant.refunds(order_id)]
    return (*statuses, *shipments, *refunds)
