"""Prepared reservations, moved so that the first departure is tomorrow.

A ticket is the data a host hands over on ``init``: ``{public, private}`` (mini-app protocol,
section 5). Only the days move; the clock and the offset stay what the carrier wrote.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "tickets"
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d.*)")


@cache
def names() -> tuple[str, ...]:
    """The names of the prepared tickets."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def load(name: str, *, now: datetime) -> dict[str, Any] | None:
    """A ticket with all its moments shifted by whole days, or None for an unknown name."""
    if name not in names():
        return None
    ticket = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    shifted: dict[str, Any] = shift(ticket, now=now)
    return shifted


def shift(ticket: Any, *, now: datetime) -> Any:
    """Move every moment so that the earliest departure is tomorrow where it departs."""
    departures = [
        moment
        for trip in _objects(ticket)
        if (moment := read_moment(trip.get("departureTime"))) and moment.tzinfo
    ]
    if not departures:
        return ticket
    first = min(departures)
    tomorrow = now.astimezone(first.tzinfo).date() + timedelta(days=1)
    return _moved(ticket, tomorrow - first.date())


def _moved(value: Any, distance: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _moved(inner, distance) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, distance) for inner in value]
    if isinstance(value, str) and (match := MOMENT.fullmatch(value)):
        return f"{date.fromisoformat(match[1]) + distance}{match[2]}"
    return value


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a value, outer ones first."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for item in inner:
            yield from _objects(item)


def read_moment(value: object) -> datetime | None:
    """A moment as the ticket writes it, or None."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def reservations(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """The flight and train reservations of a ticket, in its own order."""
    return [
        found
        for found in _objects(ticket["private"].get("metaData", []))
        if found.get("@type") in {"FlightReservation", "TrainReservation"}
    ]
