"""What word of a payment does to an order: rows 4 to 11 of the reference's decision table.

Rows 1 to 3 need no order and are tested at the door, in tests/web. Everything is said twice, as
the provider may.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.catalogue.models import Lounge, SeatSlot
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.wire import OrderStatus
from miniapp.operators.models import Operator
from miniapp.orders import asking, payment, queries
from miniapp.orders.lifecycle import Actor, Goes
from miniapp.orders.models import Order, OrderEvent, State, Voucher
from miniapp.orders.payment import Answer, Evidence
from tests.builders import NUMBER, PROVIDER_ID, make_order
from tests.invoicebox.scripted_provider import ScriptedProvider, data
from tests.orders.conftest import SHOP, AtOnce

pytestmark = pytest.mark.usefixtures("catalogue")

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER_ID = "0192c0de-0000-7000-8000-000000000002"
UNPAID = [State.INVOICING, State.AWAITING_PAYMENT, State.EXPIRED]

COMPLETED = Evidence(PROVIDER_ID, NUMBER, OrderStatus.COMPLETED, 675_050, "RUB")
HOLD = replace(COMPLETED, status=OrderStatus.HOLD)
CANCELED = replace(COMPLETED, status=OrderStatus.CANCELED)
EXPIRED = replace(COMPLETED, status=OrderStatus.EXPIRED)
CREATED = replace(COMPLETED, status=OrderStatus.CREATED)


@dataclass(frozen=True)
class World:
    """Where an order stands, with everything that hangs on it."""

    state: State
    seats: int
    vouchers: int
    void: int
    deliveries: tuple[str, ...]


def world() -> World:
    session = reading()
    session.rollback()
    vouchers = session.scalars(sa.select(Voucher)).all()
    kinds = session.scalars(sa.select(Delivery.kind).order_by(Delivery.kind))
    return World(
        state=queries.by_number(NUMBER).state,
        seats=session.scalar(sa.select(sa.func.max(SeatSlot.taken))) or 0,
        vouchers=len([voucher for voucher in vouchers if voucher.voided_at is None]),
        void=len([voucher for voucher in vouchers if voucher.voided_at is not None]),
        deliveries=tuple(kinds),
    )


def told(evidence: Evidence, now: datetime) -> Answer:
    """Say it twice: the repeat gets the same answer and changes nothing."""
    answer = payment.apply(evidence, actor=Actor.PROVIDER, now=now)
    after = world()
    events = reading().scalar(sa.select(sa.func.count(OrderEvent.id)))
    again = payment.apply(evidence, actor=Actor.PROVIDER, now=now + timedelta(minutes=1))
    assert (again, world()) == (answer, after)
    assert reading().scalar(sa.select(sa.func.count(OrderEvent.id))) == events
    return answer


def fill_the_lounge(now: datetime) -> None:
    make_order(now, number="LNG-FULL", provider_id=None, children=9)


def demand_the_final_charge() -> None:
    with transaction() as session:
        session.execute(sa.update(Operator).values(hold_is_paid=False))


PAID = World(State.PAID, 2, 1, 0, (Goes.VOUCHER_LETTER,))
HELD = replace(PAID, state=State.HELD)
GONE = World(State.UNDELIVERABLE, 0, 0, 0, (Goes.MONEY_BACK, Goes.SORRY_LETTER))


def test_row_4_an_unknown_number_and_a_mere_draft_are_not_found(now: datetime):
    make_order(now, state=State.DRAFT)
    before = world()

    assert told(COMPLETED, now) is Answer.ORDER_NOT_FOUND
    assert told(replace(COMPLETED, number="LNG-NOBODY"), now) is Answer.ORDER_NOT_FOUND
    assert world() == before


def test_row_5_the_same_id_with_another_status_is_news(now: datetime):
    make_order(now)

    assert told(CREATED, now) is Answer.SUCCESS
    assert told(COMPLETED, now) is Answer.SUCCESS
    assert world() == PAID
    assert told(CANCELED, now) is Answer.SUCCESS
    assert told(COMPLETED, now) is Answer.SUCCESS
    assert world() == World(State.CANCELLED, 0, 0, 1, (Goes.VOUCHER_LETTER,))


@pytest.mark.parametrize("first", [COMPLETED, HOLD])
@QUICK
def test_row_6_a_second_payment_under_another_id_is_called_one(first: Evidence, now: datetime):
    make_order(now)
    told(first, now)
    before = world()

    for second in (replace(COMPLETED, provider_id=OTHER_ID), replace(HOLD, provider_id=OTHER_ID)):
        assert told(second, now) is Answer.ORDER_ALREADY_PAID

    assert world() == before
    assert queries.by_number(NUMBER).provider_id == PROVIDER_ID


@QUICK
def test_row_6_also_when_the_first_money_is_on_its_way_back(now: datetime):
    """Otherwise the second payment would be neither served nor returned."""
    make_order(now, state=State.EXPIRED)
    fill_the_lounge(now)
    told(COMPLETED, now)

    answer = told(replace(COMPLETED, provider_id=OTHER_ID), now)

    assert answer is Answer.ORDER_ALREADY_PAID
    assert queries.by_number(NUMBER).provider_id == PROVIDER_ID


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 675_049},
        {"amount": 675_051},
        {"amount": None},
        {"currency": "USD"},
        {"currency": None},
    ],
)
@QUICK
def test_row_7_another_sum_or_currency_pays_nothing(wrong: dict[str, object], now: datetime):
    make_order(now)
    before = world()

    for paid in (COMPLETED, HOLD):
        assert told(replace(paid, **wrong), now) is Answer.ORDER_WRONG_AMOUNT

    assert world() == before
    assert told(COMPLETED, now) is Answer.SUCCESS, "the right sum may still come"


@pytest.mark.parametrize(("evidence", "end"), [(COMPLETED, PAID), (HOLD, HELD)])
@pytest.mark.parametrize("state", UNPAID)
def test_row_8_secured_money_gives_a_voucher_seats_and_one_letter(
    state: State, evidence: Evidence, end: World, now: datetime
):
    make_order(now, state=state)

    assert told(evidence, now) is Answer.SUCCESS

    assert world() == end
    order = queries.by_number(NUMBER)
    assert (order.provider_id, order.visits[0].seats_held) == (PROVIDER_ID, True)
    assert (order.paid_at is not None) == (evidence is COMPLETED)


def test_row_8_the_charge_of_held_money_only_completes_the_order(now: datetime):
    make_order(now)
    told(HOLD, now)
    [code] = reading().scalars(sa.select(Voucher.code)).all()

    assert told(COMPLETED, now) is Answer.SUCCESS
    assert told(HOLD, now) is Answer.SUCCESS, "a late repeat of the hold is no step back"

    assert world() == PAID
    assert reading().scalars(sa.select(Voucher.code)).all() == [code]
    assert queries.by_number(NUMBER).paid_at == now


@QUICK
def test_row_8_an_operator_may_insist_on_the_final_charge(now: datetime):
    make_order(now)
    demand_the_final_charge()
    before = world()

    assert told(HOLD, now) is Answer.SUCCESS
    assert world() == before
    assert told(COMPLETED, now) is Answer.SUCCESS
    assert world() == PAID


@pytest.mark.parametrize("evidence", [COMPLETED, HOLD])
def test_row_9_late_money_for_a_full_lounge_goes_back(evidence: Evidence, now: datetime):
    make_order(now, state=State.EXPIRED)
    fill_the_lounge(now)

    assert told(evidence, now) is Answer.SHIPPING_UNAVAILABLE

    assert world() == replace(GONE, seats=10)


@QUICK
def test_row_9_money_for_an_attempt_that_was_given_up_goes_back(now: datetime):
    """The order is a draft again, and the provider still had the one it could not use."""
    make_order(now, state=State.DRAFT, confirmed_at=now)

    assert told(COMPLETED, now) is Answer.SHIPPING_UNAVAILABLE

    assert world() == GONE


@QUICK
def test_row_6_money_after_the_provider_has_reversed_the_first_is_called_a_second_one(
    now: datetime,
):
    make_order(now)
    told(HOLD, now)
    told(CANCELED, now)
    before = world()

    second = replace(COMPLETED, provider_id=OTHER_ID)
    assert told(second, now) is Answer.ORDER_ALREADY_PAID

    assert world() == before


@QUICK
def test_row_9_money_for_a_cancelled_order_goes_back(now: datetime):
    make_order(now, state=State.CANCELLED)

    assert told(COMPLETED, now) is Answer.SHIPPING_UNAVAILABLE
    assert told(HOLD, now) is Answer.SHIPPING_UNAVAILABLE

    assert world() == GONE


@QUICK
def test_row_9_money_for_a_visit_that_is_over_goes_back_and_its_seats_too(now: datetime):
    make_order(now, starts_in=timedelta(hours=1))

    assert told(COMPLETED, now + timedelta(hours=3)) is Answer.SHIPPING_UNAVAILABLE

    assert world() == GONE


@pytest.mark.parametrize(
    ("state", "evidence", "end"),
    [
        (State.AWAITING_PAYMENT, CREATED, World(State.AWAITING_PAYMENT, 2, 0, 0, ())),
        (State.AWAITING_PAYMENT, EXPIRED, World(State.EXPIRED, 0, 0, 0, ())),
        (State.AWAITING_PAYMENT, CANCELED, World(State.CANCELLED, 0, 0, 0, ())),
        (State.INVOICING, EXPIRED, World(State.EXPIRED, 0, 0, 0, ())),
        (State.INVOICING, CANCELED, World(State.CANCELLED, 0, 0, 0, ())),
        (State.HELD, CANCELED, World(State.CANCELLED, 0, 0, 1, ())),
        (State.PAID, CANCELED, World(State.CANCELLED, 0, 0, 1, ())),
        (State.HELD, EXPIRED, World(State.HELD, 2, 1, 0, ())),
        (State.PAID, EXPIRED, World(State.PAID, 2, 1, 0, ())),
        (State.PAID, CREATED, World(State.PAID, 2, 1, 0, ())),
        (State.EXPIRED, CANCELED, World(State.EXPIRED, 0, 0, 0, ())),
        (State.CANCELLED, EXPIRED, World(State.CANCELLED, 0, 0, 0, ())),
        (State.UNDELIVERABLE, CANCELED, World(State.UNDELIVERABLE, 0, 0, 0, ())),
    ],
)
@QUICK
def test_row_10_other_news_makes_only_moves_that_the_table_allows(
    state: State, evidence: Evidence, end: World, now: datetime
):
    make_order(now, state=state)

    assert told(evidence, now) is Answer.SUCCESS

    assert world() == end


@pytest.mark.parametrize("state", [State.AWAITING_PAYMENT, State.HELD, State.PAID])
@pytest.mark.parametrize("evidence", [CANCELED, EXPIRED])
@QUICK
def test_row_10_the_end_of_another_order_with_our_number_ends_nothing(
    state: State, evidence: Evidence, now: datetime
):
    """An unusable first try is cancelled at the provider; its notification may come late."""
    make_order(now, state=state)
    before = world()

    assert told(replace(evidence, provider_id=OTHER_ID), now) is Answer.SUCCESS

    assert world() == before


@QUICK
def test_row_11_an_unknown_status_is_to_be_said_again(now: datetime):
    make_order(now)
    before = world()

    assert told(replace(COMPLETED, status=None), now) is Answer.OUT_OF_SERVICE

    assert world() == before


def test_the_same_news_from_many_sides_at_once_makes_one_voucher_and_one_letter(
    now: datetime, at_once: AtOnce
):
    make_order(now)
    sides = [Actor.PROVIDER, Actor.SWEEP] * 6

    answers = at_once(
        [lambda actor=actor: payment.apply(COMPLETED, actor=actor, now=now) for actor in sides]
    )

    assert answers == [Answer.SUCCESS] * 12
    assert world() == PAID


def test_two_payments_at_once_pay_once(now: datetime, at_once: AtOnce):
    make_order(now)
    payments = [replace(COMPLETED, provider_id=f"{OTHER_ID[:-2]}{n:02}") for n in range(8)]

    answers = at_once(
        [lambda paid=paid: payment.apply(paid, actor=Actor.PROVIDER, now=now) for paid in payments]
    )

    assert Counter(answers) == {Answer.SUCCESS: 1, Answer.ORDER_ALREADY_PAID: 7}
    assert world() == PAID


def test_late_money_of_many_never_sells_a_seat_twice(now: datetime, at_once: AtOnce):
    """Twelve expired orders of two for ten seats are paid at the same moment."""
    paid = []
    for n in range(12):
        number, provider_id = f"LNG-{n}", f"{OTHER_ID[:-2]}{n:02}"
        make_order(now, state=State.EXPIRED, number=number, provider_id=provider_id)
        paid.append(replace(COMPLETED, number=number, provider_id=provider_id))

    answers = at_once(
        [lambda one=one: payment.apply(one, actor=Actor.PROVIDER, now=now) for one in paid]
    )

    assert Counter(answers) == {Answer.SUCCESS: 5, Answer.SHIPPING_UNAVAILABLE: 7}
    session = reading()
    assert session.scalar(sa.select(sa.func.max(SeatSlot.taken))) == 10
    assert Counter(session.scalars(sa.select(Delivery.kind))) == {
        Goes.VOUCHER_LETTER: 5,
        Goes.MONEY_BACK: 7,
        Goes.SORRY_LETTER: 7,
    }
    assert Counter(session.scalars(sa.select(Order.state))) == {
        State.PAID: 5,
        State.UNDELIVERABLE: 7,
    }


@QUICK
def test_what_is_undone_at_the_end_leaves_the_order_as_it_was(now: datetime):
    """One transaction: a voucher without its letter, or seats without money, cannot be."""
    make_order(now, state=State.EXPIRED)
    with transaction() as session:
        session.add(
            Delivery(kind="x", key=f"voucher letter:{NUMBER}", payload={}, created_at=now,
                     due_at=now, attempts=0)
        )  # fmt: skip
    before = world()

    with pytest.raises(sa.exc.IntegrityError):
        payment.apply(COMPLETED, actor=Actor.PROVIDER, now=now)

    assert world() == before


def at_provider(status: str, **changes: object) -> dict[str, object]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": SHOP,
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
    } | changes


def ask(merchant: Merchant, moment: datetime) -> Order:
    asking.ask(number=NUMBER, merchant=merchant, now=moment)
    return queries.by_number(NUMBER)


@QUICK
def test_what_nobody_paid_expires_at_its_deadline_and_not_before(
    merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    make_order(now)
    deadline = now + timedelta(days=3)
    provider.will(*[data(at_provider("created"))] * 2)

    order = ask(merchant, deadline - timedelta(minutes=10))
    assert (order.state, order.look_at) == (State.AWAITING_PAYMENT, deadline)
    ask(merchant, deadline)

    # It is open there for a moment longer, and nobody will ask again.
    assert world() == World(State.EXPIRED, 0, 0, 0, (Goes.CANCELLATION,))


@pytest.mark.parametrize("changes", [{}, {"amount": 6750.49}])
@QUICK
def test_money_that_does_not_count_yet_never_expires_and_is_asked_about_rarely(
    changes: dict[str, object], merchant: Merchant, provider: ScriptedProvider, now: datetime
):
    make_order(now)
    demand_the_final_charge()
    moment = now + timedelta(days=4)
    provider.will(data(at_provider("hold", **changes)))

    order = ask(merchant, moment)

    assert (order.state, order.look_at) == (State.AWAITING_PAYMENT, moment + timedelta(hours=1))


def test_two_sweeps_at_once_share_the_orders_between_them(now: datetime, at_once: AtOnce):
    with transaction() as session:
        session.execute(sa.update(Lounge).values(capacity=None))
    numbers = [make_order(now, number=f"LNG-{n}", provider_id=None) for n in range(8)]

    shares = at_once([lambda: asking.due(now=now, limit=2)] * 6)

    found = [number for share in shares for number, _ in share]
    assert len(found) == len(set(found)), "an order was given to two"
    assert set(found) <= set(numbers)
