"""Basket lines: sums to the kopeck, names that a receipt may carry."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.base.db import transaction
from miniapp.catalogue.models import Kind, Lounge, Zone
from miniapp.catalogue.pricing import LineKind, Party, PriceLine, Quote
from miniapp.invoicebox.wire import VAT_RATES
from miniapp.orders import lines, placing, queries
from miniapp.orders.models import Channel, Guest, GuestKind, Line, Visit
from miniapp.orders.placing import Buyer, Host, Wish
from miniapp.trip.fit import Direction, Trip
from tests.builders import make_lounge, make_operator, make_place, text

LONG = "Очень " * 40
WHEN = datetime.fromisoformat("2026-12-31T23:30+00:00")


def lounge_of(name: str = "Бриз", vat_code: str = "RUS_VAT22", **changes: object) -> Lounge:
    lounge = make_lounge(name=text(name, "Briz"), **changes)
    lounge.operator, lounge.place = make_operator(vat_code=vat_code), make_place()
    return lounge


def lines_of(lounge: Lounge, *prices: int, names: tuple[str, ...] = ()) -> list[Line]:
    """The lines of one adult for each price."""
    kind: LineKind = "adult"
    named = [*names, *[""] * len(prices)]
    guests = [
        Guest(position=place, kind=GuestKind.ADULT, name=named[place])
        for place in range(len(prices))
    ]
    return lines.of_visit(
        number="LNG-23456789A",
        visit=Visit(starts_at=WHEN, guests=guests),
        lounge=lounge,
        quote=Quote(tuple(PriceLine(kind, None, price) for price in prices), sum(prices)),
    )


@given(
    prices=st.lists(st.integers(1, 10**9), min_size=1, max_size=9),
    vat_code=st.sampled_from(sorted(VAT_RATES)),
)
def test_vat_is_right_to_the_kopeck_in_every_line(prices: list[int], vat_code: str):
    rate = VAT_RATES[vat_code]

    made = lines_of(lounge_of(vat_code=vat_code), *prices)

    assert [line.price for line in made] == prices
    for line in made:
        exact = Decimal(line.price) * rate / (100 + rate)
        assert line.vat == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert line.vat_code == vat_code
    assert len({line.sku for line in made}) == len(made)
    assert max(len(line.sku) for line in made) <= 36


def test_a_name_says_what_where_when_and_for_whom():
    [line] = lines_of(lounge_of(), 100, names=("Вера Заречная",))
    [anybody] = lines_of(lounge_of(zone_served=Zone.ANY), 100)

    # 23:30 in UTC is the next year's first morning in Samara.
    assert line.name == (
        "Посещение бизнес-зала «Бриз», аэропорт KUF, внутр. рейсы, 01.01.2027, Вера Заречная"
    )
    assert line.service_date.isoformat() == "2027-01-01"
    assert anybody.name.endswith("аэропорт KUF, 01.01.2027, взрослый")


@pytest.mark.parametrize("kind", Kind)
def test_a_long_name_of_the_lounge_gives_way_to_when_and_for_whom(kind: Kind):
    lounge = lounge_of(LONG)
    lounge.place.kind, lounge.place.name = kind, text(LONG, "Far")

    made = lines_of(lounge, 100, 200, names=("Вера Заречная", "Константин " * 9))

    assert made[0].name.startswith("Посещение")
    assert made[0].name.endswith("01.01.2027, Вера Заречная")
    assert "01.01.2027, Константин" in made[1].name
    assert max(len(line.name) for line in made) <= 128


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_order_costs_the_sum_of_its_lines_one_for_each_guest_and_extra(now: datetime):
    with transaction() as session:
        session.query(Lounge).one().extras[0].per_guest = True
    number = placing.draft(
        wish=Wish(
            lounge="briz-kuf",
            rate="standard",
            trip=Trip(direction=Direction.DEPARTURE),
            starts_at=now + timedelta(days=2),
            party=Party(adults=2, children=1, infants=1),
            extras=("shower",),
        ),
        buyer=Buyer("Вера", "vera@zarechnaya.example", "", "ru"),
        host=Host(),
        channel=Channel.ONLINE,
        now=now,
    )

    order = queries.by_number(number)

    # The infant enters free and gives no line; the extra is taken by the three who are counted.
    assert [line.price for line in order.lines] == [450_000] * 2 + [225_050] + [60_000] * 3
    assert order.amount == sum(line.price for line in order.lines)
    assert order.vat == sum(line.vat for line in order.lines)
    assert order.lines[-1].name == (
        "Душ, бизнес-зал «Бриз», аэропорт KUF, внутр. рейсы, 03.12.2026"
    )
