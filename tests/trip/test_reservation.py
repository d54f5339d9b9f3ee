"""The host's metadata: understood where they are a ticket, and harmless whatever they are."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from miniapp.catalogue.queries import Catalogue
from miniapp.trip import points
from miniapp.trip.reservation import MAX_BYTES, Segment, Ticket, read
from tests.trip.conftest import TICKETS, sample

FAMILY = ("Иван Примеров", "Анна Примерова", "Пётр Примеров", "Майя Примерова")


def flight(**changes: Any) -> dict[str, Any]:
    """A reservation of a flight from Moscow to Petersburg."""
    trip = {
        "@type": "Flight",
        "flightNumber": "418",
        "provider": {"iataCode": "ZZ"},
        "departureAirport": {"iataCode": "SVO"},
        "departureTime": "2026-12-14T20:15:00+03:00",
        "arrivalAirport": {"iataCode": "LED"},
        "arrivalTime": "2026-12-14T21:45:00+03:00",
    }
    return {"reservationFor": trip | changes}


def read_one(reservation: dict[str, Any]) -> Segment:
    [segment] = read(json.dumps([reservation])).segments
    return segment


def told(segment: Segment) -> tuple[str, str | None, str | None, int]:
    return (
        segment.number,
        segment.departure.code,
        segment.arrival.code,
        len(segment.passengers),
    )


@pytest.mark.parametrize(
    ("name", "segments"),
    [
        ("air-one-way-business", [("ZZ418", "SVO", "LED", 1)]),
        ("air-return-family", [("ZZ295", "SVX", "AER", 4), ("ZZ296", "AER", "SVX", 4)]),
        ("air-transfer-abroad", [("ZZ1481", "KJA", "SVO", 1), ("ZZ2136", "SVO", "IST", 1)]),
        ("already-has-lounge", [("ZZ419", "SVO", "KZN", 1)]),
        ("app-no-ticket", []),
        ("no-time-and-unknown-place", []),
        ("rail-day-train", [("754А", None, None, 1)]),
        ("rail-latin-names", [("425*СА", None, None, 1)]),
    ],
)
def test_every_sample_is_understood(name: str, segments: list[tuple[Any, ...]]):
    assert [told(segment) for segment in read(sample(name)).segments] == segments


def test_no_sample_is_left_out():
    marks = next(
        mark for mark in test_every_sample_is_understood.pytestmark if mark.name == "parametrize"
    )
    assert {file.stem for file in TICKETS.glob("*.json")} == {name for name, _ in marks.args[1]}


def test_passengers_of_one_flight_are_one_segment_whatever_their_order():
    there, back = read(sample("air-return-family")).segments

    assert set(there.passengers) == set(back.passengers) == set(FAMILY)
    assert (there.departure.at, back.departure.terminal) == (
        datetime(2026, 12, 27, 4, 40, tzinfo=UTC),
        "A",
    )


def test_stations_keep_their_names():
    [train] = read(sample("rail-latin-names")).segments

    assert (train.departure.name, train.arrival.name) == (
        "Moscow Kievskyi",
        "St. Petersburg Central",
    )


@pytest.mark.parametrize("written", ["418", "ZZ418", "ZZ 418", "zz418"])
def test_a_flight_number_has_its_airline_once(written: str):
    assert read_one(flight(flightNumber=written)).number.upper() == "ZZ418"


def test_an_airline_is_not_taken_for_an_airport():
    assert read_one(flight(departureAirport={"iataCode": "SU"})).departure.code is None


def test_a_cancelled_reservation_is_no_trip():
    cancelled = flight() | {"reservationStatus": "https://schema.org/ReservationCancelled"}

    assert read(json.dumps([cancelled])) == Ticket()


ODD_TIMES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-12-14T20:15:00",
    "2026-12-14",
    "20261214T2015Z",
    "2026-W51-1",
    "2026-12-14T20:15:00+23:59:59.999999",
    "2199-12-31T23:59:59-23:59",
    "2000-01-01T00:00:00+23:59",
    "２０２６-12-14",
]
CODES = st.sampled_from(["SVO", "LED", "AER", "IST", "svo ", "SU", "", "\ud800\udfff\x00"])
LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(ODD_TIMES)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "reservationFor", "name", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
TIMES = st.sampled_from(ODD_TIMES) | st.datetimes(timezones=st.just(UTC) | st.none()).map(
    datetime.isoformat
)
TRIPS = st.fixed_dictionaries(
    {"@type": st.sampled_from(["Flight", "TrainTrip"]), "departureTime": TIMES},
    optional={
        "arrivalTime": TIMES | ANYTHING,
        "departureAirport": st.fixed_dictionaries({"iataCode": CODES | ANYTHING}) | ANYTHING,
        "arrivalAirport": st.fixed_dictionaries({"iataCode": CODES | ANYTHING}) | ANYTHING,
        "departureStation": ANYTHING,
        "flightNumber": ANYTHING,
        "trainNumber": ANYTHING,
        "provider": ANYTHING,
        "departureTerminal": ANYTHING,
    },
)
RESERVATIONS = st.fixed_dictionaries(
    {"reservationFor": TRIPS | ANYTHING}, optional={"underName": ANYTHING}
)


@given(data=st.lists(RESERVATIONS, max_size=6) | ANYTHING)
@example(data=[flight(departureTime=time, arrivalTime=other)
               for time in ODD_TIMES for other in ODD_TIMES[::-1]])  # fmt: skip
@example(data=[{"reservationFor": {"@type": "Flight", "departureTime": 10**400}}])
@example(
    data=[
        flight(arrivalTime="2026-12-14T21:45"),
        flight(
            departureAirport={"iataCode": "LED"},
            departureTime="2026-12-14T23:00Z",
            arrivalAirport={"iataCode": "AER"},
        ),
    ]
)
@example(
    data=[
        flight(flightNumber="4\x0018\ud800", departureTerminal="\x00")
        | {"underName": {"name": "Вера\ud800\x00"}}
    ]
)
def test_nothing_a_host_says_breaks_the_reading(data: Any, everywhere: Catalogue):
    ticket = read(json.dumps(data))

    for point in points.of(ticket, everywhere, now=datetime(1999, 1, 1, tzinfo=UTC)):
        assert point.at.tzinfo is UTC
        said = "".join([point.number, point.terminal or "", *point.passengers])
        said.encode()
        assert "\x00" not in said


@given(text=st.text(st.characters(codec=None)))
@example(text="[" * 100_000)
@example(text='{"a":' * 40_000)
@example(text="9" * 5000)
@example(text="[NaN, Infinity, 1e999]")
@example(text=" " * (MAX_BYTES + 1))
@example(text='"\ud800"')
def test_what_is_no_ticket_is_an_empty_one(text: str):
    assert read(text) == Ticket()


def test_a_ticket_deep_in_a_package_is_found_and_an_abyss_is_left():
    inside = json.dumps(flight())

    for depth, found in ((1, 1), (30, 1), (100, 0), (100_000, 0)):
        assert len(read("[" * depth + inside + "]" * depth).segments) == found


def test_a_crowd_of_segments_is_cut():
    many = [flight(flightNumber=str(n)) for n in range(500)]

    assert len(read(json.dumps(many)).segments) == 16
