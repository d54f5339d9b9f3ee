"""What is true of all orders at every moment, and what is true when everything has ended."""

import itertools
from collections import Counter, defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from miniapp.base.db import reading
from miniapp.base.outbox import Delivery
from miniapp.catalogue.models import Lounge, SeatSlot
from miniapp.invoicebox.wire import RefundStatus
from miniapp.orders import ledger
from miniapp.orders.holds import slots
from miniapp.orders.lifecycle import MOVES
from miniapp.orders.models import Order, OrderEvent, PaperState, State, Visit
from miniapp.orders.returning import Way
from miniapp.sandbox.state import Order as Theirs
from tests.lives.provider import Provider
from tests.lives.town import Town

Taken = dict[datetime, int]

SECURED = {State.HELD, State.PAID, State.SERVED, State.REFUNDING, State.REFUNDED}
ENDED = {State.DRAFT, State.EXPIRED, State.CANCELLED, State.REFUNDED, State.SERVED}
_ALLOWED = {(str(source), str(step.target)) for step in MOVES.values() for source in step.sources}
_WHOLE = sa.select(Order).options(
    selectinload(Order.events), selectinload(Order.visits).joinedload(Visit.voucher)
)


def taken() -> Taken:
    """How many seats are taken in each half hour."""
    rows = reading().execute(sa.select(SeatSlot.starts_at, SeatSlot.taken))
    return {moment: count for moment, count in rows if count}


def always(town: Town, before: Taken) -> Taken:
    """What must hold after every step; ``before`` is what was taken before it."""
    reading().rollback()
    orders = reading().scalars(_WHOLE).all()
    now_taken = taken()
    _seats_are_of_visits(orders, now_taken)
    _nothing_is_sold_beyond_the_capacity(before, now_taken)
    assert ledger.differences(reading()) == []
    for order in orders:
        _the_history_is_whole(order)
        _a_voucher_opens_for_money_only(order)
        _at_most_one_can_be_paid(order, town.provider)
    return now_taken


def _seats_are_of_visits(orders: list[Order], counted: Taken) -> None:
    held: Counter[datetime] = Counter()
    for order in orders:
        for visit in order.visits:
            if visit.seats_held and visit.seats:
                for moment in slots(visit.starts_at, visit.seats_until):
                    held[moment] += visit.seats
            assert visit.seats_held <= _may_hold(order), order.number
    assert dict(held) == counted


def _may_hold(order: Order) -> bool:
    return order.state not in {
        State.DRAFT,
        State.EXPIRED,
        State.CANCELLED,
        State.UNDELIVERABLE,
    }


def _nothing_is_sold_beyond_the_capacity(before: Taken, after: Taken) -> None:
    capacity = reading().scalar(sa.select(Lounge.capacity))
    for moment, count in after.items():
        if count > before.get(moment, 0):
            assert capacity is None or count <= capacity, f"{count} for {capacity} at {moment}"


def _the_history_is_whole(order: Order) -> None:
    states = [(event.from_state, event.to_state) for event in order.events]
    assert states[0] == (None, State.DRAFT)
    assert states[-1][1] == order.state, order.number
    for (_, earlier), (seen, later) in itertools.pairwise(states):
        assert seen == earlier, f"{order.number}: a move to {seen} left no event"
        assert later == seen or (seen, later) in _ALLOWED, f"{order.number}: {seen} to {later}"


def _a_voucher_opens_for_money_only(order: Order) -> None:
    for visit in order.visits:
        if visit.voucher is None:
            assert order.state not in {State.HELD, State.PAID, State.SERVED}, order.number
        elif visit.voucher.voided_at is None:
            assert order.state in {State.HELD, State.PAID, State.SERVED}, order.number


def _at_most_one_can_be_paid(order: Order, provider: Provider) -> None:
    live = [
        theirs
        for theirs in provider.orders(order.number)
        if theirs.status not in {"canceled", "expired"}
    ]
    assert len(live) <= 1, order.number


def at_the_end(town: Town) -> None:
    """Nothing is stuck, nothing was given up, and the provider has what we have, once."""
    always(town, taken())
    assert set(reading().scalars(sa.select(Order.state))) <= ENDED, stuck()
    given_up = reading().scalars(sa.select(Delivery.key).where(Delivery.given_up_at.is_not(None)))
    assert given_up.all() == []
    for order in reading().scalars(sa.select(Order)):
        _they_have_what_we_have(order, town)


def stuck() -> dict[str, list[str]]:
    """The histories of orders that have not come to an end."""
    events = reading().execute(
        sa.select(Order.number, OrderEvent.at, OrderEvent.what, OrderEvent.detail)
        .join(OrderEvent)
        .where(Order.state.not_in(ENDED))
        .order_by(OrderEvent.id)
    )
    histories = defaultdict(list)
    for number, at, what, detail in events:
        histories[number].append(f"{at:%d %H:%M} {what} {detail}")
    return histories


def _they_have_what_we_have(order: Order, town: Town) -> None:
    theirs = town.provider.orders(order.number)
    secured = [one for one in theirs if one.status in {"hold", "completed"}]
    if order.secured_at is None:
        assert secured == [], f"{order.number} is paid there and {order.state} here"
        return
    assert {one.id for one in secured} <= {order.provider_id}, order.number
    shipped = _shipments(order, town)
    returned = _refunds(order, town)
    charged = _charged(secured, shipped)
    [account] = [one for one in ledger.accounts(reading()) if one.number == order.number]
    assert charged - returned == account.rendered, f"{order.number}: {account}"


def _shipments(order: Order, town: Town) -> int:
    """What was shipped; every shipment of ours is there once, and no other."""
    ours = {
        paper.number: (paper.provider_id, paper.amount)
        for paper in order.shipments
        if paper.state is PaperState.DONE
    }
    there = town.merchant.shipments(order.provider_id or "")
    found = [(one.document_number, (str(one.id), one.amount)) for one in there]
    assert sorted(found) == sorted(ours.items()), order.number
    if there and _was_held(order, town.provider):
        assert there[-1].final, f"{order.number}: blocked money was never let go"
    return sum(amount for _, (_, amount) in found)


def _refunds(order: Order, town: Town) -> int:
    """What came back less what was withheld; every refund of ours is there once, and no other."""
    ours = {paper.number: paper for paper in order.refunds if paper.way == Way.REFUNDED}
    assert {paper.state for paper in order.refunds} <= {PaperState.DONE}, order.number
    there = town.merchant.refunds(order.provider_id or "")
    assert sorted(one.number for one in there) == sorted(ours), order.number
    withheld = 0
    for one in there:
        paper = ours[one.number]
        assert one.amount == paper.amount, one.number
        assert one.status is not RefundStatus.DRAFT, f"{one.number} waits for its correction"
        fees = town.merchant.find_order(f"{one.number}-K")
        assert (fees.amount if fees else 0) == paper.withheld, one.number
        withheld += paper.withheld
    return sum(one.amount for one in there) - withheld


def _charged(secured: list[Theirs], shipped: int) -> int:
    """What the buyer's bank has taken for good."""
    if not secured:
        return 0
    [one] = secured
    if one.held:
        return shipped
    return one.draft.amount


def _was_held(order: Order, provider: Provider) -> bool:
    return any(one.held for one in provider.orders(order.number))
