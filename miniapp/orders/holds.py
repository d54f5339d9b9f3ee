"""Seats: taken for every half hour of a visit at once, or not at all.

One conditional UPDATE raises the count of all slots of the stay "where it still fits"; when it
changes fewer rows than the stay has slots, somebody else was faster and nothing is taken. All
sales channels go through here, so online, desk and ERP share one count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from miniapp.catalogue.models import Lounge, SeatSlot
from miniapp.orders.errors import NoSeats
from miniapp.orders.models import Guest, GuestKind, Visit

SLOT = timedelta(minutes=30)


def slots(start: datetime, end: datetime) -> list[datetime]:
    """The half hours, in UTC, that the half-open span touches."""
    # Some zones are a quarter of an hour off: their half hours are not those of UTC.
    begins = start.astimezone(UTC)
    first = begins.replace(minute=begins.minute // 30 * 30, second=0, microsecond=0)
    count = -(-(end - first) // SLOT)
    return [first + n * SLOT for n in range(count)]


def take(session: Session, visits: Sequence[Visit]) -> None:
    """Take the seats of all visits in the caller's transaction; raises NoSeats."""
    counted = [visit for visit in visits if visit.seats]
    # All rows of all visits are locked first, in one order for all buyers: two that overlap
    # wait for each other and never block each other.
    for lounge_id, wanted in _by_lounge(counted).items():
        _make_rows(session, lounge_id, wanted)
    for visit in counted:
        _take(session, visit)
    for visit in visits:
        visit.seats_held = True


def release(session: Session, visits: Sequence[Visit]) -> None:
    """Give the seats of the visits back in the caller's transaction, once."""
    for lounge_id, wanted in _by_lounge(visits).items():
        _lock(session, lounge_id, wanted)
    for visit in visits:
        given_back = session.execute(
            sa.update(Visit)
            .where(Visit.id == visit.id, Visit.seats_held)
            .values(seats_held=False)
            .execution_options(synchronize_session="fetch")
        )
        if given_back.rowcount == 1 and visit.seats:  # type: ignore[attr-defined]
            session.execute(_change(visit, -visit.seats))


def give_back(session: Session, visit: Visit, guests: Sequence[Guest]) -> None:
    """Give back the seats of guests who leave a visit, in the caller's transaction."""
    counts_all = visit.lounge.infants_take_seats
    seats = sum(1 for guest in guests if counts_all or guest.kind is not GuestKind.INFANT)
    _lock(session, visit.lounge_id, slots(visit.starts_at, visit.seats_until))
    fewer = session.execute(
        sa.update(Visit)
        .where(Visit.id == visit.id, Visit.seats_held, Visit.seats >= seats)
        .values(seats=Visit.seats - seats)
        .execution_options(synchronize_session="fetch")
    )
    if fewer.rowcount == 1 and seats:  # type: ignore[attr-defined]
        session.execute(_change(visit, -seats))


def free(session: Session, lounge: Lounge, start: datetime, end: datetime) -> int | None:
    """How many seats are free during the whole span now; None when the lounge has no limit."""
    if lounge.capacity is None:
        return None
    taken = session.scalar(
        sa.select(sa.func.max(SeatSlot.taken)).where(
            SeatSlot.lounge_id == lounge.id, SeatSlot.starts_at.in_(slots(start, end))
        )
    )
    return max(0, lounge.capacity - (taken or 0))


@dataclass(frozen=True)
class Overfull:
    """A half hour for which more seats were sold than the lounge has now."""

    lounge: str
    starts_at: datetime
    taken: int
    capacity: int


def overfull(session: Session, *, now: datetime) -> list[Overfull]:
    """The half hours to come that a lowered capacity has left overfull, in order of time.

    What is sold stays sold: the desk has to know, and nothing more is sold into them.
    """
    rows = session.execute(
        sa.select(Lounge.slug, SeatSlot.starts_at, SeatSlot.taken, Lounge.capacity)
        .join(Lounge, Lounge.id == SeatSlot.lounge_id)
        .where(SeatSlot.taken > Lounge.capacity, SeatSlot.starts_at > now - SLOT)
        .order_by(SeatSlot.starts_at, Lounge.slug)
    )
    return [
        Overfull(slug, starts_at, taken, capacity)
        for slug, starts_at, taken, capacity in rows
        if capacity is not None
    ]


def _take(session: Session, visit: Visit) -> None:
    wanted = slots(visit.starts_at, visit.seats_until)
    capacity = sa.select(Lounge.capacity).where(Lounge.id == visit.lounge_id).scalar_subquery()
    fits = sa.or_(capacity.is_(None), SeatSlot.taken + visit.seats <= capacity)
    taken = session.execute(_change(visit, visit.seats).where(fits))
    if taken.rowcount != len(wanted):  # type: ignore[attr-defined]
        raise NoSeats


def _change(visit: Visit, seats: int) -> sa.Update:
    return (
        sa.update(SeatSlot)
        .where(
            SeatSlot.lounge_id == visit.lounge_id,
            SeatSlot.starts_at.in_(slots(visit.starts_at, visit.seats_until)),
        )
        .values(taken=SeatSlot.taken + seats)
        .execution_options(synchronize_session=False)
    )


def _by_lounge(visits: Sequence[Visit]) -> dict[int, list[datetime]]:
    """The half hours that visits touch, by lounge, both in ascending order."""
    wanted: dict[int, set[datetime]] = {}
    for visit in visits:
        wanted.setdefault(visit.lounge_id, set()).update(slots(visit.starts_at, visit.seats_until))
    return {lounge_id: sorted(wanted[lounge_id]) for lounge_id in sorted(wanted)}


def _make_rows(session: Session, lounge_id: int, wanted: Sequence[datetime]) -> None:
    """See that each slot has a row, and lock them."""
    rows: list[dict[str, Any]] = [
        {"lounge_id": lounge_id, "starts_at": moment, "taken": 0} for moment in wanted
    ]
    # The same statement in both dialects; SQLAlchemy has no common name for it.
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(SeatSlot).on_conflict_do_nothing(), rows)
    _lock(session, lounge_id, wanted)


def _lock(session: Session, lounge_id: int, wanted: Sequence[datetime]) -> None:
    """Lock the slots in the order of time: an UPDATE alone locks them in any order."""
    session.execute(
        sa.select(SeatSlot.starts_at)
        .where(SeatSlot.lounge_id == lounge_id, SeatSlot.starts_at.in_(wanted))
        .order_by(SeatSlot.starts_at)
        .with_for_update()
    )
