"""Tickets as the hosts hand them over, places as the catalogue knows them, lounges to judge."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from miniapp import sandbox
from miniapp.catalogue.models import Direction, Lounge, Place
from miniapp.catalogue.place_index import PlaceIndex
from miniapp.catalogue.queries import Catalogue
from miniapp.trip import points, reservation
from miniapp.trip.points import Point
from tests.builders import make_lounge, make_operator, make_place, text

TICKETS = Path(sandbox.__file__).parent / "tickets"

ZONES = {
    "SVO": ("RU", "Europe/Moscow"),
    "LED": ("RU", "Europe/Moscow"),
    "AER": ("RU", "Europe/Moscow"),
    "SVX": ("RU", "Asia/Yekaterinburg"),
    "KJA": ("RU", "Asia/Krasnoyarsk"),
    "IST": ("TR", "Europe/Istanbul"),
}


def sample(name: str) -> str:
    """What the host of a sample says of the trip, as JSON."""
    host: dict[str, Any] = json.loads((TICKETS / f"{name}.json").read_text("utf-8"))
    return json.dumps(host["private"]["metaData"], ensure_ascii=False)


def place(code: str) -> Place:
    country, zone = ZONES[code]
    return make_place(
        code=code, name=text(code, code), country=country, zone=zone, walks={"C-D": 9}
    )


def catalogue_of(codes: Mapping[str, object]) -> Catalogue:
    places = {code: place(code) for code in codes}
    return Catalogue(
        number=1,
        operators={},
        places=places,
        lounges={},
        index=PlaceIndex(places.values(), {}),
        _at_place={},
        _by_shop={},
    )


@pytest.fixture(scope="session")
def everywhere() -> Catalogue:
    """A catalogue that knows all places of the samples."""
    return catalogue_of(ZONES)


PointsOf = Callable[..., list[Point]]


@pytest.fixture
def points_of(everywhere: Catalogue) -> PointsOf:
    """The points of a sample, or of JSON, seen from a moment."""

    def points_of(ticket: str, *, now: str = "2026-12-01T00:00+00:00") -> list[Point]:
        read = reservation.read(ticket if ticket.startswith("[") else sample(ticket))
        return points.of(read, everywhere, now=datetime.fromisoformat(now))

    return points_of


def lounge_at(code: str = "SVO", **changes: Any) -> Lounge:
    """A lounge of terminal C, for departures and transfers within the country."""
    values: dict[str, Any] = {"terminal": "C", "place_code": code}
    lounge = make_lounge(**values | changes)
    lounge.place, lounge.operator = place(code), make_operator()
    return lounge


def facts(point: Point) -> tuple[str, Direction, str]:
    """What a point is, short, with its moment on the clocks of UTC."""
    return point.place.code, point.direction, point.at.strftime("%d.%m %H:%M")
