"""Rows for tests: one operator, one airport, two lounges, and orders as they stand half-way.

Everybody and everything here is invented. Times are given by the test; sums are kopecks.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from miniapp.base import outbox
from miniapp.base.db import transaction
from miniapp.base.i18n import Text
from miniapp.catalogue.hours import WEEKDAYS, Hours
from miniapp.catalogue.models import (
    Ages,
    Amenity,
    Direction,
    Extra,
    Kind,
    Lounge,
    Offered,
    Place,
    Rate,
    RefundStep,
    Side,
    Zone,
)
from miniapp.invoicebox.wire import vat_of
from miniapp.operators.models import Operator
from miniapp.orders import holds, vouchers
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import Channel, Guest, GuestKind, Line, Order, State, Visit
from miniapp.trip.fit import Trip

NUMBER = "LNG-23456789A"
PROVIDER_ID = "0192c0de-0000-7000-8000-000000000001"
ALL_DAY = Hours(week={day: ["00:00-24:00"] for day in WEEKDAYS})
ADULT, CHILD = 450_000, 225_050


def text(ru: str, en: str) -> Text:
    """A text in both languages."""
    return Text(ru=ru, en=en)


def make_operator(**changes: Any) -> Operator:
    """The firm that sells visits."""
    values: dict[str, Any] = {
        "code": "briz",
        "name": text("Бриз Лаунж", "Briz Lounge"),
        "legal_name": "ООО «Бриз Лаунж»",
        "inn": "7707083893",
        "kpp": "770701001",
        "vat_code": "RUS_VAT22",
        "support_phone": "+7 846 000-00-00",
        "support_email": "help@briz-lounge.example",
        "offer": text("Оферта", "Offer"),
        "privacy": text("Политика", "Policy"),
        "hold_is_paid": True,
    }
    return Operator(**values | changes)


def make_place(**changes: Any) -> Place:
    """An airport with its own clocks, four hours ahead of UTC."""
    values: dict[str, Any] = {
        "code": "KUF",
        "kind": Kind.AIRPORT,
        "name": text("Курумоч", "Kurumoch"),
        "city": text("Самара", "Samara"),
        "country": "RU",
        "zone": "Europe/Samara",
        "lat": 53.505,
        "lon": 50.164,
        "synonyms": [],
        "walks": {},
    }
    return Place(**values | changes)


def make_lounge(slug: str = "briz-kuf", **changes: Any) -> Lounge:
    """A lounge open round the clock, with a rate and an extra."""
    values: dict[str, Any] = {
        "slug": slug,
        "operator_code": "briz",
        "place_code": "KUF",
        "name": text("Бриз", "Briz"),
        "about": text("Тихий зал с видом на поле.", "A quiet lounge above the airfield."),
        "terminal": "1",
        "zone_served": Zone.DOMESTIC,
        "side": Side.AIRSIDE,
        "directions": [Direction.DEPARTURE, Direction.TRANSFER],
        "floor": text("2-й этаж", "floor 2"),
        "way": [
            text("Пройдите досмотр.", "Pass the security check."),
            text("Поверните налево к выходу 7.", "Turn left to gate 7."),
        ],
        "landmark": text("синяя дверь у кофейни", "the blue door by the coffee shop"),
        "walk_minutes": 5,
        "hours": ALL_DAY,
        "entry_before_minutes": 180,
        "stay_minutes": 180,
        "boarding_minutes": 40,
        "lead_minutes": 60,
        "ages": Ages(),
        "capacity": 10,
        "closures": [],
        "refund_ladder": [RefundStep(hours=24, percent=100), RefundStep(hours=0, percent=0)],
        "amenities": [Offered(amenity=Amenity.WIFI), Offered(amenity=Amenity.SHOWER, paid=True)],
        "rules": [text("Дети только со взрослым.", "Children only with an adult.")],
        "bring": [text("Посадочный талон", "Your boarding pass")],
        "as_of": date(2026, 11, 1),
        "rates": [
            Rate(
                position=1,
                code="standard",
                name=text("Стандартный", "Standard"),
                directions=[Direction.DEPARTURE, Direction.TRANSFER],
                adult=ADULT,
                child=CHILD,
                infant=0,
                valid_from=date(2026, 1, 1),
            )
        ],
        "extras": [
            Extra(
                position=1,
                code="shower",
                name=text("Душ", "Shower"),
                price=60_000,
                per_guest=False,
            )
        ],
    }
    return Lounge(**values | changes)


def make_catalogue() -> None:
    """An operator, an airport and a lounge, ``briz-kuf``."""
    with transaction() as session:
        session.add_all([make_operator(), make_place()])
        session.flush()
        session.add(make_lounge())


def make_order(
    now: datetime,
    *,
    state: State = State.AWAITING_PAYMENT,
    lounge: str = "briz-kuf",
    starts_in: timedelta = timedelta(days=13),
    children: int = 1,
    **changes: Any,
) -> str:
    """An order of one visit of an adult and ``children``, in a state; gives its number.

    Seats are taken and vouchers issued as the state demands. Needs ``make_catalogue``.
    """
    with transaction() as session:
        room = session.query(Lounge).filter_by(slug=lounge).one()
        visit = _visit(room, now + starts_in, children)
        order = Order(**_facts(now, state) | {"number": NUMBER} | changes)
        order.visits = [visit]
        order.lines = _lines(order.number, visit, room.operator.vat_code)
        order.amount = sum(line.price for line in order.lines)
        order.vat = sum(line.vat for line in order.lines)
        session.add(order)
        session.flush()
        _give(session, order, visit, now)
        return order.number


def owe(*, goes: Goes, now: datetime, number: str = NUMBER) -> str:
    """Put what a move sends out into the outbox; gives the key of the delivery."""
    key = f"{goes}:{number}"
    with transaction() as session:
        outbox.add(session, kind=goes, key=key, payload={"order": number}, now=now)
    return key


def _facts(now: datetime, state: State) -> dict[str, Any]:
    begun = state is not State.DRAFT
    known = state not in {State.DRAFT, State.INVOICING}
    return {
        "operator_code": "briz",
        "channel": Channel.ONLINE,
        "state": state,
        "locale": "ru",
        "created_at": now,
        "confirmed_at": now if begun else None,
        "deadline": now + timedelta(days=3) if begun else None,
        "look_at": now if state in {State.INVOICING, State.AWAITING_PAYMENT} else None,
        "secured_at": now if state in {State.HELD, State.PAID} else None,
        "paid_at": now if state is State.PAID else None,
        "contact_name": "Вера Заречная",
        "contact_email": "vera@zarechnaya.example",
        "contact_phone": "+79001234567",
        "provider_id": PROVIDER_ID if known else None,
        "payment_url": f"https://pay.invoicebox.example/{PROVIDER_ID}" if known else None,
        "link_generation": 0,
    }


def _visit(lounge: Lounge, starts_at: datetime, children: int) -> Visit:
    guests = [Guest(position=1, kind=GuestKind.ADULT, name="Вера Заречная")]
    guests += [
        Guest(position=position, kind=GuestKind.CHILD, name="")
        for position in range(2, 2 + children)
    ]
    return Visit(
        position=1,
        lounge=lounge,
        lounge_id=lounge.id,
        trip=Trip(direction=Direction.DEPARTURE, at=starts_at + timedelta(hours=2, minutes=40)),
        rate_code="standard",
        rate_name=text("Стандартный", "Standard"),
        starts_at=starts_at,
        leave_by=starts_at + timedelta(hours=2),
        seats_until=starts_at + timedelta(hours=3),
        seats=len(guests),
        seats_held=False,
        flight_number="XX 417",
        guests=guests,
    )


def _lines(number: str, visit: Visit, vat_code: str) -> list[Line]:
    return [
        Line(
            visit=visit,
            guest=guest,
            position=guest.position,
            sku=f"{number}-{guest.position}",
            name=f"Посещение бизнес-зала «Бриз», аэропорт KUF, {guest.position}",
            title=text(guest.name or "Ребёнок", guest.name or "Child"),
            price=price,
            vat=vat_of(price, vat_code),
            vat_code=vat_code,
            service_date=visit.starts_at.date(),
        )
        for guest in visit.guests
        for price in [ADULT if guest.kind is GuestKind.ADULT else CHILD]
    ]


def _give(session: Session, order: Order, visit: Visit, now: datetime) -> None:
    """The seats and the voucher that an order in its state has."""
    if order.state in {State.INVOICING, State.AWAITING_PAYMENT, State.HELD, State.PAID}:
        holds.take(session, [visit])
    if order.state in {State.HELD, State.PAID}:
        vouchers.issue(session, visit, now=now)
