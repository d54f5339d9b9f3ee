"""A seat is sold once, whoever asks at the same moment, and given back once."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.catalogue.models import Lounge, SeatSlot
from miniapp.catalogue.pricing import Party
from miniapp.orders import holds, placing, queries
from miniapp.orders.errors import NoSeats
from miniapp.orders.models import State, Visit
from tests.builders import make_lounge, make_order
from tests.orders.conftest import AtOnce

pytestmark = pytest.mark.usefixtures("catalogue")

HALF_HOUR = timedelta(minutes=30)
CROWD = 50


def a_visit(starts_at: datetime, *, hours: float = 3, seats: int = 1) -> Visit:
    """A visit to ``briz-kuf`` that no order has."""
    return Visit(
        lounge_id=reading().scalar(sa.select(Lounge.id).where(Lounge.slug == "briz-kuf")),
        starts_at=starts_at,
        seats_until=starts_at + timedelta(hours=hours),
        seats=seats,
    )


def take(*visits: Visit) -> None:
    with transaction() as session:
        holds.take(session, visits)


def taken() -> dict[datetime, int]:
    """How many seats are taken in each half hour that has any."""
    rows = reading().execute(
        sa.select(SeatSlot.starts_at, SeatSlot.taken).where(SeatSlot.taken != 0)
    )
    return {moment: count for moment, count in rows}  # noqa: C416 - a Row is no pair


def allow(capacity: int | None) -> None:
    with transaction() as session:
        session.execute(sa.update(Lounge).values(capacity=capacity))


def drafts(now: datetime, count: int) -> list[str]:
    """Drafts of one adult each, all for the same time."""
    return [
        make_order(now, state=State.DRAFT, number=f"LNG-{place}", children=0)
        for place in range(count)
    ]


def visits_of(numbers: list[str]) -> list[Visit]:
    orders = [queries.by_number(number) for number in numbers]
    return [visit for order in orders for visit in order.visits]


def test_fifty_buyers_at_once_get_ten_seats(now: datetime, at_once: AtOnce):
    numbers = drafts(now, CROWD)

    def buy(number: str) -> str:
        placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=now)
        return "sold"

    ends = at_once([lambda number=number: buy(number) for number in numbers])

    assert Counter(ends) == {"sold": 10, NoSeats: CROWD - 10}
    assert set(taken().values()) == {10}
    held = [visit.seats_held for visit in visits_of(numbers)]
    assert Counter(held) == {True: 10, False: CROWD - 10}


def test_the_crowd_would_notice_a_lounge_that_looks_before_it_sells(now: datetime, at_once: AtOnce):
    """Read-check-write as one must not do it: the test above can fail."""
    all_have_looked = threading.Barrier(12, timeout=20)
    lounge = reading().scalars(sa.select(Lounge)).one()
    reading().expunge(lounge)
    start = now.replace(minute=0)
    take(a_visit(start, hours=0.5, seats=9))

    def naively() -> str:
        free = holds.free(reading(), lounge, start, start + HALF_HOUR)
        all_have_looked.wait()
        if not free:
            return "full"
        with transaction() as session:
            session.execute(sa.update(SeatSlot).values(taken=SeatSlot.taken + 1))
        return "sold"

    assert at_once([naively] * 12) == ["sold"] * 12
    assert taken() == {start: 21}


def test_who_gives_back_and_who_takes_never_block_each_other(now: datetime, at_once: AtOnce):
    """Stays that overlap lock the same half hours, so everyone must lock them in one order."""
    allow(1000)
    numbers = [
        make_order(now, number=f"LNG-{n}", provider_id=None, starts_in=timedelta(hours=20 - n / 2))
        for n in range(10)
    ]
    with transaction() as session:
        # With statistics PostgreSQL reads a small table in no order of time.
        session.execute(sa.text("ANALYZE seat_slot"))
    before = taken()

    def waver(number: str) -> None:
        for act in (holds.release, holds.take) * 6:
            with transaction() as session:
                order = queries.locked(session, number)
                assert order is not None
                act(session, order.visits)

    at_once([lambda number=number: waver(number) for number in numbers])

    assert taken() == before


def test_seats_are_given_back_once_however_often_it_is_asked(now: datetime, at_once: AtOnce):
    numbers = [make_order(now, number=number, provider_id=None) for number in ("LNG-1", "LNG-2")]
    assert set(taken().values()) == {4}

    def let_go() -> None:
        with transaction() as session:
            order = queries.by_number(numbers[0])
            holds.release(session, order.visits)

    at_once([let_go] * 8)
    let_go()

    assert set(taken().values()) == {2}
    assert [visit.seats_held for visit in visits_of(numbers)] == [False, True]


def test_overlapping_visits_share_only_the_half_hours_they_share(now: datetime):
    noon = now.replace(hour=12)
    take(a_visit(noon, hours=2, seats=6))

    with pytest.raises(NoSeats):
        take(a_visit(noon + timedelta(hours=1), hours=2, seats=5))
    assert taken() == {noon + n * HALF_HOUR: 6 for n in range(4)}, "a part was taken"
    take(a_visit(noon + timedelta(hours=1), hours=2, seats=4))
    take(a_visit(noon + timedelta(hours=2), hours=1, seats=6))

    assert list(dict(sorted(taken().items())).values()) == [6, 6, 10, 10, 10, 10]


def test_all_visits_of_an_order_get_seats_or_none(now: datetime):
    take(a_visit(now + timedelta(days=1), seats=10))
    full = taken()

    with pytest.raises(NoSeats):
        take(a_visit(now), a_visit(now + timedelta(days=1)))

    assert taken() == full


def test_a_lounge_without_a_limit_counts_but_never_refuses(now: datetime):
    allow(None)
    take(a_visit(now, seats=400))

    lounge = reading().scalars(sa.select(Lounge)).one()

    assert holds.free(reading(), lounge, now, now + HALF_HOUR) is None
    assert set(taken().values()) == {400}


def test_a_changed_capacity_counts_for_the_next_buyer(now: datetime):
    take(a_visit(now, seats=8))
    allow(5)
    with pytest.raises(NoSeats):
        take(a_visit(now))
    lounge = reading().scalars(sa.select(Lounge)).one()
    assert holds.free(reading(), lounge, now, now + HALF_HOUR) == 0
    allow(9)
    take(a_visit(now))
    with pytest.raises(NoSeats):
        take(a_visit(now))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_infants_take_no_seat_unless_the_lounge_says_so():
    party = Party(adults=2, children=1, infants=1)

    assert party.seats(make_lounge()) == 3
    assert party.seats(make_lounge(infants_take_seats=True)) == 4


def test_a_visit_over_midnight_takes_the_half_hours_it_touches():
    first = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    start = datetime(2027, 1, 1, 3, 10, tzinfo=timezone(timedelta(hours=4)))
    take(a_visit(start, hours=1))

    assert sorted(taken()) == [first + n * HALF_HOUR for n in range(3)]


def test_a_capacity_lowered_below_what_is_sold_is_shown_and_sells_no_more(now: datetime):
    make_order(now, starts_in=timedelta(hours=2))
    assert holds.overfull(reading(), now=now) == []

    with transaction() as session:
        session.execute(sa.update(Lounge).values(capacity=1))

    shown = holds.overfull(reading(), now=now)
    assert {(one.lounge, one.taken, one.capacity) for one in shown} == {("briz-kuf", 2, 1)}
    assert [one.starts_at for one in shown] == [
        now + timedelta(hours=2, minutes=30 * n) for n in range(6)
    ]
    with pytest.raises(NoSeats):
        make_order(now, number="LNG-2", provider_id=None, starts_in=timedelta(hours=4), children=0)
    assert holds.overfull(reading(), now=now + timedelta(hours=5)) == []
