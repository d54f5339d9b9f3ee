"""The host's JSON-LD to the segments of a trip.

The data come through the buyer's browser, unsigned, in any shape (Invoicebox API reference,
section 8; mini-app protocol, sections 5 and 14): they are only ever prefill. So nothing here
raises on what it finds; what cannot be read is left out, and an unread ticket is an empty one.
The metadata hold one reservation per segment and passenger, in no promised order.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

MAX_BYTES = 256 * 1024
_MAX_NODES = 20_000
_MAX_DEPTH = 40
_MAX_SEGMENTS = 16
_MAX_TEXT = 100
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_TRIPS = {"Flight": "air", "TrainTrip": "rail"}


@dataclass(frozen=True)
class Stop:
    """One end of a segment: the code when there is one, the name, the local time, the terminal."""

    code: str | None
    name: str
    at: datetime | None
    terminal: str | None


@dataclass(frozen=True)
class Segment:
    """One flight or train with everyone of the order who is on it."""

    number: str
    departure: Stop
    arrival: Stop
    passengers: tuple[str, ...]


@dataclass(frozen=True)
class Ticket:
    """The segments of a trip in order of departure; none when nothing was understood."""

    segments: tuple[Segment, ...] = ()


def read(text: str) -> Ticket:
    """Read the host's metadata, given as JSON; whatever is wrong with it gives an empty ticket."""
    if len(text) > MAX_BYTES:
        return Ticket()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Ticket()
    segments = _grouped(_segment(node) for node in _reservations(data))
    timed = [segment for segment in segments if segment.departure.at is not None]
    timed.sort(key=lambda segment: _order(segment.departure))
    return Ticket(tuple(timed[:_MAX_SEGMENTS]))


def _reservations(data: Any) -> Iterator[dict[str, Any]]:
    """Every object that holds a trip, at any depth, within bounds that no real ticket reaches."""
    waiting: list[tuple[Any, int]] = [(data, 0)]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(node, dict):
            if isinstance(node.get("reservationFor"), dict):
                yield node
            waiting.extend((value, depth + 1) for value in reversed(node.values()))
        elif isinstance(node, list):
            waiting.extend((value, depth + 1) for value in reversed(node))


def _segment(node: dict[str, Any]) -> Segment | None:
    trip = node["reservationFor"]
    if _text(node.get("reservationStatus")).endswith("Cancelled"):
        return None
    kind = _TRIPS.get(_text(trip.get("@type")))
    if kind is None:
        return None
    name = _text(_dict(node.get("underName")).get("name"))
    return Segment(
        number=_number(trip, kind),
        departure=_stop(trip, "departure", kind),
        arrival=_stop(trip, "arrival", kind),
        passengers=(name,) if name else (),
    )


def _number(trip: dict[str, Any], kind: str) -> str:
    if kind == "rail":
        return _text(trip.get("trainNumber"))
    number = _text(trip.get("flightNumber")).replace(" ", "")
    airline = _text(_dict(trip.get("provider")).get("iataCode")).upper()
    # Some hosts write "418", some "ZZ418" or "ZZ 418".
    return number if not airline or number.upper().startswith(airline) else airline + number


def _stop(trip: dict[str, Any], end: str, kind: str) -> Stop:
    place = _dict(trip.get(f"{end}Airport" if kind == "air" else f"{end}Station"))
    code = _text(place.get("iataCode")).strip().upper()
    return Stop(
        # Airlines share the key with airports: two characters name an airline.
        code=code if len(code) == 3 and code.isalnum() else None,
        name=_text(place.get("name")),
        at=_time(trip.get(f"{end}Time")),
        terminal=_text(trip.get(f"{end}Terminal"))[:8] or None,
    )


def _time(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    # No trip is outside these years, and arithmetic near the ends of the calendar overflows.
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None


def _grouped(segments: Iterator[Segment | None]) -> list[Segment]:
    """One segment per flight and departure, with all its passengers in order of appearance."""
    groups: dict[tuple[str, str | None, datetime | None], Segment] = {}
    for segment in segments:
        if segment is None:
            continue
        key = (segment.number, segment.departure.code, segment.departure.at)
        known = groups.get(key)
        if known is None:
            groups[key] = segment
        else:
            groups[key] = replace(
                known,
                passengers=tuple(dict.fromkeys(known.passengers + segment.passengers)),
            )
    return list(groups.values())


def _order(stop: Stop) -> datetime:
    """What segments are sorted by; a time without an offset is near enough to UTC for that."""
    at = stop.at or _NEVER
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _text(value: Any) -> str:
    """Printable text of bearable length: no control characters, no halves of characters."""
    if not isinstance(value, str):
        return ""
    words = " ".join(value[: 4 * _MAX_TEXT].split())
    return "".join(c for c in words if c.isprintable())[:_MAX_TEXT]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
