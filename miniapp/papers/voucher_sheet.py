"""What a voucher says, in words and in the language spoken now; where it stands is for others.

All of it is read from the rows of the order. What a guest needs on the way comes first, what is
read before the visit or in trouble comes after it, the block for the desk is the last.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from miniapp.base import i18n
from miniapp.base.i18n import clock, gettext, ngettext
from miniapp.catalogue.models import Kind, Lounge, Side, Zone
from miniapp.orders import ladder
from miniapp.orders.models import Guest, GuestKind, Visit, Voucher
from miniapp.orders.signed_code import party
from miniapp.orders.vouchers import spaced


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, as steps with numbers or as plain lines."""

    title: str
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Sheet:
    """The words of a voucher; ``beside`` is needed on the way, ``below`` before it."""

    title: str
    seller: str
    heading: str
    lounge: str
    where: str
    day: str
    enter: tuple[str, str]
    leave: tuple[str, str]
    clocks: str
    guests: str
    code: str
    say: str
    beside: tuple[Section, ...]
    below: tuple[Section, ...]
    desk: Section


def of_voucher(voucher: Voucher, *, booking: str = "") -> Sheet:
    """The sheet of a voucher; ``booking`` is the number of the ticket's booking, if known.

    Loaded are the visit with its guests, lounge and place, the order with its operator and lines.
    """
    visit, lounge = voucher.visit, voucher.visit.lounge
    zone, code = lounge.place.zone, spaced(voucher.code)
    return Sheet(
        title=gettext("Voucher %(code)s, business lounge “%(lounge)s”")
        % {"code": code, "lounge": lounge.name},
        seller=str(visit.order.operator.name),
        heading=gettext("Voucher to the business lounge"),
        lounge=str(lounge.name),
        where=whereabouts(lounge),
        day=long_day(visit.starts_at, zone),
        enter=(gettext("Entry from"), clock(visit.starts_at, zone)),
        leave=(_leave_by(visit, zone), clock(visit.leave_by, zone)),
        clocks=clocks(visit),
        guests=counted(party(visit)),
        code=code,
        say=gettext("Show the QR code or read the code aloud"),
        beside=_beside(visit, booking),
        below=_below(voucher),
        desk=_for_the_desk(visit, code),
    )


def whereabouts(lounge: Lounge) -> str:
    """Place, terminal, floor and zone of a lounge, in one line."""
    place = lounge.place
    parts = [str(place.name)]
    if str(place.city) != str(place.name):
        parts.append(str(place.city))
    if lounge.terminal:
        parts.append(gettext("terminal %(name)s") % {"name": lounge.terminal})
    if lounge.floor:
        parts.append(str(lounge.floor))
    return ", ".join([*parts, *_zone(lounge)])


def clocks(visit: Visit) -> str:
    """Whose clocks the times are on: ``local time, Samara, UTC+4``."""
    place = visit.lounge.place
    return gettext("local time, %(city)s, %(zone)s") % {
        "city": place.city,
        "zone": zone_of(visit.starts_at, place.zone),
    }


def zone_of(moment: datetime, zone: str) -> str:
    """The zone of a place's clocks at a moment, for the reader: ``UTC+4``, ``UTC+5:30``."""
    offset = moment.astimezone(ZoneInfo(zone)).strftime("%z")
    minutes = "" if offset[3:] == "00" else f":{offset[3:]}"
    return f"UTC{offset[0]}{int(offset[1:3])}{minutes}"


def long_day(moment: datetime, zone: str) -> str:
    """The day on paper, with its year: ``14 декабря 2026, понедельник``."""
    spoken = i18n.locale()
    pattern = "d MMMM y, EEEE" if spoken == "ru" else "EEEE, d MMMM y"
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), pattern, locale=spoken)


def counted(guests: list[Guest]) -> str:
    """How many of each age come: ``2 взрослых, 1 ребёнок``."""
    count = Counter(guest.kind for guest in guests)
    adults, children, infants = (count[kind] for kind in GuestKind)
    parts = [
        (adults, ngettext("%(num)s adult", "%(num)s adults", adults)),
        (children, ngettext("%(num)s child", "%(num)s children", children)),
        (infants, ngettext("%(num)s infant", "%(num)s infants", infants)),
    ]
    return ", ".join(text % {"num": number} for number, text in parts if number)


def trip(visit: Visit) -> str:
    """The flight or train with its time on the place's clocks; empty when none is known."""
    if not visit.flight_number:
        return ""
    at = visit.trip.at
    when = f", {clock(at, visit.lounge.place.zone)}" if at else ""
    return f"{visit.flight_number}{when}"


def support(visit: Visit) -> str:
    """Whom to ask, by telephone and by mail."""
    operator = visit.order.operator
    return f"{operator.support_phone}, {operator.support_email}"


