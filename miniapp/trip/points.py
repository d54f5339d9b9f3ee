"""The points of a trip: where the traveller waits, and until when.

Segments that follow one another at the same place within a day are one journey: its first
place is a departure, the places between are transfers, its last is an arrival. A later segment
that starts a new journey (the way back) has its own. Points are offered in time order
(mini-app protocol, section 5.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from miniapp.catalogue.models import Direction, Place, Zone
from miniapp.catalogue.queries import Catalogue
from miniapp.trip import stations
from miniapp.trip.reservation import Segment, Stop, Ticket

# A longer stop between two flights is a stay, not a transfer.
_TRANSFER = timedelta(hours=24)


@dataclass(frozen=True)
class Point:
    """One wait of the trip, at a place of our catalogue.

    ``at`` is the departure of the flight or train, for an arrival its landing; ``zone`` is None
    when the other end of the flight is unknown to us.
    """

    place: Place
    direction: Direction
    at: datetime
    number: str
    terminal: str | None
    zone: Zone | None
    passengers: tuple[str, ...] = ()
    # For a transfer: when the traveller lands there.
    since: datetime | None = None


def of(ticket: Ticket, catalogue: Catalogue, *, now: datetime) -> list[Point]:
    """The points of a ticket at places we know, in time order, without those that are past."""
    points = [
        point
        for journey in _journeys(ticket.segments)
        for point in _of_journey(journey, catalogue)
        if point.at > now
    ]
    return sorted(points, key=lambda point: point.at)


def _journeys(segments: tuple[Segment, ...]) -> list[list[Segment]]:
    journeys: list[list[Segment]] = []
    for segment in segments:
        if journeys and _continues(journeys[-1][-1], segment):
            journeys[-1].append(segment)
        else:
            journeys.append([segment])
    return journeys


def _continues(earlier: Segment, later: Segment) -> bool:
    landed, leaves = earlier.arrival.at, later.departure.at
    if earlier.arrival.code is None or earlier.arrival.code != later.departure.code:
        return False
    # Back to where the last flight came from: the turning point of a short return trip.
    if later.arrival.code == earlier.departure.code:
        return False
    if landed is None or leaves is None or (landed.tzinfo is None) != (leaves.tzinfo is None):
        return False
    return timedelta(0) <= leaves - landed <= _TRANSFER


def _of_journey(journey: list[Segment], catalogue: Catalogue) -> Iterator[Point]:
    previous: Segment | None = None
    for segment in journey:
        place = _place(segment.departure, catalogue)
        if place is not None:
            yield _leaving(segment, previous, place, catalogue)
        previous = segment
    last = journey[-1]
    place = _place(last.arrival, catalogue)
    landing = _moment(last.arrival, place)
    if place is not None and landing is not None:
        yield Point(
            place=place,
            direction=Direction.ARRIVAL,
            at=landing,
            number=last.number,
            terminal=last.arrival.terminal,
            zone=_zone(last, catalogue),
            passengers=last.passengers,
        )


def _leaving(
    segment: Segment, previous: Segment | None, place: Place, catalogue: Catalogue
) -> Point:
    at = _moment(segment.departure, place)
    assert at is not None, "a segment without a departure time is no segment"  # noqa: S101
    return Point(
        place=place,
        direction=Direction.TRANSFER if previous else Direction.DEPARTURE,
        at=at,
        number=segment.number,
        terminal=segment.departure.terminal,
        zone=_zone(segment, catalogue),
        passengers=segment.passengers,
        since=_moment(previous.arrival, place) if previous else None,
    )


def _place(stop: Stop, catalogue: Catalogue) -> Place | None:
    if stop.code:
        return catalogue.places.get(stop.code)
    return stations.named(stop.name, catalogue)


def _moment(stop: Stop, place: Place | None) -> datetime | None:
    """The moment of a stop; a time without an offset is on the clocks of its place."""
    if stop.at is None or place is None:
        return None
    at = stop.at if stop.at.tzinfo else stop.at.replace(tzinfo=ZoneInfo(place.zone))
    return at.astimezone(UTC)


def _zone(segment: Segment, catalogue: Catalogue) -> Zone | None:
    ends = [_place(stop, catalogue) for stop in (segment.departure, segment.arrival)]
    countries = {end.country for end in ends if end is not None}
    if len(countries) > 1:
        return Zone.INTERNATIONAL
    return Zone.DOMESTIC if None not in ends else None
