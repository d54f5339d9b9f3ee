"""From the form's facts to a draft, from the draft to a confirmed order with its seats."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.catalogue.errors import AdultNeeded, PartyTooLarge, UnknownExtra, UnknownRate
from miniapp.catalogue.models import Direction, Edition, Lounge, SeatSlot
from miniapp.catalogue.pricing import Party
from miniapp.orders import placing, queries
from miniapp.orders.errors import (
    AlreadyConfirmed,
    ConditionsNotAccepted,
    ConsentMissing,
    DraftTooOld,
    LoungeClosed,
    LoungeNotFound,
    NoSeats,
    OrderNotFound,
    Refusal,
    VisitDoesNotFit,
)
from miniapp.orders.models import Channel, GuestKind, Order, State
from miniapp.orders.placing import Buyer, Host, Wish
from miniapp.trip.fit import Trip, Why
from tests.builders import ADULT, CHILD, NUMBER, make_order, text
from tests.orders.conftest import AtOnce

pytestmark = pytest.mark.usefixtures("catalogue")

VERA = Buyer(name="Вера", email="vera@zarechnaya.example", phone="+79001234567", locale="ru")
QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_wish(now: datetime, **changes: Any) -> Wish:
    """Two hours and forty minutes before a departure the day after tomorrow."""
    start = now + timedelta(days=2)
    departure = Trip(direction=Direction.DEPARTURE, at=start + timedelta(minutes=160))
    values: dict[str, Any] = {
        "lounge": "briz-kuf",
        "rate": "standard",
        "trip": departure,
        "starts_at": start,
        "party": Party(adults=1, children=1, infants=1),
    }
    return Wish(**values | changes)


def drafted(now: datetime, **changes: Any) -> str:
    return placing.draft(
        wish=a_wish(now, **changes), buyer=VERA, host=Host(), channel=Channel.ONLINE, now=now
    )


def confirm(number: str, now: datetime) -> None:
    placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=now)


def change_lounge(**values: Any) -> None:
    """Change the lounge as an import of the catalogue does."""
    with transaction() as session:
        session.execute(sa.update(Lounge).values(**values))
        if session.get(Edition, 1) is None:
            session.add(Edition(id=1, number=1))


def taken() -> int:
    return reading().scalar(sa.select(sa.func.max(SeatSlot.taken))) or 0


def test_a_draft_remembers_what_was_chosen_and_takes_no_seat(now: datetime):
    number = drafted(now, guest_names=("Вера Заречная",), extras=("shower", "shower"))

    order = queries.by_number(number)
    visit = order.visits[0]
    assert (order.state, order.amount) == (State.DRAFT, ADULT + CHILD + 60_000)
    assert [(guest.kind, guest.name) for guest in visit.guests] == [
        (GuestKind.ADULT, "Вера Заречная"),
        (GuestKind.CHILD, ""),
        (GuestKind.INFANT, ""),
    ]
    assert visit.leave_by == visit.starts_at + timedelta(hours=2)
    assert visit.seats_until == visit.starts_at + timedelta(hours=3)
    assert (visit.seats, visit.seats_held, taken()) == (2, False, 0)


@QUICK
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lounge": "elsewhere"}, LoungeNotFound),
        ({"rate": "vip"}, UnknownRate),
        ({"extras": ("massage",)}, UnknownExtra),
        ({"party": Party(children=1)}, AdultNeeded),
        ({"party": Party(adults=10)}, PartyTooLarge),
        ({"trip": Trip(direction=Direction.DEPARTURE, terminal="2")}, ConditionsNotAccepted),
    ],
)
def test_a_refused_wish_leaves_nothing(changes: dict[str, Any], refusal: type, now: datetime):
    with pytest.raises(refusal):
        drafted(now, **changes)

    assert reading().scalar(sa.select(sa.func.count(Order.id))) == 0


@QUICK
def test_a_condition_is_bought_only_with_consent_and_a_misfit_never(now: datetime):
    other_terminal = Trip(direction=Direction.DEPARTURE, terminal="2")
    assert drafted(now, trip=other_terminal, accept_conditions=True)

    with pytest.raises(VisitDoesNotFit) as refused:
        drafted(now, starts_at=now + timedelta(minutes=59), accept_conditions=True)

    assert Why.TOO_LATE_TO_BUY in {reason.why for reason in refused.value.fit.reasons}


@QUICK
def test_a_lounge_closed_for_sale_sells_nothing(now: datetime):
    number = drafted(now)
    change_lounge(closed_note=text("Ремонт", "Repairs"))

    with pytest.raises(LoungeClosed):
        drafted(now)
    with pytest.raises(LoungeClosed):
        confirm(number, now)

    assert queries.by_number(number).state is State.DRAFT


def test_confirming_takes_the_seats_and_starts_the_life_of_the_invoice(now: datetime):
    number = drafted(now)

    confirm(number, now + timedelta(minutes=5))

    order = queries.by_number(number)
    assert (order.state, order.visits[0].seats_held, taken()) == (State.INVOICING, True, 2)
    assert order.confirmed_at == now + timedelta(minutes=5)
    assert order.offer_version is not None
    assert order.privacy_version is not None
    assert order.look_at is not None, "an order nobody looks for can be lost"


def test_confirming_twice_takes_seats_once(now: datetime, at_once: AtOnce):
    number = drafted(now)

    ends = at_once([lambda: confirm(number, now)] * 6)

    assert sorted(ends, key=str) == [AlreadyConfirmed] * 5 + [None]
    with pytest.raises(AlreadyConfirmed):
        confirm(number, now)
    assert taken() == 2


@pytest.mark.parametrize("agreed", [(True, False), (False, True), (False, False)])
@QUICK
def test_without_both_consents_nothing_is_confirmed(agreed: tuple[bool, bool], now: datetime):
    number = drafted(now)

    with pytest.raises(ConsentMissing):
        placing.confirm(number=number, offer_agreed=agreed[0], data_agreed=agreed[1], now=now)

    assert (queries.by_number(number).state, taken()) == (State.DRAFT, 0)


@QUICK
def test_prices_shown_an_hour_ago_still_hold_and_older_ones_do_not(now: datetime):
    old, older = drafted(now), drafted(now)

    confirm(old, now + timedelta(hours=1))
    with pytest.raises(DraftTooOld):
        confirm(older, now + timedelta(hours=1, seconds=1))


@QUICK
def test_a_visit_that_begins_too_soon_by_now_cannot_be_confirmed(now: datetime):
    number = make_order(now, state=State.DRAFT, starts_in=timedelta(minutes=90))

    with pytest.raises(DraftTooOld):
        confirm(number, now + timedelta(minutes=30))


def test_without_seats_all_stays_as_it_was(now: datetime):
    make_order(now, number="LNG-A", starts_in=timedelta(days=2), children=8, provider_id=None)
    number = drafted(now)
    assert taken() == 9

    with pytest.raises(NoSeats):
        confirm(number, now)

    order = queries.by_number(number)
    assert (order.state, order.visits[0].seats_held, order.deadline) == (State.DRAFT, False, None)
    assert [event.what for event in order.events] == ["draft"]
    assert taken() == 9


@pytest.mark.parametrize(
    ("channel", "starts_in", "lives"),
    [
        (Channel.ONLINE, timedelta(days=10), timedelta(hours=72)),
        (Channel.ONLINE, timedelta(hours=30), timedelta(hours=29)),
        (Channel.DESK, timedelta(days=10), timedelta(minutes=30)),
        (Channel.DESK, timedelta(minutes=80), timedelta(minutes=20)),
    ],
)
@QUICK
def test_an_invoice_lives_till_the_last_moment_to_buy_or_its_own_term(
    channel: Channel, starts_in: timedelta, lives: timedelta, now: datetime
):
    make_order(now, state=State.DRAFT, channel=channel, starts_in=starts_in)

    confirm(NUMBER, now)

    assert queries.by_number(NUMBER).deadline == now + lives


@QUICK
def test_an_order_that_does_not_exist_is_not_confirmed(now: datetime):
    with pytest.raises(OrderNotFound) as refused:
        confirm("LNG-NOBODY", now)

    assert isinstance(refused.value, Refusal)
