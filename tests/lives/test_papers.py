"""What the provider has when guests came, left, or stayed away: by every way the money takes."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.catalogue.pricing import Party
from miniapp.operators.models import Operator
from miniapp.orders import ledger, redemption, refunding
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import GuestState, RefundReason, State
from tests.builders import ADULT
from tests.lives import truths
from tests.lives.town import Town, order_of

HALF = ADULT // 2
COME, LEAVE, STAY_AWAY = "come", "leave", "stay away"


@dataclass(frozen=True)
class Case:
    """Two guests and what each does; what the provider's order, shipments and refunds are then.

    ``kept`` is what the operator has in the end, ``ways`` how the refunds went; sums in kopecks.
    """

    name: str
    way: str
    acts: tuple[str, str]
    state: State
    there: str
    kept: int
    shipped: tuple[int, ...] = ()
    ways: tuple[str, ...] = ()
    percent: int = 100
    is_no_show_rendered: bool = True

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


WHOLE = 2 * ADULT
CASES = [
    Case("both come", "card", (COME, COME), State.SERVED, "completed", WHOLE, (ADULT, ADULT)),
    Case("both come, blocked", "hold", (COME, COME), State.SERVED, "completed", WHOLE, (WHOLE,)),
    Case("both leave", "card", (LEAVE, LEAVE), State.REFUNDED, "completed", 0, (),
         ("refunded",) * 2),
    Case("both leave, blocked", "hold", (LEAVE, LEAVE), State.REFUNDED, "canceled", 0, (),
         ("reversed",) * 2),
    Case("both leave late", "card", (LEAVE, LEAVE), State.REFUNDED, "completed", WHOLE // 2, (),
         ("refunded",) * 2, percent=50),
    Case("both leave late, blocked", "hold", (LEAVE, LEAVE), State.REFUNDED, "completed",
         WHOLE // 2, (WHOLE,), ("refunded",) * 2, percent=50),
    Case("one comes, one leaves", "card", (COME, LEAVE), State.SERVED, "completed", ADULT,
         (ADULT,), ("refunded",)),
    Case("one comes, one leaves, blocked", "hold", (COME, LEAVE), State.SERVED, "completed", ADULT,
         (ADULT,), ("unblocked",)),
    Case("one comes, one leaves late, blocked", "hold", (COME, LEAVE), State.SERVED, "completed",
         ADULT + HALF, (WHOLE,), ("refunded",), percent=50),
    Case("one comes, one does not", "hold", (COME, STAY_AWAY), State.SERVED, "completed", WHOLE,
         (WHOLE,)),
    Case("one comes, one does not and pays nothing", "hold", (COME, STAY_AWAY), State.SERVED,
         "completed", ADULT, (ADULT,), ("unblocked",), is_no_show_rendered=False),
    Case("nobody comes and pays nothing", "hold", (STAY_AWAY, STAY_AWAY), State.REFUNDED,
         "canceled", 0, (), ("reversed",), is_no_show_rendered=False),
    Case("one leaves, one does not come", "card", (LEAVE, STAY_AWAY), State.SERVED, "completed",
         ADULT, (ADULT,), ("refunded",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_provider_has_what_came_of_the_guests(case: Case, town: Town):
    set_terms(case)
    number = town.bought(Party(adults=2), case.way)
    visit = order_of(number).visits[0]
    guests = [guest.id for guest in visit.guests]
    assert visit.voucher is not None
    code = visit.voucher.code
    for guest, act in zip(guests, case.acts, strict=True):
        if act == LEAVE:
            leave(town, number, visit.id, guest)
    town.work()
    town.time.now = visit.starts_at
    for guest, act in zip(guests, case.acts, strict=True):
        if act == COME:
            redemption.admit(code=code, guests=[guest], who="desk", now=town.now)
            town.time.pass_by(timedelta(minutes=1))

    town.live_on()

    truths.at_the_end(town)
    order = order_of(number)
    [there] = town.provider.orders(number)
    assert (order.state, there.status) == (case.state, case.there)
    shipped = [paper.amount for paper in town.merchant.shipments(there.id)]
    assert tuple(shipped) == case.shipped
    assert tuple(str(paper.way) for paper in order.refunds) == case.ways
    [account] = ledger.accounts(reading())
    assert account.rendered == case.kept


def set_terms(case: Case) -> None:
    with transaction() as session:
        ladder = [RefundStep(hours=0, percent=case.percent)]
        session.execute(sa.update(Lounge).values(refund_ladder=ladder))
        session.execute(sa.update(Operator).values(no_show_is_rendered=case.is_no_show_rendered))


def leave(town: Town, number: str, visit_id: int, guest: int) -> None:
    refunding.withdraw(
        number=number,
        visit_id=visit_id,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=town.now,
        guests=[guest],
    )


def test_an_entry_undone_leaves_blocked_money_free_to_go_back_whole(town: Town):
    """A shipment that was given up is none."""
    number = town.bought(Party(adults=1), "hold")
    visit = order_of(number).visits[0]
    [guest] = visit.guests
    assert visit.voucher is not None
    redemption.admit(code=visit.voucher.code, who="desk", now=town.now)
    redemption.undo(
        code=visit.voucher.code, guests=[guest.id], who="desk", reason="wrong", now=town.now
    )
    leave(town, number, visit.id, guest.id)

    town.live_on()

    assert town.provider.orders(number)[0].status == "canceled"
    truths.at_the_end(town)


def test_money_reversed_by_the_provider_after_an_entry_was_undone_ends_the_order(town: Town):
    number = town.bought(Party(adults=1), "hold")
    visit = order_of(number).visits[0]
    assert visit.voucher is not None
    code, guests = visit.voucher.code, [guest.id for guest in visit.guests]
    redemption.admit(code=code, who="desk", now=town.now)
    redemption.undo(code=code, guests=guests, who="desk", reason="wrong", now=town.now)

    town.provider.reverse(order_of(number).provider_id or "")
    town.hear_all()

    assert order_of(number).state is State.CANCELLED
    town.live_on()
    truths.at_the_end(town)


def test_who_enters_free_of_charge_may_come_after_all_that_was_paid_is_settled(town: Town):
    number = town.bought(Party(adults=1, infants=1))
    visit = order_of(number).visits[0]
    adult, infant = (guest.id for guest in visit.guests)
    assert visit.voucher is not None
    code = visit.voucher.code
    redemption.admit(code=code, guests=[adult], who="desk", now=town.now)
    town.time.pass_by(timedelta(minutes=11))
    town.work()
    assert order_of(number).state is State.SERVED

    assert redemption.admit(code=code, guests=[infant], who="desk", now=town.now) == [infant]

    states = [guest.state for guest in order_of(number).visits[0].guests]
    assert states == [GuestState.ENTERED] * 2


def test_the_voucher_ends_with_the_last_guest_who_had_paid(town: Town):
    with transaction() as session:
        session.execute(sa.update(Operator).values(no_show_is_rendered=False))
    number = town.bought(Party(adults=1, infants=1))
    visit = order_of(number).visits[0]
    _, infant = (guest.id for guest in visit.guests)
    assert visit.voucher is not None
    redemption.admit(code=visit.voucher.code, guests=[infant], who="desk", now=town.now)

    town.live_on()

    assert order_of(number).state is State.REFUNDED
    truths.at_the_end(town)


def test_an_order_that_expires_here_before_it_does_there_is_cancelled_there(town: Town):
    """Nobody asks about an expired order again: money for it would go unseen."""
    number = town.draft(Party(adults=1), starts_in=timedelta(days=10))
    town.confirm(number)
    town.invoice(number)
    order = order_of(number)
    assert order.deadline is not None
    with transaction() as session:
        # The provider gave more time, and we died before we could write it down.
        earlier = order.deadline - timedelta(hours=1)
        session.get_one(type(order), order.id).deadline = earlier
    town.time.now = earlier

    town.work()

    assert order_of(number).state is State.EXPIRED
    assert [one.status for one in town.provider.orders(number)] == ["canceled"]
