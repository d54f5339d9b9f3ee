"""What an address says of the traveller's flight: plain values, no personal data.

The suggestion puts them into its links, the lounge's form keeps them in hidden fields. They
come from the browser, so what is not understood is taken for unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from miniapp.catalogue.models import Direction, Lounge, Zone
from miniapp.orders.models import Visit
from miniapp.trip.fit import Trip
from miniapp.trip.offers import usual_trip
from miniapp.trip.points import Point

_MAX_GUESTS = 20
YEARS = range(2000, 2200)
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class TripFacts:
    """The trip a fit is checked against, the flight's number, and how many travel.

    Without ``knows_direction`` nobody has told on which leg the visit is, and it is not told on.
    """

    trip: Trip
    number: str
    adults: int
    knows_direction: bool = True

    def query(self) -> dict[str, str]:
        """The facts as the values of an address."""
        trip = self.trip
        values = {
            "direction": trip.direction if self.knows_direction else "",
            "at": trip.at.isoformat() if trip.at else "",
            "terminal": trip.terminal or "",
            "zone": trip.zone or "",
            "since": trip.since.isoformat() if trip.since else "",
            "number": self.number,
            "adults": str(self.adults) if self.adults > 1 else "",
        }
        return {name: str(value) for name, value in values.items() if value}


def of_point(point: Point) -> TripFacts:
    """The facts of one point of the ticket."""
    return TripFacts(
        trip=Trip(
            direction=point.direction,
            at=point.at,
            terminal=point.terminal,
            zone=point.zone,
            since=point.since,
        ),
        number=point.number,
        adults=max(1, len(point.passengers)),
    )


def of_visit(visit: Visit) -> TripFacts:
    """The facts of a visit that was chosen before."""
    return TripFacts(trip=visit.trip, number=visit.flight_number, adults=max(1, len(visit.guests)))


def read(values: Mapping[str, str]) -> TripFacts:
    """The facts of an address or a form; what is not understood is left out."""
    direction = _choice(Direction, values.get("direction"))
    return TripFacts(
        trip=Trip(
            direction=direction or Direction.DEPARTURE,
            at=_moment(values.get("at")),
            terminal=_short(values.get("terminal"), 8) or None,
            zone=_choice(Zone, values.get("zone")),
            since=_moment(values.get("since")),
        ),
        number=_short(values.get("number"), 20),
        adults=_count(values.get("adults")),
        knows_direction=direction is not None,
    )


def read_at(lounge: Lounge, values: Mapping[str, str]) -> TripFacts:
    """The same at a lounge: who names no direction comes for the one it is usually visited on."""
    told = read(values)
    if told.knows_direction:
        return told
    return replace(told, trip=usual_trip(lounge, told.trip), knows_direction=True)


def _choice(kind: type[_Choice], value: str | None) -> _Choice | None:
    return kind(value) if value in set(kind) else None


def _moment(value: str | None) -> datetime | None:
    try:
        # A plus sign that was not escaped in an address arrives as a blank.
        moment = datetime.fromisoformat((value or "").replace(" ", "+"))
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _short(value: str | None, limit: int) -> str:
    return "".join(c for c in (value or "").strip() if c.isprintable())[:limit]


def _count(value: str | None) -> int:
    # Only the digits 0-9: other scripts have digits too, and some are no numbers.
    if value and value.isascii() and value.isdigit() and len(value) < 4:
        return max(1, min(int(value), _MAX_GUESTS))
    return 1
