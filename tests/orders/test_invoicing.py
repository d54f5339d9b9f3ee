"""The order at the provider, over real HTTP: done, refused, or not known yet."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.globals import app_ctx

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.catalogue.models import SeatSlot
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.wire import OrderStatus
from miniapp.orders import asking, cancelling, invoicing, payment, placing, queries
from miniapp.orders.errors import ProviderRefused, ProviderUnavailable
from miniapp.orders.invoicing import Addresses
from miniapp.orders.lifecycle import Actor, Goes
from miniapp.orders.models import Order, State
from miniapp.orders.payment import Answer, Evidence
from tests.builders import NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import (
    Act,
    ScriptedProvider,
    closed_port,
    cut_within,
    data,
    error,
    hang_up,
    reply,
    silence,
)
from tests.orders.conftest import SHOP, shop_at

pytestmark = pytest.mark.usefixtures("catalogue")

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = Addresses(notification="https://lounge.example/invoicebox/notification")
PAY_HERE = "https://pay.invoicebox.example/order/0192c0de-0000-7000-8000-00000000c001"


def answered(**changes: Any) -> dict[str, Any]:
    """The provider's order as it should be."""
    return {
        "id": PROVIDER_ID,
        "status": "created",
        "merchantId": SHOP,
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
        "paymentUrl": PAY_HERE,
        "processable": True,
    } | changes


@pytest.fixture
def confirmed(now: datetime, catalogue: None) -> str:
    """An order that took its seats and waits for its invoice."""
    number = make_order(now, state=State.DRAFT)
    placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=now)
    return number


def issue(number: str, merchant: Merchant, now: datetime) -> Order:
    invoicing.issue(number=number, merchant=merchant, addresses=HERE, now=now)
    return queries.by_number(number)


def look_up(number: str, merchant: Merchant, now: datetime) -> Order:
    invoicing.look_up(number=number, merchant=merchant, now=now)
    return queries.by_number(number)


def taken() -> int:
    return reading().scalar(sa.select(sa.func.max(SeatSlot.taken))) or 0


def said(provider: ScriptedProvider) -> list[str]:
    return [heard.method for heard in provider.heard]


