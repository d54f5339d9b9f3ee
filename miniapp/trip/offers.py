"""The lounges of a place for one traveller: judged, priced, the best first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from miniapp.catalogue.errors import PriceRefusal
from miniapp.catalogue.models import Lounge
from miniapp.catalogue.pricing import Party, quote, rates_for
from miniapp.trip.fit import Fit, Trip, Verdict, check

_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class Offer:
    """One lounge with its verdict and the lowest price for the party, kopecks."""

    lounge: Lounge
    fit: Fit
    price: int | None


def offers(lounges: Iterable[Lounge], *, trip: Trip, party: Party, now: datetime) -> list[Offer]:
    """Judge and price the lounges; those that suit come first, then the cheaper ones."""
    judged = [_offer(lounge, trip, party, now) for lounge in lounges]
    return sorted(
        judged,
        key=lambda offer: (
            _RANK[offer.fit.verdict],
            offer.price is None,
            offer.price or 0,
            offer.lounge.slug,
        ),
    )


def _offer(lounge: Lounge, trip: Trip, party: Party, now: datetime) -> Offer:
    fit = check(lounge=lounge, trip=trip, now=now)
    moment = fit.window.starts_at if fit.window else now
    day = moment.astimezone(ZoneInfo(lounge.place.zone)).date()
    prices = []
    for rate in rates_for(lounge, trip.direction, day):
        try:
            prices.append(quote(lounge=lounge, rate=rate, party=party, extras=()).total)
        except PriceRefusal:
            continue
    return Offer(lounge, fit, min(prices, default=None))
