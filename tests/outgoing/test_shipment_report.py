"""A shipment on its way when the provider is silent or refuses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading
from miniapp.base.outbox import DeliveryAttempt
from miniapp.orders import closing, documents, queries, redemption
from miniapp.orders.models import Order, PaperState, Shipment, State
from miniapp.outgoing.worker import Deliveries
from tests.builders import ADULT, CHILD, NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import (
    Act,
    ScriptedProvider,
    data,
    error,
    hang_up,
    reply,
)
from tests.outgoing.conftest import Time


def shipment(document: str = f"{NUMBER}-S1") -> dict[str, Any]:
    return {"id": 91, "orderId": PROVIDER_ID, "documentNumber": document, "status": "completed"}


def rows(*found: dict[str, Any]) -> Act:
    paging = {"totalCount": len(found), "pageSize": 100, "page": 1}
    return reply(200, {"data": list(found), "metaData": paging, "extendedData": []})


def outcomes() -> list[str]:
    return list(reading().scalars(sa.select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)))


def left() -> Order:
    reading().rollback()
    return queries.by_number(NUMBER)


@pytest.fixture
def inside(deliveries: Deliveries, time: Time, now: datetime) -> Deliveries:
    """All guests of a paid order have entered, and it is time to say so."""
    make_order(now, state=State.PAID)
    admit(now)
    time.pass_by(documents.UNDO_TIME)
    return deliveries


def admit(now: datetime, *guests: int) -> None:
    voucher = left().visits[0].voucher
    assert voucher is not None
    redemption.admit(code=voucher.code, guests=guests, who="desk", now=now)


def test_what_was_rendered_is_told_once(inside: Deliveries, provider: ScriptedProvider):
    provider.will(rows(), data(shipment()))

    inside.next()

    assert outcomes() == ["settled"]
    [paper] = left().shipments
    assert (paper.state, paper.provider_id) == (PaperState.DONE, "91")
    assert left().state is State.SERVED


@pytest.mark.parametrize("silence", [hang_up, reply(500, {}), reply(200, b"<html>")])
def test_a_shipment_whose_answer_was_lost_is_found_by_its_document(
    inside: Deliveries, provider: ScriptedProvider, time: Time, silence: Act
):
    provider.will(rows(), silence)
    inside.next()
    assert left().shipments[0].state is PaperState.SENDING

    time.pass_by(timedelta(minutes=1))
    provider.will(rows(shipment(f"{NUMBER}-S9"), shipment()))
    inside.next()

    assert [heard.method for heard in provider.heard] == ["GET", "POST", "GET"]
    assert left().state is State.SERVED


def test_a_list_in_which_it_may_be_hidden_is_no_leave_to_send_it_again(
    inside: Deliveries, provider: ScriptedProvider
):
    provider.will(rows(shipment() | {"documentNumber": None}))

    inside.next()

    assert outcomes() == ["put off"]
    assert [heard.method for heard in provider.heard] == ["GET"]


def test_what_the_provider_refuses_waits_for_a_human(
    inside: Deliveries, provider: ScriptedProvider
):
    provider.will(rows(), error(422, "wrong_order_status"), rows())

    inside.next()

    assert outcomes() == ["given up"]
    assert (left().state, left().shipments[0].state) == (State.PAID, PaperState.STUCK)


def test_a_refusal_of_what_a_faster_worker_has_sent_is_none(
    inside: Deliveries, provider: ScriptedProvider
):
    provider.will(rows(), error(422, "wrong_basket_item_total_amount"), rows(shipment()))

    inside.next()

    assert outcomes() == ["settled"]
    assert left().state is State.SERVED


def test_a_shipment_that_is_done_is_not_called_stuck_by_a_slow_worker(
    inside: Deliveries, provider: ScriptedProvider, time: Time
):
    provider.will(rows(), data(shipment()))
    inside.next()

    closing.get_stuck(Shipment, number=f"{NUMBER}-S1", reason="too late", now=time.now)

    assert left().shipments[0].state is PaperState.DONE


def test_blocked_money_is_charged_once_and_for_all_when_nobody_is_expected_any_more(
    deliveries: Deliveries, provider: ScriptedProvider, time: Time, now: datetime
):
    make_order(now, state=State.HELD)
    adult, child = (guest.id for guest in left().visits[0].guests)
    admit(now, adult)
    time.pass_by(documents.UNDO_TIME)
    deliveries.next()
    assert (outcomes(), provider.heard) == (["waiting"], []), "the child may still come"

    admit(time.now, child)
    time.pass_by(timedelta(minutes=30))
    provider.will(rows(), data(shipment(f"{NUMBER}-S2")))
    while left().state is not State.SERVED:
        assert deliveries.next()

    assert [(paper.state, paper.amount) for paper in left().shipments] == [
        (PaperState.DROPPED, ADULT),
        (PaperState.DONE, CHILD + ADULT),
    ]
    assert b'"final": true' in provider.heard[-1].body
    assert left().paid_at == time.now, "the charge is known without a notification"
