"""Where a traveller waits: departures, transfers and arrivals in the order of time."""

import json
from datetime import datetime
from typing import Any

from miniapp.catalogue.models import Direction, Zone
from tests.trip.conftest import PointsOf, facts
from tests.trip.test_reservation import FAMILY, flight

DEPARTURE, TRANSFER, ARRIVAL = Direction.DEPARTURE, Direction.TRANSFER, Direction.ARRIVAL


def leg(number: str, start: str, leaves: str, end: str, lands: str, **more: Any) -> dict[str, Any]:
    return flight(
        flightNumber=number,
        departureAirport={"iataCode": start},
        departureTime=leaves,
        arrivalAirport={"iataCode": end},
        arrivalTime=lands,
        **more,
    )


def test_a_family_there_and_back_departs_twice_and_never_changes_planes(points_of: PointsOf):
    points = points_of("air-return-family")

    assert [facts(point) for point in points] == [
        ("SVX", DEPARTURE, "27.12 04:40"),
        ("AER", ARRIVAL, "27.12 08:20"),
        ("AER", DEPARTURE, "08.01 15:05"),
        ("SVX", ARRIVAL, "08.01 18:30"),
    ]
    assert all(set(point.passengers) == set(FAMILY) for point in points)
    assert {point.zone for point in points} == {Zone.DOMESTIC}


def test_there_and_back_on_one_day_is_no_transfer_either(points_of: PointsOf):
    points = points_of(
        json.dumps(
            [
                leg("2", "LED", "2026-12-14T18:00+03:00", "SVO", "2026-12-14T19:30+03:00"),
                leg("1", "SVO", "2026-12-14T08:00+03:00", "LED", "2026-12-14T09:30+03:00"),
            ]
        )
    )

    assert [facts(point)[:2] for point in points] == [
        ("SVO", DEPARTURE),
        ("LED", ARRIVAL),
        ("LED", DEPARTURE),
        ("SVO", ARRIVAL),
    ]


def test_a_transfer_abroad_is_one_wait_between_landing_and_leaving(points_of: PointsOf):
    first, transfer, last = points_of("air-transfer-abroad")

    assert facts(first) == ("KJA", DEPARTURE, "20.12 00:10")
    assert first.zone is Zone.DOMESTIC
    assert facts(transfer) == ("SVO", TRANSFER, "20.12 10:25")
    assert (transfer.zone, transfer.terminal) == (Zone.INTERNATIONAL, "C")
    assert transfer.since == datetime.fromisoformat("2026-12-20T08:05+03:00")
    assert facts(last) == ("IST", ARRIVAL, "20.12 15:10")


def test_a_stop_of_more_than_a_day_is_a_stay(points_of: PointsOf):
    points = points_of(
        json.dumps(
            [
                leg("1", "KJA", "2026-12-14T08:00+07:00", "SVO", "2026-12-14T09:00+03:00"),
                leg("2", "SVO", "2026-12-15T09:01+03:00", "IST", "2026-12-15T14:00+03:00"),
            ]
        )
    )

    assert [facts(point)[:2] for point in points] == [
        ("KJA", DEPARTURE),
        ("SVO", ARRIVAL),
        ("SVO", DEPARTURE),
        ("IST", ARRIVAL),
    ]


def test_what_is_past_is_not_offered(points_of: PointsOf):
    points = points_of("air-return-family", now="2026-12-28T00:00+00:00")

    assert [facts(point)[0] for point in points] == ["AER", "SVX"]
    assert points_of("air-return-family", now="2027-02-01T00:00+00:00") == []


def test_a_time_without_an_offset_is_on_the_clocks_of_its_place(points_of: PointsOf):
    points = points_of(json.dumps([leg("1", "SVX", "2026-12-27T09:40", "AER", "2026-12-27T11:20")]))

    assert [facts(point) for point in points] == [
        ("SVX", DEPARTURE, "27.12 04:40"),
        ("AER", ARRIVAL, "27.12 08:20"),
    ]


def test_a_place_we_do_not_know_gives_no_point_and_no_guess_of_the_zone(points_of: PointsOf):
    [point] = points_of("already-has-lounge")

    assert (facts(point), point.zone) == (("SVO", DEPARTURE, "14.12 16:00"), None)


def test_a_ticket_without_codes_has_no_points(points_of: PointsOf):
    for name in ("rail-day-train", "rail-latin-names", "no-time-and-unknown-place"):
        assert points_of(name) == []
