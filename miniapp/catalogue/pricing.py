"""What a visit costs: the rates of a day, and the lines of a chosen one.

Sums are kopecks with VAT included. A quote has one line per guest and one per piece of an
extra, each of quantity 1, so that its total is the sum of its lines to the kopeck and every
guest can be refunded apart. A guest who enters free of charge gives no line.

Refusals (``catalogue.errors``): a quote raises EmptyParty, PartyTooLarge, AdultNeeded,
ChildrenNotAdmitted, InfantsNotAdmitted, UnknownRate and UnknownExtra; ``rate_named`` raises
UnknownRate and RateNotValid; ``extras_named`` raises UnknownExtra.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from miniapp.catalogue.errors import (
    AdultNeeded,
    ChildrenNotAdmitted,
    EmptyParty,
    InfantsNotAdmitted,
    PartyTooLarge,
    RateNotValid,
    UnknownExtra,
    UnknownRate,
)
from miniapp.catalogue.models import Direction, Extra, Lounge, Rate

LineKind = Literal["adult", "child", "infant", "extra"]


@dataclass(frozen=True)
class Party:
    """How many guests of each age class come."""

    adults: int = 0
    children: int = 0
    infants: int = 0

    def __post_init__(self) -> None:
        if min(self.adults, self.children, self.infants) < 0:
            raise ValueError("a party has no negative guests")

    @property
    def size(self) -> int:
        """All guests."""
        return self.adults + self.children + self.infants

    def seats(self, lounge: Lounge) -> int:
        """How many seats the party takes: everyone's, infants' only where the lounge says so."""
        return self.size if lounge.infants_take_seats else self.adults + self.children


@dataclass(frozen=True)
class PriceLine:
    """One guest or one piece of an extra; ``price`` in kopecks, above zero."""

    kind: LineKind
    extra: Extra | None
    price: int


@dataclass(frozen=True)
class Quote:
    """What the visit costs: its lines, guests before extras, and their sum in kopecks."""

    lines: tuple[PriceLine, ...]
    total: int


def rates_for(lounge: Lounge, direction: Direction | None, day: date) -> list[Rate]:
    """The rates sold for visits on a day, in the lounge's order; for any direction if None."""
    return [rate for rate in lounge.rates if _sold(rate, direction, day)]


def price_from(lounge: Lounge, day: date) -> int | None:
    """The lowest price of an adult for visits on a day; None when no rate is valid then."""
    return min((rate.adult for rate in rates_for(lounge, None, day)), default=None)


def rate_named(lounge: Lounge, *, code: str, direction: Direction | None, day: date) -> Rate:
    """The rate a buyer chose; raises UnknownRate, or RateNotValid for this day and direction."""
    named = [rate for rate in lounge.rates if rate.code == code]
    if not named:
        raise UnknownRate
    sold = next((rate for rate in named if _sold(rate, direction, day)), None)
    if sold is None:
        raise RateNotValid
    return sold


def extras_named(lounge: Lounge, codes: Sequence[str]) -> list[Extra]:
    """The extras a buyer chose, in the buyer's order; raises UnknownExtra."""
    by_code = {extra.code: extra for extra in lounge.extras}
    if not by_code.keys() >= set(codes):
        raise UnknownExtra
    return [by_code[code] for code in codes]


def quote(*, lounge: Lounge, rate: Rate, party: Party, extras: Sequence[Extra] = ()) -> Quote:
    """The price of a party's visit by a rate of this lounge.

    The day is not looked at: ``rates_for`` and ``rate_named`` give the rates of a day.
    """
    if rate.id not in {known.id for known in lounge.rates}:
        raise UnknownRate
    if not {extra.id for extra in extras} <= {known.id for known in lounge.extras}:
        raise UnknownExtra
    _check_party(lounge, rate, party)
    lines = (*_guest_lines(rate, party), *_extra_lines(extras, party.seats(lounge)))
    return Quote(lines, sum(line.price for line in lines))


def _sold(rate: Rate, direction: Direction | None, day: date) -> bool:
    if direction is not None and direction not in rate.directions:
        return False
    return rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to)


def _check_party(lounge: Lounge, rate: Rate, party: Party) -> None:
    if party.size == 0:
        raise EmptyParty
    if party.size > lounge.max_party:
        raise PartyTooLarge(lounge.max_party)
    if party.children and rate.child is None:
        raise ChildrenNotAdmitted
    if party.infants and rate.infant is None:
        raise InfantsNotAdmitted
    check_company(lounge, party)


def check_company(lounge: Lounge, party: Party) -> None:
    """Infants need an adult; children too, unless some of them are old enough to come alone.

    Raises AdultNeeded.
    """
    alone_from = lounge.ages.alone_from
    if party.adults:
        return
    if party.infants or alone_from >= lounge.ages.child_under:
        raise AdultNeeded(alone_from)


def _guest_lines(rate: Rate, party: Party) -> Iterator[PriceLine]:
    classes: tuple[tuple[LineKind, int, int | None], ...] = (
        ("adult", party.adults, rate.adult),
        ("child", party.children, rate.child),
        ("infant", party.infants, rate.infant),
    )
    for kind, count, price in classes:
        if price:
            yield from (PriceLine(kind, None, price) for _ in range(count))


def _extra_lines(extras: Sequence[Extra], seats: int) -> Iterator[PriceLine]:
    for extra in extras:
        pieces = seats if extra.per_guest else 1
        if extra.price:
            yield from (PriceLine("extra", extra, extra.price) for _ in range(pieces))
