"""Prepared tickets move to tomorrow and keep their clocks."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from miniapp.sandbox import tickets
from miniapp.sandbox.itinerary import read_itinerary

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


def moments(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [found for item in inner for found in moments(item)]
    return [value] if isinstance(value, str) and MOMENT.match(value) else []


def loaded(name: str, now: datetime) -> dict[str, Any]:
    ticket = tickets.load(name, now=now)
    assert ticket is not None
    return ticket


@pytest.mark.parametrize("name", tickets.names())
@pytest.mark.parametrize("hour", [3, 22])
def test_first_departure_is_tomorrow_where_it_departs(name: str, hour: int) -> None:
    now = datetime(2026, 11, 30, hour, 30, tzinfo=UTC)
    trips = [trip for trip in read_itinerary(loaded(name, now)).trips if trip.departs]
    if trips and (first := trips[0].departs):
        assert first.date() == now.astimezone(first.tzinfo).date() + timedelta(days=1)


@pytest.mark.parametrize("name", tickets.names())
def test_clock_and_offset_stay_and_all_move_together(name: str) -> None:
    early, late = (
        moments(loaded(name, datetime(2026, month, 10, 12, tzinfo=UTC))) for month in (3, 11)
    )
    assert [text[10:] for text in early] == [text[10:] for text in late]
    distances = {
        datetime.fromisoformat(after) - datetime.fromisoformat(before)
        for before, after in zip(early, late, strict=True)
    }
    assert len(distances) <= 1


def test_unknown_name_is_no_file(now: datetime) -> None:
    assert tickets.load("../settings", now=now) is None


def test_family_travels_once_per_segment(now: datetime) -> None:
    itinerary = read_itinerary(loaded("air-return-family", now))
    assert [trip.number for trip in itinerary.trips] == ["ZZ295", "ZZ296"]
    assert len(itinerary.passengers) == 4
