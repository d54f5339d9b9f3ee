"""The lounges of a place for one traveller: judged, priced, the best first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from miniapp.catalogue.errors import PriceRefusal
from miniapp.catalogue.models import Lounge, Rate
from miniapp.catalogue.pricing import Party, quote, rates_for
from miniapp.trip.fit import Fit, Trip, Verdict, check

_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class Offer:
    """One lounge with its verdict and the lowest price for the party, kopecks."""

    lounge: Lounge
    fit: Fit
    price: int | None


def offers(
    lounges: Iterable[Lounge],
    *,
    trip: Trip,
    party: Party,
    now: datetime,
    any_direction: bool = False,
) -> list[Offer]:
    """Judge and price the lounges; those that suit come first, then the cheaper ones.

    With ``any_direction`` that of the trip is only supposed: each is judged for its own first.
    """
    judged = [
        _offer(lounge, usual_trip(lounge, trip) if any_direction else trip, party, now)
        for lounge in lounges
    ]
    return sorted(
        judged,
        key=lambda offer: (
            _RANK[offer.fit.verdict],
            offer.price is None,
            offer.price or 0,
            offer.lounge.slug,
        ),
    )


def usual_trip(lounge: Lounge, trip: Trip) -> Trip:
    """The trip of somebody who comes to this lounge and has not said on which leg."""
    return replace(trip, direction=lounge.directions[0])


def cheapest(lounge: Lounge, *, trip: Trip, party: Party, now: datetime) -> tuple[Rate, int] | None:
    """The rate that costs the party least on the day of its trip, and the sum; None if none."""
    day = (trip.at or now).astimezone(ZoneInfo(lounge.place.zone)).date()
    priced = []
    for rate in rates_for(lounge, trip.direction, day):
        try:
            priced.append((rate, quote(lounge=lounge, rate=rate, party=party).total))
        except PriceRefusal:
            continue
    return min(priced, key=lambda of_rate: of_rate[1], default=None)


def _offer(lounge: Lounge, trip: Trip, party: Party, now: datetime) -> Offer:
    best = cheapest(lounge, trip=trip, party=party, now=now)
    # The times told are those of the price told: a shorter stay may begin later.
    stay = best[0].stay_minutes if best else None
    fit = check(lounge=lounge, trip=trip, now=now, stay_minutes=stay)
    return Offer(lounge, fit, best[1] if best else None)
