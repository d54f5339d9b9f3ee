"""Many at the same moment: one gets it. And the same crowd before code without its condition.

Each race is run twice, with the operation as it is, and with its statement written out in the
test without the condition that decides: if the crowd did not show that fault, it would prove
nothing. Smaller races of single operations stand in tests/orders.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask.globals import app_ctx

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.catalogue.models import SeatSlot
from miniapp.catalogue.pricing import Party
from miniapp.orders import asking, placing, redemption, refunding
from miniapp.orders.archive import NotificationRecord
from miniapp.orders.errors import EntryRefused, NoSeats, NothingToRefund, Refusal
from miniapp.orders.lifecycle import Actor, Goes, MoveRefused
from miniapp.orders.models import (
    Guest,
    GuestState,
    Order,
    OrderEvent,
    RefundReason,
    State,
    Voucher,
)
from miniapp.orders.payment import Answer
from tests.lives import truths
from tests.lives.town import CAPACITY, Town, order_of

BUYERS, COPIES, DESKS = 200, 50, 12
ONE = Party(adults=1)
Act = Callable[[], Any]


def at_once(acts: Sequence[Act], *, places: int = 50) -> list[Any]:
    """Do all of it at the same moment, each in a session of its own, ``places`` side by side.

    Gives what each act gave, or the class of its refusal.
    """
    app, start = app_ctx.app, threading.Barrier(min(places, len(acts)), timeout=60)

    def run(numbered: tuple[int, Act]) -> Any:
        number, act = numbered
        with app.app_context():
            if number < start.parties:
                start.wait()
            try:
                return act()
            except (Refusal, MoveRefused) as refusal:
                return type(refusal)

    with ThreadPoolExecutor(start.parties) as crowd:
        return list(crowd.map(run, enumerate(acts)))


def after_all_have_looked(count: int, look: Callable[[], bool], act: Act) -> list[Act]:
    """Read, check, write, as one must not do it: everybody has read before anybody writes."""
    everybody = threading.Barrier(count, timeout=60)

    def naively() -> Any:
        allowed = look()
        reading().rollback()
        everybody.wait()
        return act() if allowed else None

    return [naively] * count


def test_two_hundred_buyers_of_ten_seats_make_ten_orders(town: Town):
    numbers = [town.draft(ONE) for _ in range(BUYERS)]

    def buy(number: str) -> str:
        placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=town.now)
        return "sold"

    ends = at_once([lambda number=number: buy(number) for number in numbers])

    assert Counter(ends) == {"sold": CAPACITY, NoSeats: BUYERS - CAPACITY}
    truths.always(town, {})
    for number in numbers:
        if order_of(number).state is State.INVOICING:
            town.invoice(number)
    town.work()
    assert Counter(reading().scalars(sa.select(Order.state))) == {
        State.AWAITING_PAYMENT: CAPACITY,
        State.DRAFT: BUYERS - CAPACITY,
    }
    assert len(town.provider.room.state.orders()) == CAPACITY


def test_the_buyers_would_show_a_lounge_that_looks_before_it_sells(town: Town):
    first = town.draft(ONE)
    town.confirm(first)

    def is_free() -> bool:
        return (reading().scalar(sa.select(sa.func.max(SeatSlot.taken))) or 0) < CAPACITY

    def sell() -> None:
        with transaction() as session:
            session.execute(sa.update(SeatSlot).values(taken=SeatSlot.taken + 1))

    at_once(after_all_have_looked(COPIES, is_free, sell))

    assert set(truths.taken().values()) == {COPIES + 1}, "five times as many as there are seats"


def paid_but_unheard(town: Town) -> str:
    number = town.draft(ONE)
    town.confirm(number)
    town.invoice(number)
    town.pay(number)
    return number


def test_fifty_copies_of_one_notification_make_one_payment(town: Town):
    number = paid_but_unheard(town)
    [news] = town.inbox

    answers = at_once([lambda: town.hear(news)] * COPIES)

    assert answers == [Answer.SUCCESS] * COPIES
    assert_paid_once(town, number)
    kept = reading().scalar(sa.select(sa.func.count(NotificationRecord.id)))
    assert kept == COPIES, "every copy is proof"


def test_the_copies_would_show_a_webhook_that_looks_before_it_acts(town: Town):
    number = paid_but_unheard(town)
    order_id = order_of(number).id

    def is_unpaid() -> bool:
        return reading().get_one(Order, order_id).state is State.AWAITING_PAYMENT

    def pay() -> None:
        with transaction() as session:
            session.execute(sa.update(Order).where(Order.id == order_id).values(state=State.PAID))
            session.add(
                OrderEvent(
                    order_id=order_id, at=town.now, actor="test", what="pay",
                    from_state="awaiting_payment", to_state="paid", detail={},
                )
            )  # fmt: skip

    at_once(after_all_have_looked(COPIES, is_unpaid, pay))

    assert payments(number) == COPIES


def test_notification_sweep_and_the_buyers_return_make_one_payment(town: Town):
    """Who comes back from the payment page has the provider asked, like the sweep does."""
    number = paid_but_unheard(town)
    [news] = town.inbox

    def ask() -> None:
        asking.ask(number=number, merchant=town.merchant, now=town.now)

    at_once([lambda: town.hear(news), ask, lambda: town.hear(news), ask] * 3)

    assert_paid_once(town, number)


def test_notifications_of_many_orders_and_a_sweep_that_asks_about_all_of_them(town: Town):
    numbers = [paid_but_unheard(town) for _ in range(5)]
    hearing = [lambda news=news: town.hear(news) for news in town.inbox]
    asked = [
        lambda number=number: asking.ask(number=number, merchant=town.merchant, now=town.now)
        for number in numbers
    ]

    at_once([*hearing, *asked])

    for number in numbers:
        assert_paid_once(town, number)


def test_two_desks_and_more_open_the_door_once_for_one_voucher(town: Town):
    number = town.bought(ONE)
    code = code_of(number)

    ends = at_once([lambda: len(redemption.admit(code=code, who="desk", now=town.now))] * DESKS)

    assert Counter(ends) == {1: 1, EntryRefused: DESKS - 1}
    assert [paper.amount for paper in order_of(number).shipments] == [order_of(number).amount]


def test_the_desks_would_show_a_voucher_that_is_looked_at_before_it_is_used(town: Town):
    number = town.bought(ONE)
    [guest] = order_of(number).visits[0].guests
    guest_id = guest.id

    def is_expected() -> bool:
        return reading().get_one(Guest, guest_id).state is GuestState.EXPECTED

    def let_in() -> str:
        with transaction() as session:
            session.execute(
                sa.update(Guest).where(Guest.id == guest_id).values(state=GuestState.ENTERED)
            )
        return "welcome"

    ends = at_once(after_all_have_looked(DESKS, is_expected, let_in))

    assert ends == ["welcome"] * DESKS


@pytest.mark.parametrize("way", ["card", "hold"])
def test_who_is_let_in_while_the_money_is_given_back_gets_one_of_both(town: Town, way: str):
    for _ in range(3):
        number = town.bought(ONE, way)
        code, visit_id = code_of(number), order_of(number).visits[0].id

        def enter(code: str = code) -> str:
            redemption.admit(code=code, who="desk", now=town.now)
            return "in"

        def leave(number: str = number, visit_id: int = visit_id) -> str:
            refunding.withdraw(
                number=number,
                visit_id=visit_id,
                reason=RefundReason.BUYER,
                actor=Actor.BUYER,
                now=town.now,
            )
            return "out"

        ends = Counter(at_once([enter, leave] * 3))

        winner = "in" if ends["in"] else "out"
        assert ends[winner] == 1, ends
        assert ends[EntryRefused] + ends[NothingToRefund] == 5, ends
    town.live_on()
    truths.at_the_end(town)


def test_two_workers_at_once_send_one_shipment_and_one_refund(town: Town):
    """Each delivery belongs to one of them, as long as its lease lasts."""
    leaving, coming = town.bought(ONE), town.bought(ONE)
    town.work()
    redemption.admit(code=code_of(coming), who="desk", now=town.now)
    refunding.withdraw(
        number=leaving,
        visit_id=order_of(leaving).visits[0].id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=town.now,
    )
    town.time.now = reading().scalars(sa.select(sa.func.max(Delivery.due_at))).one()

    at_once([town.deliveries.next] * 6)

    assert {order_of(leaving).state, order_of(coming).state} == {State.REFUNDED, State.SERVED}
    town.live_on()
    truths.at_the_end(town)


def code_of(number: str) -> str:
    voucher = order_of(number).visits[0].voucher
    assert voucher is not None
    return voucher.code


def payments(number: str) -> int:
    return len([event for event in order_of(number).events if event.what == "pay"])


def assert_paid_once(town: Town, number: str) -> None:
    order = order_of(number)
    assert (order.state, payments(number)) == (State.PAID, 1)
    vouchers = sa.select(sa.func.count(Voucher.id)).where(
        Voucher.visit_id.in_([visit.id for visit in order.visits])
    )
    assert reading().scalar(vouchers) == 1
    key = f"{Goes.VOUCHER_LETTER}:{number}"
    assert reading().scalar(sa.select(sa.func.count(Delivery.id)).filter_by(key=key)) == 1
    truths.always(town, truths.taken())