def test_an_order_the_provider_takes_awaits_payment(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    provider.will(data(answered()))

    order = issue(confirmed, merchant, now)

    assert (order.state, order.provider_id) == (State.AWAITING_PAYMENT, PROVIDER_ID)
    assert (order.payment_url, taken()) == (PAY_HERE, 2)
    body = json.loads(provider.heard[0].body)
    assert (body["merchantOrderId"], body["amount"]) == (NUMBER, 6750.5)
    assert datetime.fromisoformat(body["expirationDate"]) == order.deadline
    assert body["notificationUrl"] == HERE.notification


def test_a_refused_order_is_a_draft_again_and_can_be_confirmed_anew(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    provider.will(error(422, "wrong_expiration_date"), data(answered()))

    with pytest.raises(ProviderRefused):
        issue(confirmed, merchant, now)

    assert (queries.by_number(confirmed).state, taken()) == (State.DRAFT, 0)
    placing.confirm(number=confirmed, offer_agreed=True, data_agreed=True, now=now)
    assert issue(confirmed, merchant, now).state is State.AWAITING_PAYMENT
    assert taken() == 2


def test_without_a_connection_the_order_is_a_draft_again(confirmed: str, now: datetime):
    nobody = shop_at(f"http://127.0.0.1:{closed_port()}")

    with pytest.raises(ProviderUnavailable):
        issue(confirmed, nobody, now)

    assert (queries.by_number(confirmed).state, taken()) == (State.DRAFT, 0)


def cancellations() -> list[dict[str, str]]:
    rows = sa.select(Delivery.payload).where(Delivery.kind == Goes.CANCELLATION)
    return list(reading().scalars(rows))


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(silence, id="timeout"),
        pytest.param(hang_up, id="hang up"),
        pytest.param(cut_within, id="cut"),
        pytest.param(error(500, "crash"), id="500 after the commit"),
        pytest.param(error(422, "merchant_order_id_duplicate"), id="known already"),
        pytest.param(reply(200, b"<html>"), id="a page of a proxy"),
    ],
)
@QUICK
def test_an_unknown_outcome_is_looked_up_and_never_asked_for_twice(
    end: Act, confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    provider.will(end, data([answered()]))

    order = issue(confirmed, merchant, now)
    assert (order.state, taken()) == (State.INVOICING, 2)
    assert order.look_at == now, "the sweep must not wait"
    later = now + timedelta(seconds=5)
    assert asking.due(now=later) == [(NUMBER, State.INVOICING)]
    order = look_up(confirmed, merchant, later)

    assert (order.state, order.payment_url) == (State.AWAITING_PAYMENT, PAY_HERE)
    assert order.look_at == later, "it may have been paid meanwhile"
    assert (said(provider), taken()) == (["POST", "GET"], 2)


def test_what_is_not_found_for_ten_minutes_was_never_created(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    almost = now + timedelta(minutes=10) - timedelta(seconds=1)
    provider.will(hang_up, data([]), data([]), data([]))

    issue(confirmed, merchant, now)
    for moment in (now, almost):
        order = look_up(confirmed, merchant, moment)
        assert (order.state, taken()) == (State.INVOICING, 2)
        assert order.look_at is not None
        assert order.look_at > moment
    order = look_up(confirmed, merchant, now + timedelta(minutes=10))

    assert (order.state, taken()) == (State.EXPIRED, 0)
    assert said(provider) == ["POST", "GET", "GET", "GET"]
    assert order.look_at == now + timedelta(hours=1), "an orphan may turn up"


def test_an_orphan_that_turns_up_later_is_cancelled_at_the_provider(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    provider.will(hang_up, data([]), data([]), data([answered()]))
    issue(confirmed, merchant, now)
    look_up(confirmed, merchant, now + timedelta(minutes=10))

    order = look_up(confirmed, merchant, now + timedelta(hours=1))
    assert (order.state, order.look_at) == (State.EXPIRED, now + timedelta(hours=6))
    assert cancellations() == []

    order = look_up(confirmed, merchant, now + timedelta(hours=6))
    assert (order.state, order.look_at, taken()) == (State.EXPIRED, None, 0)
    assert cancellations() == [{"order": NUMBER, "provider_id": PROVIDER_ID}]


@pytest.mark.parametrize(
    ("status", "end"), [("completed", State.PAID), ("hold", State.HELD), ("created", State.EXPIRED)]
)
@QUICK
def test_an_orphan_that_was_paid_is_late_money(
    status: str,
    end: State,
    confirmed: str,
    merchant: Merchant,
    provider: ScriptedProvider,
    now: datetime,
):
    provider.will(hang_up, data([]), data(answered(status=status)))
    if status == "created":
        provider.will(data(answered(status="canceled")))
    issue(confirmed, merchant, now)
    look_up(confirmed, merchant, now + timedelta(minutes=10))

    later = now + timedelta(hours=2)
    is_over = cancelling.cancel_there(
        number=confirmed, provider_id=PROVIDER_ID, merchant=merchant, now=later
    )

    assert is_over
    assert (queries.by_number(confirmed).state, taken()) == (end, 0 if status == "created" else 2)


@QUICK
def test_a_look_up_that_fails_decides_nothing(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    foreign = answered(merchantOrderId="LNG-FOREIGN99")
    provider.will(hang_up, error(500, "crash"), error(500, "crash"), data([foreign]))

    issue(confirmed, merchant, now)
    for _ in range(2):
        order = look_up(confirmed, merchant, now + timedelta(hours=1))

    assert (order.state, taken()) == (State.INVOICING, 2)


@pytest.mark.parametrize(
    "changes", [{"amount": 6750.49}, {"processable": False}, {"paymentUrl": None}]
)
@QUICK
def test_an_order_we_did_not_ask_for_is_left_to_be_cancelled_and_its_number_with_it(
    changes: dict[str, Any],
    confirmed: str,
    merchant: Merchant,
    provider: ScriptedProvider,
    now: datetime,
):
    provider.will(data(answered(**changes)))

    with pytest.raises(ProviderRefused):
        issue(confirmed, merchant, now)

    order = queries.by_number(confirmed)
    assert (order.state, taken()) == (State.DRAFT, 0)
    assert cancellations() == [{"order": NUMBER, "provider_id": PROVIDER_ID}]
    assert order.invoice_number == f"{NUMBER}-2", "the first number is spent"


def test_a_notification_may_overtake_the_answer(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    provider.will(hang_up, data([answered(paymentUrl=None)]))
    issue(confirmed, merchant, now)
    paid = Evidence(PROVIDER_ID, NUMBER, OrderStatus.COMPLETED, 675_050, "RUB")

    assert payment.apply(paid, actor=Actor.PROVIDER, now=now) is Answer.SUCCESS
    order = look_up(confirmed, merchant, now)

    assert (order.state, order.provider_id, taken()) == (State.PAID, PROVIDER_ID, 2)
    assert order.visits[0].voucher is not None
    assert said(provider) == ["POST", "GET"], "nothing is cancelled that is paid"


@QUICK
def test_an_order_found_paid_needs_no_address_to_pay_at(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    paid = answered(status="completed", paymentUrl=None)
    provider.will(hang_up, data([paid]), data(paid))

    issue(confirmed, merchant, now)
    look_up(confirmed, merchant, now)
    asking.ask(number=confirmed, merchant=merchant, now=now)

    assert (queries.by_number(confirmed).state, taken()) == (State.PAID, 2)
    assert said(provider) == ["POST", "GET", "GET"]


@QUICK
def test_an_order_that_cannot_be_said_keeps_no_seats(
    merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    """A phone of nine digits, as some islands have, is none for the provider."""
    number = make_order(now, state=State.DRAFT, contact_phone="+298123456")
    placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=now)

    with pytest.raises(ProviderRefused):
        issue(number, merchant, now)

    assert (queries.by_number(number).state, taken(), said(provider)) == (State.DRAFT, 0, [])


def test_nothing_is_locked_while_the_provider_is_asked(
    confirmed: str, merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    """Others sell on while one buyer's call hangs."""

    def sell_another(handler: Any) -> None:
        with app.app_context(), transaction() as session:
            session.execute(sa.update(SeatSlot).values(taken=SeatSlot.taken))
        data(answered())(handler)

    app = app_ctx.app
    provider.will(sell_another)

    assert issue(confirmed, merchant, now).state is State.AWAITING_PAYMENT