def _zone(lounge: Lounge) -> list[str]:
    if lounge.place.kind is not Kind.AIRPORT:
        return []
    flights = {
        Zone.DOMESTIC: gettext("domestic flights"),
        Zone.INTERNATIONAL: gettext("international flights"),
        Zone.ANY: "",
    }[lounge.zone_served]
    after = lounge.side is Side.AIRSIDE
    security = (
        gettext("after the security check") if after else gettext("before the security check")
    )
    passport = gettext("after passport control") if lounge.after_passport else ""
    return [part for part in (flights, security, passport) if part]


def _leave_by(visit: Visit, zone: str) -> str:
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (visit.starts_at, visit.leave_by))
    if start.date() == end.date():
        return gettext("Leave by")
    return gettext("Leave by, %(day)s") % {"day": i18n.day(visit.leave_by, zone)}


def _beside(visit: Visit, booking: str) -> tuple[Section, ...]:
    lounge = visit.lounge
    flies = lounge.place.kind is Kind.AIRPORT
    order = [gettext("Order %(number)s") % {"number": visit.order.number}]
    if booking:
        order.insert(0, gettext("Booking %(number)s") % {"number": booking})
    if trip(visit):
        order.insert(0, trip(visit))
    ticket = gettext("Flight") if flies else gettext("Train")
    way = Section(gettext("How to get there"), tuple(map(str, lounge.way)), numbered=True)
    landmark = (str(lounge.landmark),) if lounge.landmark else ()
    return _written(
        Section(gettext("Guests"), tuple(map(_guest, party(visit)))),
        Section(ticket if len(order) > 1 else gettext("Order"), tuple(order)),
        way,
        Section(gettext("Landmark"), landmark),
        Section(gettext("Bring with you"), tuple(map(str, lounge.bring))),
    )


def _below(voucher: Voucher) -> tuple[Section, ...]:
    visit = voucher.visit
    return _written(
        Section(gettext("Paid extras"), _extras(visit)),
        Section(gettext("Rules of entry"), tuple(map(str, visit.lounge.rules))),
        Section(gettext("If you cancel"), _cancelling(voucher)),
        Section(gettext("Help"), (support(visit),)),
    )


def _written(*sections: Section) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.lines)


def _guest(guest: Guest) -> str:
    kind = {
        GuestKind.ADULT: gettext("adult"),
        GuestKind.CHILD: gettext("child"),
        GuestKind.INFANT: gettext("infant"),
    }[guest.kind]
    return f"{guest.name}, {kind}" if guest.name else kind.capitalize()


def _extras(visit: Visit) -> tuple[str, ...]:
    bought = Counter(
        str(line.title)
        for line in visit.order.lines
        if line.visit_id == visit.id and line.guest_id is None and line.refund_id is None
    )
    return tuple(f"{title} × {n}" if n > 1 else title for title, n in bought.items())


def _cancelling(voucher: Voucher) -> tuple[str, ...]:
    """The rungs of the ladder that were still ahead when the voucher was issued, in sums."""
    visit = voucher.visit
    prices = [
        line.price
        for line in visit.order.lines
        if line.visit_id == visit.id and line.refund_id is None
    ]
    if not sum(prices):
        return ()
    said, moment = [], voucher.issued_at
    while until := ladder.next_fall(visit, now=moment):
        percent = ladder.percent(visit, now=moment)
        if percent:
            returned = sum(ladder.share(price, percent) for price in prices)
            said.append(_rung(until, returned, visit.lounge.place.zone))
        moment = until
    later = gettext("later: nothing comes back")
    never = gettext("so shortly before the visit nothing comes back")
    always = gettext(
        "If the lounge cannot admit you, or your flight or train is cancelled, "
        "everything comes back."
    )
    return (*said, later if said else never, always)


def _rung(until: datetime, returned: int, zone: str) -> str:
    return gettext("until %(time)s, %(day)s: %(sum)s back") % {
        "time": clock(until, zone),
        "day": i18n.day(until, zone),
        "sum": i18n.rubles(returned),
    }


def _for_the_desk(visit: Visit, code: str) -> Section:
    return Section(
        gettext("For the staff: if the QR code does not scan"),
        (
            gettext("Turn the screen to full brightness, smooth out the paper, come closer."),
            gettext("Type the code %(code)s; capitals, hyphen and alphabet do not matter.")
            % {"code": code},
            gettext("Look for the visit by the guest's name or by the order %(number)s.")
            % {"number": visit.order.number},
            gettext(
                "Without a network the QR code alone proves that the voucher is genuine; "
                "the entry is sent later."
            ),
            gettext("In doubt call %(phone)s before you turn anybody away.")
            % {"phone": visit.order.operator.support_phone},
        ),
        numbered=True,
    )
