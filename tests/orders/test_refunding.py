"""Guests leave, or are not let in: seats, lines, sums and what goes out, all or nothing."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.catalogue.errors import AdultNeeded
from miniapp.catalogue.models import Lounge, RefundStep, SeatSlot
from miniapp.orders import documents, queries, redemption, refunding
from miniapp.orders.errors import EntryRefused, NothingToRefund, RefundChanged, TooLateToUndo
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import GuestState, Order, PaperState, RefundReason, State
from tests.builders import ADULT, CHILD, NUMBER, PROVIDER_ID, make_order
from tests.orders.conftest import AtOnce

pytestmark = pytest.mark.usefixtures("catalogue")

WHOLE = ADULT + CHILD


def order() -> Order:
    reading().rollback()
    return queries.by_number(NUMBER)


def code() -> str:
    voucher = order().visits[0].voucher
    assert voucher is not None
    return voucher.code


def guests() -> tuple[int, int]:
    adult, child = order().visits[0].guests
    return adult.id, child.id


def taken() -> set[int]:
    """The counts of all half hours that anybody ever took."""
    return set(reading().scalars(sa.select(SeatSlot.taken)))


def outbox() -> list[str]:
    return list(reading().scalars(sa.select(Delivery.key).order_by(Delivery.id)))


def withdraw(
    now: datetime,
    *named: int,
    reason: RefundReason = RefundReason.BUYER,
    expected_return: int | None = None,
) -> str | None:
    return refunding.withdraw(
        number=NUMBER,
        visit_id=order().visits[0].id,
        reason=reason,
        actor=Actor.BUYER,
        now=now,
        guests=named,
        expected_return=expected_return,
    )


def test_all_guests_leave_and_everything_goes_with_them(now: datetime):
    make_order(now, state=State.PAID)

    number = withdraw(now)

    left = order()
    assert number == f"{NUMBER}-R1"
    assert left.state is State.REFUNDING
    assert [(r.amount, r.withheld, r.state) for r in left.refunds] == [
        (WHOLE, 0, PaperState.PLANNED)
    ]
    assert {line.refund_id for line in left.lines} == {left.refunds[0].id}
    assert {guest.state for guest in left.visits[0].guests} == {GuestState.WITHDRAWN}
    assert left.visits[0].voucher is not None
    assert left.visits[0].voucher.voided_at == now
    assert taken() == {0}
    assert outbox() == [f"money back:{NUMBER}-R1"]


def test_one_guest_leaves_and_the_other_keeps_seat_and_voucher(now: datetime):
    make_order(now, state=State.PAID)
    _, child = guests()

    withdraw(now, child)

    left = order()
    assert left.state is State.PAID
    assert left.refunds[0].amount == CHILD
    assert [line.refund_id is None for line in left.lines] == [True, False]
    assert left.visits[0].voucher is not None
    assert left.visits[0].voucher.voided_at is None
    assert taken() == {1}


def test_the_young_do_not_stay_alone(now: datetime):
    make_order(now, state=State.PAID)
    adult, _ = guests()

    with pytest.raises(AdultNeeded):
        withdraw(now, adult)

    assert order().refunds == []
    assert {guest.state for guest in order().visits[0].guests} == {GuestState.EXPECTED}
    assert taken() == {2}


@pytest.mark.parametrize(
    ("hours_before", "percent", "fall"),
    [
        pytest.param(72, 100, 48, id="long before: all"),
        pytest.param(48, 50, 2, id="at the moment of a rung the lower one counts"),
        pytest.param(12, 50, 2, id="between the rungs"),
        pytest.param(1, 0, None, id="too late for any"),
    ],
)
def test_the_ladder_tells_what_comes_back(
    now: datetime, hours_before: int, percent: int, fall: int | None
):
    with transaction() as session:
        lounge = session.scalars(sa.select(Lounge)).one()
        lounge.refund_ladder = [
            RefundStep(hours=48, percent=100),
            RefundStep(hours=2, percent=50),
        ]
    make_order(now, state=State.PAID, starts_in=timedelta(hours=hours_before))
    visit = order().visits[0]

    offered = refunding.offer(order(), visit, now=now)

    back = {100: WHOLE, 50: (ADULT // 2) + (CHILD // 2), 0: 0}[percent]
    assert (offered.percent, offered.amount, offered.returned) == (percent, WHOLE, back)
    assert sum(offered.per_guest.values()) == back
    assert offered.until == (visit.starts_at - timedelta(hours=fall) if fall else None)

    withdraw(now, expected_return=back)
    assert order().refunds[0].returned == back


def test_what_changed_since_it_was_shown_is_not_done(now: datetime):
    make_order(now, state=State.PAID)

    with pytest.raises(RefundChanged):
        withdraw(now, expected_return=WHOLE - 1)

    assert (order().state, order().refunds, outbox()) == (State.PAID, [], [])


def test_a_refused_entry_gives_everything_back_whatever_the_ladder(now: datetime):
    make_order(now, state=State.PAID, starts_in=timedelta(minutes=5))

    withdraw(now, reason=RefundReason.REFUSED_ENTRY)

    assert order().refunds[0].returned == WHOLE
    assert {guest.state for guest in order().visits[0].guests} == {GuestState.REFUSED}


def test_of_many_who_give_one_visit_back_one_is_heard(now: datetime, at_once: AtOnce):
    make_order(now, state=State.PAID)

    ends = at_once([lambda: withdraw(now)] * 8)

    assert sorted(ends, key=str) == [NothingToRefund] * 7 + [f"{NUMBER}-R1"]
    assert len(order().refunds) == 1
    assert taken() == {0}


@pytest.mark.parametrize(
    "state", [s for s in State if s not in {State.HELD, State.PAID}], ids=lambda s: s.value
)
def test_only_secured_money_can_come_back(now: datetime, state: State):
    make_order(now, state=state)

    with pytest.raises(NothingToRefund):
        withdraw(now)


def test_of_blocked_money_a_fee_can_only_be_kept_by_charging_it_first(now: datetime):
    with transaction() as session:
        session.scalars(sa.select(Lounge)).one().refund_ladder = [RefundStep(hours=0, percent=50)]
    make_order(now, state=State.HELD)

    withdraw(now)

    assert outbox() == [f"shipment:{NUMBER}-S1", f"money back:{NUMBER}-R1"]
    assert {(bool(line.shipment_id), bool(line.refund_id)) for line in order().lines} == {
        (True, True)
    }


def test_guests_come_in_part_and_are_shipped_in_part(now: datetime):
    make_order(now, state=State.PAID)
    adult, _ = guests()

    assert redemption.admit(code=code(), guests=[adult], who="desk 1", now=now) == [adult]

    came = order()
    assert [guest.state for guest in came.visits[0].guests] == [
        GuestState.ENTERED,
        GuestState.EXPECTED,
    ]
    assert [s.amount for s in came.shipments] == [ADULT]
    due = reading().scalars(sa.select(Delivery.due_at)).one()
    assert due == now + documents.UNDO_TIME

    with pytest.raises(EntryRefused, match="entered"):
        redemption.admit(code=code(), guests=[adult], who="desk 2", now=now)
    redemption.admit(code=code(), who="desk 2", now=now)
    assert [s.amount for s in order().shipments] == [ADULT, CHILD]
    with pytest.raises(EntryRefused, match="entered"):
        redemption.admit(code=code(), who="desk 3", now=now)


def test_an_entry_can_be_undone_until_it_is_reported(now: datetime):
    make_order(now, state=State.PAID)
    adult, child = guests()
    redemption.admit(code=code(), who="desk 1", now=now)

    redemption.undo(code=code(), guests=[child], who="desk 1", reason="miscounted", now=now)

    undone = order()
    assert [g.state for g in undone.visits[0].guests] == [GuestState.ENTERED, GuestState.EXPECTED]
    assert [(s.state, s.amount) for s in undone.shipments] == [
        (PaperState.DROPPED, WHOLE),
        (PaperState.PLANNED, ADULT),
    ]
    assert documents.begin(number=f"{NUMBER}-S1", now=now) is None
    assert documents.begin(number=f"{NUMBER}-S2", now=now) is not None
    with pytest.raises(TooLateToUndo):
        redemption.undo(code=code(), guests=[adult], who="desk 1", reason="no", now=now)
    assert order().visits[0].guests[0].state is GuestState.ENTERED


def test_of_many_scans_of_one_voucher_one_opens_the_door(now: datetime, at_once: AtOnce):
    make_order(now, state=State.PAID)
    shown = code()

    ends = at_once([lambda: len(redemption.admit(code=shown, who="desk", now=now))] * 8)

    assert sorted(ends, key=str) == [2] + [EntryRefused] * 7
    assert len(order().shipments) == 1


def test_who_entered_cannot_have_the_money_back_and_who_left_cannot_enter(now: datetime):
    make_order(now, state=State.PAID)
    adult, child = guests()
    withdraw(now, child)
    with pytest.raises(EntryRefused):
        redemption.admit(code=code(), guests=[child], who="desk", now=now)
    redemption.admit(code=code(), guests=[adult], who="desk", now=now)
    with pytest.raises(NothingToRefund):
        withdraw(now, adult)


def test_a_last_shipment_is_final_and_another_one_has_to_wait(now: datetime):
    make_order(now, state=State.PAID)
    adult, _ = guests()
    redemption.admit(code=code(), guests=[adult], who="desk", now=now)
    first = documents.begin(number=f"{NUMBER}-S1", now=now)
    assert first is not None
    assert not first.is_final
    assert (first.provider_id, [line.price for line in first.lines]) == (PROVIDER_ID, [ADULT])
    redemption.admit(code=code(), who="desk", now=now)

    with pytest.raises(documents.Busy):
        documents.begin(number=f"{NUMBER}-S2", now=now)

    documents.settle(number=f"{NUMBER}-S1", provider_id="7", now=now)
    second = documents.begin(number=f"{NUMBER}-S2", now=now)
    assert second is not None
    assert second.is_final
    documents.settle(number=f"{NUMBER}-S2", provider_id="8", now=now)
    assert order().state is State.SERVED


@pytest.mark.parametrize("is_rendered", [True, False])
def test_who_did_not_come_is_settled_by_the_terms_of_the_offer(now: datetime, is_rendered: bool):
    make_order(now, state=State.PAID, starts_in=timedelta(hours=1))
    with transaction() as session:
        queries.locked(session, NUMBER).operator.no_show_is_rendered = is_rendered  # type: ignore[union-attr]
    overdue = now + timedelta(hours=4)
    assert redemption.missed(now=overdue - timedelta(minutes=1)) == []
    assert redemption.missed(now=overdue) == [NUMBER]

    redemption.miss(number=NUMBER, now=overdue)
    redemption.miss(number=NUMBER, now=overdue)

    missed = order()
    assert {guest.state for guest in missed.visits[0].guests} == {GuestState.NO_SHOW}
    assert redemption.missed(now=overdue) == []
    papers = missed.shipments if is_rendered else missed.refunds
    assert [paper.amount for paper in papers] == [WHOLE]
    assert missed.state is (State.PAID if is_rendered else State.REFUNDING)
