"""Does this lounge suit this traveller, and from when to when?

The answer is data: a verdict, the reasons with their values, the clock times. Templates and the
ERP word it. A hard reason forbids the sale; a soft one needs the buyer's explicit consent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from miniapp.catalogue.models import UNLIMITED_STAY_MINUTES, Direction, Lounge, Zone

# After landing, until a passenger can stand at the lounge's door.
_AFTER_LANDING = timedelta(minutes=20)

# A visit is not proposed so late that its invoice would end while it is being filled in.
_TIME_TO_PAY = timedelta(minutes=15)


class Verdict(StrEnum):
    """From best to worst."""

    FITS = "fits"
    FITS_IF = "fits_if"
    DOES_NOT_FIT = "does_not_fit"


class Why(StrEnum):
    """Why a visit does not fit, or fits only on a condition."""

    NOT_FOR_DIRECTION = "not_for_direction"
    OTHER_ZONE = "other_zone"
    OTHER_TERMINAL = "other_terminal"
    CLOSED_THEN = "closed_then"
    TOO_EARLY = "too_early"
    AFTER_BOARDING = "after_boarding"
    TOO_LATE_TO_BUY = "too_late_to_buy"
    NOT_SOLD_NOW = "not_sold_now"


_SOFT = frozenset({Why.OTHER_TERMINAL})


@dataclass(frozen=True)
class Reason:
    """One reason with what its sentence needs."""

    why: Why
    moment: datetime | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Trip:
    """What a fit is checked against: the traveller's flight as far as it is known."""

    direction: Direction
    at: datetime | None = None
    terminal: str | None = None
    zone: Zone | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Window:
    """From when to when a visit can last; ``leave_by`` is where stay, boarding or closing ends it.

    ``seats_until`` is the booked start plus the whole stay, for the count of seats.
    """

    starts_at: datetime
    leave_by: datetime
    seats_until: datetime


@dataclass(frozen=True)
class Fit:
    """The verdict on one lounge; the window is None when no visit is possible at all."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    window: Window | None


def check(
    *,
    lounge: Lounge,
    trip: Trip,
    now: datetime,
    starts_at: datetime | None = None,
    stay_minutes: int | None = None,
) -> Fit:
    """Judge a visit; without ``starts_at`` the best start for the flight is proposed."""
    stay = timedelta(minutes=stay_minutes or lounge.stay_minutes or UNLIMITED_STAY_MINUTES)
    start = starts_at or propose(lounge=lounge, trip=trip, now=now, stay=stay)
    reasons = [*_of_place(lounge, trip)]
    window = None
    if start is not None:
        window = _window(lounge, trip, start, stay)
        reasons += _of_time(lounge, trip, window, now)
    hard = any(reason.why not in _SOFT for reason in reasons)
    verdict = Verdict.DOES_NOT_FIT if hard else Verdict.FITS_IF if reasons else Verdict.FITS
    return Fit(verdict, tuple(reasons), window)


def propose(*, lounge: Lounge, trip: Trip, now: datetime, stay: timedelta) -> datetime | None:
    """The start that gives the longest visit for the flight; None when the flight is unknown."""
    if trip.at is None:
        return None
    if trip.direction is Direction.ARRIVAL:
        start = trip.at + _AFTER_LANDING
    else:
        start = _last_leave(lounge, trip.at) - stay
        earliest = [earliest_entry(lounge, trip), trip.since and trip.since + _AFTER_LANDING]
        start = max([start, *(moment for moment in earliest if moment)])
    start = max(start, now + timedelta(minutes=lounge.lead_minutes) + _TIME_TO_PAY)
    return _quarter(next_opening(lounge, start))


def earliest_entry(lounge: Lounge, trip: Trip) -> datetime | None:
    """The first moment the lounge lets a guest of this flight in."""
    if trip.at is None or lounge.entry_before_minutes is None:
        return None
    if trip.direction is Direction.ARRIVAL:
        return None
    return trip.at - timedelta(minutes=lounge.entry_before_minutes)


def _last_leave(lounge: Lounge, departure: datetime) -> datetime:
    return departure - timedelta(minutes=lounge.boarding_minutes)


def next_opening(lounge: Lounge, moment: datetime) -> datetime:
    """The moment itself when the lounge is open then, else when it opens next within a week."""
    zone = lounge.place.zone
    today = moment.astimezone(ZoneInfo(zone)).date()
    for n in range(-1, 8):
        day = today + timedelta(days=n)
        for start, end in sorted(lounge.hours.open_spans(day, zone, lounge.closures)):
            if end > moment:
                return max(moment, start)
    return moment


def _quarter(moment: datetime) -> datetime:
    """The next full five minutes: nobody books 17:13."""
    rest = moment.minute % 5
    whole = moment.replace(second=0, microsecond=0)
    if rest or moment != whole:
        return whole + timedelta(minutes=5 - rest)
    return whole


def _window(lounge: Lounge, trip: Trip, start: datetime, stay: timedelta) -> Window:
    ends = [start + stay]
    if trip.at is not None and trip.direction is not Direction.ARRIVAL:
        ends.append(_last_leave(lounge, trip.at))
    span = lounge.opening_around(start)
    if span is not None:
        ends.append(span[1])
    return Window(starts_at=start, leave_by=min(ends), seats_until=start + stay)


def _of_place(lounge: Lounge, trip: Trip) -> Iterator[Reason]:
    if lounge.closed_note is not None:
        yield Reason(Why.NOT_SOLD_NOW)
    if trip.direction not in lounge.directions:
        yield Reason(Why.NOT_FOR_DIRECTION)
    served = lounge.zone_served
    if trip.zone is not None and Zone.ANY not in (served, trip.zone) and served != trip.zone:
        yield Reason(Why.OTHER_ZONE)
    if trip.terminal and lounge.terminal and trip.terminal != lounge.terminal:
        yield Reason(Why.OTHER_TERMINAL, minutes=_walk(lounge, trip.terminal))


def _walk(lounge: Lounge, terminal: str) -> int | None:
    pair = "-".join(sorted((lounge.terminal or "", terminal)))
    return lounge.place.walks.get(pair)


def _of_time(lounge: Lounge, trip: Trip, window: Window, now: datetime) -> Iterator[Reason]:
    last_sale = window.starts_at - timedelta(minutes=lounge.lead_minutes)
    if now > last_sale:
        yield Reason(Why.TOO_LATE_TO_BUY, moment=last_sale)
    if lounge.opening_around(window.starts_at) is None:
        yield Reason(Why.CLOSED_THEN, moment=window.starts_at)
    earliest = earliest_entry(lounge, trip)
    if earliest is not None and window.starts_at < earliest:
        yield Reason(Why.TOO_EARLY, moment=earliest)
    if trip.at is not None and trip.direction is not Direction.ARRIVAL:
        last_leave = _last_leave(lounge, trip.at)
        if window.starts_at >= last_leave:
            yield Reason(Why.AFTER_BOARDING, moment=last_leave)
    landing = trip.at if trip.direction is Direction.ARRIVAL else trip.since
    if landing is not None and window.starts_at < landing:
        yield Reason(Why.TOO_EARLY, moment=landing)
