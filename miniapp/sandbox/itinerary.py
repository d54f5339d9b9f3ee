"""A ticket as the payment page shows it: trips with their passengers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from miniapp.sandbox import tickets


@dataclass(frozen=True)
class Trip:
    """One flight or train; moments on the clock of the place, None when the ticket has none."""

    rail: bool
    carrier: str
    number: str
    origin: str
    origin_detail: str
    destination: str
    destination_detail: str
    departs: datetime | None
    arrives: datetime | None
    travel_class: str


@dataclass(frozen=True)
class Itinerary:
    """The trips in the order of departure and everybody who travels."""

    trips: tuple[Trip, ...]
    passengers: tuple[str, ...]

    @property
    def rail(self) -> bool:
        """The ticket is for trains."""
        return any(trip.rail for trip in self.trips)

    @property
    def carrier(self) -> str:
        """Who sells the ticket, empty when it does not say."""
        return next((trip.carrier for trip in self.trips if trip.carrier), "")


def read_itinerary(ticket: dict[str, Any]) -> Itinerary:
    """Group the reservations, one per passenger and segment, into trips."""
    trips: dict[Trip, None] = {}
    passengers: dict[str, None] = {}
    for reservation in tickets.reservations(ticket):
        trips[_trip(reservation)] = None
        name = _text(reservation, "underName", "name")
        if name:
            passengers[name] = None
    ordered = sorted(trips, key=lambda trip: _moment_key(trip.departs))
    return Itinerary(tuple(ordered), tuple(passengers))


def _moment_key(moment: datetime | None) -> float:
    if moment is None:
        return 0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _trip(reservation: dict[str, Any]) -> Trip:
    rail = reservation.get("@type") == "TrainReservation"
    journey = reservation.get("reservationFor") or {}
    origin, destination = (
        ("departureStation", "arrivalStation") if rail else ("departureAirport", "arrivalAirport")
    )
    carrier = reservation if rail else journey
    return Trip(
        rail=rail,
        carrier=_text(carrier, "provider", "name"),
        number=_number(journey, rail=rail),
        origin=_place(journey, origin),
        origin_detail=_detail(journey, origin, "departureTerminal"),
        destination=_place(journey, destination),
        destination_detail=_detail(journey, destination, "arrivalTerminal"),
        departs=tickets.read_moment(journey.get("departureTime")),
        arrives=tickets.read_moment(journey.get("arrivalTime")),
        travel_class=_text(reservation, "airplaneSeatClass", "name")
        or _text(reservation, "reservedTicket", "coachType"),
    )


def _number(journey: dict[str, Any], *, rail: bool) -> str:
    if rail:
        return " ".join(filter(None, (_text(journey, "trainNumber"), _text(journey, "trainName"))))
    code, number = _text(journey, "provider", "iataCode"), _text(journey, "flightNumber")
    return number if number.startswith(code) else f"{code}{number}"


def _place(journey: dict[str, Any], key: str) -> str:
    return _text(journey, key, "name") or _text(journey, key, "iataCode")


def _detail(journey: dict[str, Any], key: str, terminal: str) -> str:
    return " ".join(filter(None, (_text(journey, key, "iataCode"), _text(journey, terminal))))


def _text(source: Any, *path: str) -> str:
    for key in path:
        source = source.get(key) if isinstance(source, dict) else None
    return source if isinstance(source, str) else ""
