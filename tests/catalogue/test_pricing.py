"""Prices of a visit: one line per guest and per extra, and the sum of the lines."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.base.i18n import Text
from miniapp.catalogue import pricing
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
from miniapp.catalogue.models import Ages, Direction, Extra, Lounge, Rate
from miniapp.catalogue.pricing import Party

NAME = Text(ru="Имя", en="Name")
DEPARTURE, ARRIVAL = Direction.DEPARTURE, Direction.ARRIVAL
MONDAY = date(2026, 12, 14)


def rate(number: int = 1, **changes: object) -> Rate:
    values: dict[str, object] = {
        "id": number,
        "code": f"rate-{number}",
        "name": NAME,
        "directions": [DEPARTURE],
        "adult": 450_000,
        "child": 225_050,
        "infant": 0,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
    }
    return Rate(**values | changes)


def extra(number: int = 1, *, price: int = 90_000, per_guest: bool = False) -> Extra:
    return Extra(id=number, code=f"extra-{number}", name=NAME, price=price, per_guest=per_guest)


def lounge(*rates: Rate, **changes: object) -> Lounge:
    values: dict[str, object] = {
        "slug": "volna",
        "rates": list(rates),
        "extras": [extra(1), extra(2, per_guest=True)],
        "ages": Ages(),
        "max_party": 9,
        "infants_take_seats": False,
    }
    return Lounge(**values | changes)


counts = st.integers(0, 4)
prices = st.integers(0, 10**9)


@given(
    party=st.builds(Party, st.integers(1, 4), counts, counts),
    sums=st.tuples(st.integers(1, 10**9), prices, prices, st.integers(1, 10**9), prices),
    chosen=st.lists(st.sampled_from([0, 1]), max_size=3),
    infants_sit=st.booleans(),
)
def test_the_total_is_the_sum_of_single_positive_lines(
    party: Party, sums: tuple[int, int, int, int, int], chosen: list[int], infants_sit: bool
) -> None:
    adult, child, infant, once, each = sums
    only = rate(adult=adult, child=child, infant=infant)
    extras = [extra(1, price=once), extra(2, price=each, per_guest=True)]
    hall = lounge(only, extras=extras, max_party=12, infants_take_seats=infants_sit)
    quote = pricing.quote(lounge=hall, rate=only, party=party, extras=[extras[n] for n in chosen])
    assert quote.total == sum(line.price for line in quote.lines)
    assert all(line.price > 0 for line in quote.lines)
    assert quote.total == (
        party.adults * adult
        + party.children * child
        + party.infants * infant
        + chosen.count(0) * once
        + chosen.count(1) * each * party.seats(hall)
    )


def test_each_guest_and_each_piece_of_an_extra_has_a_line() -> None:
    only = rate()
    hall = lounge(only)
    quote = pricing.quote(
        lounge=hall, rate=only, party=Party(2, 1, 1), extras=[hall.extras[1], hall.extras[0]]
    )
    lines = [(line.kind, line.extra and line.extra.code, line.price) for line in quote.lines]
    assert lines == [
        ("adult", None, 450_000),
        ("adult", None, 450_000),
        ("child", None, 225_050),
        *[("extra", "extra-2", 90_000)] * 3,
        ("extra", "extra-1", 90_000),
    ]
    assert quote.total == 1_485_050


def test_infants_take_seats_only_where_the_lounge_says_so() -> None:
    party = Party(adults=2, children=1, infants=1)
    assert party.size == 4
    assert party.seats(lounge()) == 3
    assert party.seats(lounge(infants_take_seats=True)) == 4


NO_CHILDREN = {"child": None, "infant": None}


@pytest.mark.parametrize(
    ("party", "rate_changes", "lounge_changes", "refusal"),
    [
        (Party(), {}, {}, EmptyParty),
        (Party(7), {}, {"max_party": 6}, PartyTooLarge),
        (Party(6, 0, 1), {}, {"max_party": 6}, PartyTooLarge),
        (Party(1, 1), NO_CHILDREN, {}, ChildrenNotAdmitted),
        (Party(1, 0, 1), NO_CHILDREN, {}, InfantsNotAdmitted),
        (Party(0, 1), {}, {}, AdultNeeded),
        (Party(0, 0, 1), {}, {}, AdultNeeded),
        (Party(0, 1, 1), {}, {"ages": Ages(alone_from=8)}, AdultNeeded),
    ],
)
def test_a_party_the_lounge_does_not_admit_has_no_price(
    party: Party,
    rate_changes: dict[str, object],
    lounge_changes: dict[str, object],
    refusal: type[Exception],
) -> None:
    only = rate(**rate_changes)
    with pytest.raises(refusal):
        pricing.quote(lounge=lounge(only, **lounge_changes), rate=only, party=party)


def test_a_child_old_enough_may_come_alone() -> None:
    only = rate()
    hall = lounge(only, ages=Ages(alone_from=8))
    assert pricing.quote(lounge=hall, rate=only, party=Party(0, 1)).total == 225_050


def test_rates_and_extras_of_another_lounge_are_unknown() -> None:
    hall = lounge(rate())
    with pytest.raises(UnknownRate):
        pricing.quote(lounge=hall, rate=rate(2), party=Party(1))
    with pytest.raises(UnknownExtra):
        pricing.quote(lounge=hall, rate=hall.rates[0], party=Party(1), extras=[extra(3)])
    with pytest.raises(UnknownRate):
        pricing.rate_named(hall, code="rate-2", direction=DEPARTURE, day=MONDAY)
    with pytest.raises(UnknownExtra):
        pricing.extras_named(hall, ["extra-1", "extra-3"])
    assert pricing.extras_named(hall, ["extra-2", "extra-1"]) == [hall.extras[1], hall.extras[0]]


def test_a_rate_is_sold_on_its_days_and_in_its_directions() -> None:
    this_year = rate(1, code="day", valid_to=date(2026, 12, 31))
    next_year = rate(2, code="day", valid_from=date(2027, 1, 1), adult=470_000)
    coming = rate(3, directions=[ARRIVAL], adult=190_000)
    hall = lounge(this_year, next_year, coming)
    last, first = date(2026, 12, 31), date(2027, 1, 1)
    assert pricing.rates_for(hall, DEPARTURE, last) == [this_year]
    assert pricing.rates_for(hall, DEPARTURE, first) == [next_year]
    assert pricing.rates_for(hall, None, first) == [next_year, coming]
    assert pricing.rate_named(hall, code="day", direction=DEPARTURE, day=first) is next_year
    assert pricing.price_from(hall, last) == 190_000
    assert pricing.price_from(hall, date(2025, 12, 31)) is None
    with pytest.raises(RateNotValid):
        pricing.rate_named(hall, code="day", direction=ARRIVAL, day=first)
    with pytest.raises(RateNotValid):
        pricing.rate_named(hall, code="day", direction=DEPARTURE, day=date(2025, 12, 31))
