"""Vouchers for papers: an ordinary one, and one in which everything is long."""

from datetime import UTC, datetime, timedelta
from typing import Any

from miniapp.base.i18n import Text
from miniapp.base.signing import SigningKey
from miniapp.catalogue.models import Direction, Lounge, RefundStep
from miniapp.orders.models import Guest, GuestKind, GuestState, Line, Order, Visit, Voucher
from miniapp.trip.fit import Trip
from tests.builders import ADULT, CHILD, NUMBER, make_lounge, make_operator, make_place, text

KEY = SigningKey("a key of the test, longer than thirty-two")
PAGE = "https://lounge.example/v/ACE2345HKM.0123456789abcdefghijklmnopq"
ORDER = "https://lounge.example/orders/LNG-23456789A.0123456789abcdefghijklmnopq"
ISSUED = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
# 17:15 in Samara.
ENTRY = datetime(2026, 12, 14, 13, 15, tzinfo=UTC)
CODE = "ACE2345HKP"


def make_voucher(
    *, locale: str = "ru", names: tuple[str, ...] = ("Вера Заречная", ""), **lounge: Any
) -> Voucher:
    """A voucher of an adult and children, with all that its papers read, in no database."""
    place = lounge.pop("place", None) or make_place()
    operator = lounge.pop("operator", None) or make_operator()
    room = make_lounge(id=7, place=place, operator=operator, **lounge)
    order = Order(number=NUMBER, locale=locale, operator=operator)
    visit = _visit(room, names)
    order.visits = [visit]
    order.lines = _lines(visit)
    return Voucher(visit=visit, code=CODE, generation=2, issued_at=ISSUED)


def make_long_voucher(locale: str) -> Voucher:
    """A party of nine, a lounge with a name of sixty letters, every text 40 % longer than ours."""
    room = make_lounge()
    return make_voucher(
        locale=locale,
        names=tuple(f"Константинопольская-Преображенская {n}-я" for n in range(1, 10)),
        name=text(
            "Бизнес-зал «Преображенский» международного терминала № 1",
            "“Preobrazhensky” business lounge of international terminal 1",
        ),
        floor=text("2-й этаж, галерея над залом регистрации", "floor 2, above the check-in hall"),
        way=[longer(line) for line in [*room.way, *room.way]],
        landmark=longer(room.landmark or room.name),
        rules=[longer(longer(rule)) for rule in room.rules * 8],
        bring=[longer(thing) for thing in room.bring * 4],
        refund_ladder=[RefundStep(hours=hours, percent=hours) for hours in (96, 72, 48, 24, 6)],
    )


def longer(words: Text) -> Text:
    """The same words, at least 40 % longer."""
    return Text(ru=_longer(words.ru), en=_longer(words.en))


def _longer(words: str) -> str:
    return f"{words} {words[: max(1, len(words) // 2)]}".strip()


def _visit(room: Lounge, names: tuple[str, ...]) -> Visit:
    kinds = [GuestKind.ADULT] + [GuestKind.CHILD] * (len(names) - 1)
    return Visit(
        id=11,
        position=1,
        lounge=room,
        lounge_id=room.id,
        trip=Trip(direction=Direction.DEPARTURE, at=ENTRY + timedelta(hours=3)),
        starts_at=ENTRY,
        leave_by=ENTRY + timedelta(hours=2, minutes=20),
        flight_number="XX 417",
        guests=[
            Guest(id=number, position=number, kind=kind, name=name, state=GuestState.EXPECTED)
            for number, (kind, name) in enumerate(zip(kinds, names, strict=True), start=1)
        ],
    )


def _lines(visit: Visit) -> list[Line]:
    entries = [
        Line(
            visit_id=visit.id,
            guest_id=guest.id,
            price=ADULT if guest.kind is GuestKind.ADULT else CHILD,
            title=text(guest.name or "Ребёнок", guest.name or "Child"),
        )
        for guest in visit.guests
    ]
    shower = Line(visit_id=visit.id, guest_id=None, price=60_000, title=text("Душ", "Shower"))
    return [*entries, shower]
