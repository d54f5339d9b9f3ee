"""Money on its way back when the provider is silent, refuses, or is ahead of us.

What it has in the end, by each way, is told against the sandbox in tests/lives/test_papers.py.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import GIVE_UP_AFTER, Delivery, DeliveryAttempt
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.orders import queries, refunding
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import Order, PaperState, RefundReason, State
from miniapp.outgoing.worker import Deliveries
from tests.builders import NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import (
    Act,
    ScriptedProvider,
    data,
    error,
    hang_up,
    reply,
)
from tests.outgoing.conftest import Time

SHOP = "0192c0de-0000-7000-8000-0000000000ff"
REFUND_ID = "0192c0de-0000-7000-8000-00000000b001"
WHOLE = 6750.5


def order_is(status: str, number: str = NUMBER) -> Act:
    return data(_order(status, number))


def _order(status: str, number: str) -> dict[str, Any]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": SHOP,
        "merchantOrderId": number,
        "amount": WHOLE,
        "currencyId": "RUB",
    }


def refund(status: str = "created") -> dict[str, Any]:
    return {
        "id": REFUND_ID,
        "parentId": PROVIDER_ID,
        "merchantOrderId": f"{NUMBER}-R1",
        "merchantId": SHOP,
        "amount": WHOLE,
        "status": status,
    }


def rows(*found: dict[str, Any]) -> Act:
    paging = {"totalCount": len(found), "pageSize": 100, "page": 1}
    return reply(200, {"data": list(found), "metaData": paging, "extendedData": []})


def attempts() -> list[tuple[str, str]]:
    found = sa.select(DeliveryAttempt.outcome, DeliveryAttempt.detail).order_by(DeliveryAttempt.id)
    return [tuple(row) for row in reading().execute(found)]


def methods(provider: ScriptedProvider) -> list[str]:
    return [heard.method for heard in provider.heard]


def left() -> Order:
    reading().rollback()
    return queries.by_number(NUMBER)


def owe_back(
    now: datetime, *, state: State = State.PAID, percent: int = 100, is_all: bool = True
) -> None:
    """The buyer gives up the visit, or the child's part of it."""
    make_order(now, state=state)
    with transaction() as session:
        ladder = [RefundStep(hours=0, percent=percent)]
        session.execute(sa.update(Lounge).values(refund_ladder=ladder))
    visit = left().visits[0]
    refunding.withdraw(
        number=NUMBER,
        visit_id=visit.id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=now,
        guests=[] if is_all else [visit.guests[1].id],
    )


def test_blocked_money_is_let_go(deliveries: Deliveries, provider: ScriptedProvider, now: datetime):
    owe_back(now, state=State.HELD)
    provider.will(order_is("hold"), order_is("canceled"))

    deliveries.next()

    assert attempts() == [("settled", "reversed")]
    assert methods(provider) == ["GET", "DELETE"]
    assert (left().state, left().refunds[0].way) == (State.REFUNDED, "reversed")


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_where_no_money_is_any_more_nothing_is_asked_for(
    deliveries: Deliveries, provider: ScriptedProvider, now: datetime, status: str
):
    owe_back(now)
    provider.will(order_is(status))

    deliveries.next()

    assert attempts() == [("settled", "reversed")]
    assert left().state is State.REFUNDED


def test_after_silence_the_order_is_read_again_before_anything_is_done(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime
):
    owe_back(now, state=State.HELD)
    provider.will(order_is("hold"), hang_up, order_is("canceled"))

    deliveries.next()
    time.pass_by(timedelta(minutes=1))
    deliveries.next()

    assert [outcome for outcome, _ in attempts()] == ["put off", "settled"]
    assert methods(provider) == ["GET", "DELETE", "GET"]


@pytest.mark.parametrize(
    "answer", [hang_up, reply(500, {}), error(422, "merchant_order_id_duplicate")]
)
def test_a_refund_whose_answer_was_lost_is_found_by_its_number_and_not_made_again(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime, answer: Act
):
    owe_back(now)
    provider.will(order_is("completed"), rows(), reply(200, {"data": [{}]}), answer)
    deliveries.next()
    assert left().refunds[0].state is PaperState.PLANNED

    time.pass_by(timedelta(minutes=1))
    provider.will(order_is("completed"), rows(refund()))
    deliveries.next()

    assert [outcome for outcome, _ in attempts()] == ["put off", "settled"]
    assert methods(provider).count("POST") == 1
    assert (left().state, left().refunds[0].way) == (State.REFUNDED, "refunded")


def test_what_the_provider_refuses_waits_for_a_human(
    deliveries: Deliveries, provider: ScriptedProvider, now: datetime
):
    owe_back(now)
    provider.will(
        order_is("completed"), rows(), reply(200, {"data": [{}]}), error(422, "wrong_total_amount")
    )

    deliveries.next()

    assert attempts() == [("given up", "needs a human: wrong_total_amount")]
    assert (left().state, left().refunds[0].state) == (State.REFUNDING, PaperState.STUCK)
    assert left().events[-1].what == "stuck"


def test_a_refund_that_somebody_cancelled_there_is_not_taken_for_done(
    deliveries: Deliveries, provider: ScriptedProvider, now: datetime
):
    owe_back(now)
    provider.will(order_is("completed"), rows(refund("canceled")))

    deliveries.next()

    assert left().refunds[0].state is PaperState.STUCK


def test_a_draft_that_does_not_go_out_is_not_taken_for_money_back(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime
):
    owe_back(now, percent=50)
    fee = _order("completed", f"{NUMBER}-R1-K")
    provider.will(order_is("completed"), rows(refund("draft")), rows(fee), rows(refund("draft")))
    deliveries.next()
    assert attempts() == [("put off", "the refund is still a draft")]

    time.pass_by(timedelta(minutes=1))
    provider.will(order_is("completed"), rows(refund()), rows(fee), rows(refund()))
    deliveries.next()

    assert left().state is State.REFUNDED
    assert "POST" not in methods(provider)


def test_part_of_blocked_money_waits_for_the_charge_and_may_fail_after_weeks_of_waiting(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime
):
    owe_back(now, state=State.HELD, is_all=False)
    while time.now - now < 2 * GIVE_UP_AFTER:
        provider.will(order_is("hold"))
        deliveries.next()
        time.pass_by(timedelta(hours=12))
    assert {outcome for outcome, _ in attempts()} == {"waiting"}

    provider.will(hang_up, hang_up, hang_up)
    deliveries.next()

    delivery = reading().scalars(sa.select(Delivery)).one()
    assert delivery.given_up_at is None
    assert delivery.due_at - time.now < timedelta(minutes=1), "the first failure, the first pause"


def test_two_parts_that_are_the_whole_reverse_it_although_each_waited_alone(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime
):
    owe_back(now, state=State.HELD, is_all=False)
    provider.will(order_is("hold"))
    deliveries.next()
    refunding.withdraw(
        number=NUMBER,
        visit_id=left().visits[0].id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=time.now,
    )

    provider.will(order_is("hold"), order_is("canceled"))
    deliveries.next()
    time.pass_by(timedelta(hours=1))
    provider.will(order_is("canceled"))
    while left().state is not State.REFUNDED:
        assert deliveries.next()

    assert [paper.way for paper in left().refunds] == ["reversed", "reversed"]
    assert methods(provider).count("DELETE") == 1
