"""6 Voucher: the visit as an entry for the calendar of a telephone (RFC 5545 and 5546).

Moments are in UTC, so nobody needs the rules of the place's clocks. An entry is known by its
UID, which stays with the visit: a later file of the same visit changes the entry that is there,
and the file of a void voucher takes it away.
"""

from datetime import UTC, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vGeo, vText, vUri

from miniapp.base import i18n
from miniapp.base.i18n import clock, gettext
from miniapp.orders.models import Visit, Voucher
from miniapp.orders.signed_code import party
from miniapp.orders.vouchers import spaced
from miniapp.papers import voucher_sheet

MEDIA_TYPE = "text/calendar"
_REMIND_BEFORE = timedelta(hours=2)
# How far around the coordinates a telephone thinks it has arrived, in metres.
_RADIUS = "300"


def make(voucher: Voucher, *, page_url: str) -> bytes:
    """The file in the order's language; the same rows give the same bytes.

    It publishes the visit, or cancels it when the voucher is void; the ``method`` of a letter's
    part must be the one in the file, see ``method``. ``page_url`` is the voucher's page.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//lounge-miniapp//voucher//RU")
    calendar.add("method", method(voucher))
    with i18n.speaking(i18n.product()[voucher.visit.order.locale]):
        calendar.add_component(_event(voucher, page_url))
    return bytes(calendar.to_ical())


def method(voucher: Voucher) -> str:
    """What the file does to the calendar: ``PUBLISH`` or ``CANCEL``."""
    return "PUBLISH" if voucher.voided_at is None else "CANCEL"


def _event(voucher: Voucher, page_url: str) -> Event:
    visit, void = voucher.visit, voucher.voided_at is not None
    event = Event()
    event.add("uid", f"{visit.order.number}-{visit.position}@lounge-miniapp")
    # A cancellation is a change too, or a calendar takes it for what it knows already.
    event.add("sequence", voucher.generation + void)
    event.add("dtstamp", (voucher.voided_at or voucher.issued_at).astimezone(UTC))
    event.add("status", "CANCELLED" if void else "CONFIRMED")
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.leave_by.astimezone(UTC))
    event.add("summary", gettext("Business lounge “%(lounge)s”") % {"lounge": visit.lounge.name})
    event.add("organizer", _organizer(visit))
    _place(event, visit)
    if not void:
        event.add("description", _description(voucher, page_url))
        event.add("url", vUri(page_url))
        event.add_component(_alarm(visit))
    return event


def _organizer(visit: Visit) -> vCalAddress:
    operator = visit.order.operator
    address = vCalAddress(f"mailto:{operator.support_email}")
    address.params["CN"] = vText(_unquoted(str(operator.name)))
    return address


def _place(event: Event, visit: Visit) -> None:
    """Where it is in words, and for a map; Apple's calendar has a property of its own."""
    where = voucher_sheet.whereabouts(visit.lounge)
    event.add("location", where)
    place = visit.lounge.place
    if place.lat is None or place.lon is None:
        return
    event.add("geo", vGeo((place.lat, place.lon)))
    parameters = {"VALUE": "URI", "X-APPLE-RADIUS": _RADIUS, "X-TITLE": _unquoted(where)}
    point = vUri(f"geo:{place.lat},{place.lon}")
    event.add("x-apple-structured-location", point, parameters=parameters)


def _description(voucher: Voucher, page_url: str) -> str:
    """What is needed at the door and on the way, a line each."""
    visit = voucher.visit
    lounge, zone = visit.lounge, visit.lounge.place.zone
    hours = gettext("Entry from %(start)s, leave by %(end)s") % {
        "start": clock(visit.starts_at, zone),
        "end": clock(visit.leave_by, zone),
    }
    landmark = gettext("Landmark: %(what)s") % {"what": lounge.landmark}
    lines = [
        f"{gettext('Voucher code:')} {spaced(voucher.code)}",
        f"{hours} ({voucher_sheet.clocks(visit)})",
        voucher_sheet.counted(party(visit)),
        voucher_sheet.trip(visit),
        *(f"{number}. {step}" for number, step in enumerate(lounge.way, start=1)),
        landmark if lounge.landmark else "",
        f"{gettext('Voucher with a QR code:')} {page_url}",
        f"{gettext('Help')}: {voucher_sheet.support(visit)}",
    ]
    return "\n".join(filter(None, lines))


def _alarm(visit: Visit) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -_REMIND_BEFORE)
    alarm.add(
        "description",
        gettext("In two hours: business lounge “%(lounge)s”") % {"lounge": visit.lounge.name},
    )
    return alarm


def _unquoted(text: str) -> str:
    """A text for a parameter, where RFC 5545 has no way to write a double quote."""
    return text.replace('"', "'")
