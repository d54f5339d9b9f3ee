"""Basket lines: one per guest and per extra, quantity 1.

With quantity 1 both ways of computing VAT agree to the kopeck, and each guest can be refunded
apart (Invoicebox API reference, section 6.3). A name on a receipt says what, where, when and
for whom, in Russian (section 7.4), within 128 characters.
"""

from zoneinfo import ZoneInfo

from miniapp.base import i18n
from miniapp.base.i18n import Text, gettext
from miniapp.catalogue.models import Kind, Lounge, Zone
from miniapp.catalogue.pricing import PriceLine, Quote
from miniapp.invoicebox import wire
from miniapp.orders.models import Guest, GuestKind, Line, Visit

_NAME_LIMIT = 128
_PART_LIMIT = 40


def of_visit(*, number: str, visit: Visit, lounge: Lounge, quote: Quote) -> list[Line]:
    """The lines of a visit as the price list quotes them, named for receipt and screen."""
    queues = {
        kind: iter([guest for guest in visit.guests if guest.kind is kind]) for kind in GuestKind
    }
    day = visit.starts_at.astimezone(ZoneInfo(lounge.place.zone)).date()
    lines = []
    for position, priced in enumerate(quote.lines, start=1):
        guest = None if priced.extra else next(queues[GuestKind(priced.kind)])
        lines.append(
            Line(
                visit=visit,
                guest=guest,
                position=position,
                sku=f"{number}-{position}",
                name=_receipt_name(priced, guest, lounge, day.strftime("%d.%m.%Y")),
                title=i18n.in_both(lambda p=priced, g=guest: _title(p, g)),  # type: ignore[misc]
                price=priced.price,
                vat=wire.vat_of(priced.price, lounge.operator.vat_code),
                vat_code=lounge.operator.vat_code,
                service_date=day,
            )
        )
    return lines


def _receipt_name(priced: PriceLine, guest: Guest | None, lounge: Lounge, day: str) -> str:
    with i18n.speaking(i18n.product()["ru"]):
        what = (
            gettext("%(extra)s, business lounge “%(lounge)s”")
            % {"extra": priced.extra.name, "lounge": lounge.name}
            if priced.extra
            else gettext("Visit to business lounge “%(lounge)s”") % {"lounge": lounge.name}
        )
        rest = f", {shorten(_where(lounge), _PART_LIMIT)}, {day}"
        if guest is not None:
            rest += f", {shorten(guest.name, _PART_LIMIT) or _kind(guest.kind)}"
    # Where, when and whom stand at the end, so a long name of the lounge gives way.
    return shorten(what, _NAME_LIMIT - len(rest)) + rest


def _where(lounge: Lounge) -> str:
    if lounge.place.kind is Kind.STATION:
        return str(lounge.place.name)
    flights = {
        Zone.DOMESTIC: gettext("domestic flights"),
        Zone.INTERNATIONAL: gettext("international flights"),
        Zone.ANY: "",
    }[lounge.zone_served]
    airport = gettext("airport %(code)s") % {"code": lounge.place.code}
    return f"{airport}, {flights}" if flights else airport


def _title(priced: PriceLine, guest: Guest | None) -> str:
    if priced.extra:
        return str(priced.extra.name)
    assert guest is not None, "a line is for a guest or an extra"  # noqa: S101
    return f"{guest.name} ({_kind(guest.kind)})" if guest.name else _kind(guest.kind).capitalize()


def _kind(kind: GuestKind) -> str:
    return {
        GuestKind.ADULT: gettext("adult"),
        GuestKind.CHILD: gettext("child"),
        GuestKind.INFANT: gettext("infant"),
    }[kind]


def shorten(text: str, limit: int) -> str:
    """The text cut at a word's end so that it fits, with an ellipsis when something is cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",") + "…"


def to_wire(line: Line) -> wire.Line:
    """A line as the provider is told of it, in an order, a refund or a shipment."""
    return wire.Line(
        sku=line.sku,
        name=line.name,
        price=line.price,
        vat_code=line.vat_code,
        service_date=line.service_date,
    )


def title_of(visit: Visit) -> Text:
    """What the order is, for the payer: shown on the payment page."""
    return i18n.in_both(lambda: _description(visit))


def _description(visit: Visit) -> str:
    lounge = visit.lounge
    day = visit.starts_at.astimezone(ZoneInfo(lounge.place.zone)).strftime("%d.%m.%Y, %H:%M")
    return gettext("Business lounge “%(lounge)s”, %(place)s, %(day)s") % {
        "lounge": lounge.name,
        "place": lounge.place.name,
        "day": day,
    }
