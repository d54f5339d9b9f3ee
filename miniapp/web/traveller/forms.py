"""What the buyer typed in the lounge's form: kept as typed, checked field by field.

A form that comes back shows every value as it was typed and each fault beside its field. The
fault is a marked message; the template words it.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from werkzeug.datastructures import MultiDict

from miniapp.base.i18n import marked
from miniapp.catalogue.models import Lounge
from miniapp.catalogue.pricing import Party
from miniapp.orders.models import GuestKind, Order
from miniapp.orders.placing import Buyer, Host, Wish
from miniapp.web.traveller.facts import YEARS, TripFacts

_MAX_COUNT = 20
_MAX_NAME = 100
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(:[0-5]\d)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_CHOICE = ("rate", "visit_date", "visit_time", "adults", "children", "infants", "extras")
_CONTAINER = re.compile(r"[0-9A-Za-z-]{1,36}", re.ASCII)
_SHOP = re.compile(r"[0-9A-Za-z-]{1,36}", re.ASCII)


@dataclass
class VisitForm:
    """The form's values as typed, and the faults found in them, by field."""

    rate: str = ""
    visit_date: str = ""
    visit_time: str = ""
    adults: str = "1"
    children: str = "0"
    infants: str = "0"
    guest_names: list[str] = field(default_factory=list)
    flight_number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    extras: list[str] = field(default_factory=list)
    accept_conditions: bool = False
    container: str = ""
    shop: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> Host:
        """What the host said, as far as it can be an id."""
        return Host(
            container_id=self.container if _CONTAINER.fullmatch(self.container) else None,
            shop_id=self.shop if _SHOP.fullmatch(self.shop) else None,
        )

    def party(self) -> Party:
        """The guests by age; a count that is no number is a fault and counts as none."""
        return Party(
            adults=self._count("adults"),
            children=self._count("children"),
            infants=self._count("infants"),
        )

    def starts_at(self, zone: str) -> datetime | None:
        """The chosen start on the clocks of the place; None, and a fault, when unreadable."""
        day, hour = self._day(), self._hour()
        return datetime.combine(day, hour, ZoneInfo(zone)) if day and hour else None

    def wish(self, lounge: Lounge, facts: TripFacts) -> Wish | None:
        """What is wished for; None, and faults, when it cannot be understood."""
        party, starts_at = self.party(), self.starts_at(lounge.place.zone)
        if starts_at is None or self.errors.keys() & {"adults", "children", "infants"}:
            return None
        return Wish(
            lounge=lounge.slug,
            rate=self.rate,
            trip=facts.trip,
            starts_at=starts_at,
            party=party,
            guest_names=tuple(_clean(name) for name in self.guest_names[: party.size]),
            extras=tuple(self.extras),
            flight_number=_clean(self.flight_number)[:20],
            accept_conditions=self.accept_conditions,
        )

    def buyer(self, locale: str) -> Buyer:
        """Who gets the voucher; faults are noted."""
        return Buyer(
            name=_clean(self.contact_name)[:_MAX_NAME],
            email=self._email(),
            phone=self._phone(),
            locale=locale,
        )

    def choice(self) -> dict[str, str | list[str]]:
        """What of it may stand in an address: no names, no contacts."""
        return {name: value for name in _CHOICE if (value := getattr(self, name))}

    def check_names(self) -> None:
        """Somebody must be named: the desk asks for the name on the voucher."""
        if not any(_clean(name) for name in self.guest_names):
            self.errors["guest_name"] = marked("Write the name of at least one guest.")

    def _count(self, name: str) -> int:
        typed = getattr(self, name).strip() or "0"
        number = int(typed) if typed.isascii() and typed.isdigit() else None
        if number is None or number > _MAX_COUNT:
            self.errors[name] = marked("Write a number from 0 to 20.")
            return 0
        return number

    def _day(self) -> date | None:
        typed = self.visit_date.strip()
        # A browser sends 2026-12-14; without its date field people write 14.12.2026.
        match = _DAY.fullmatch(typed)
        try:
            day = date.fromisoformat(
                f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else typed
            )
        except ValueError:
            day = date.min
        # Arithmetic near the ends of the calendar overflows.
        if day.year not in YEARS:
            self.errors["visit_date"] = marked("Write the day like 14.12.2026.")
            return None
        return day

    def _hour(self) -> time | None:
        match = _TIME.fullmatch(self.visit_time.strip())
        if match is None:
            self.errors["visit_time"] = marked("Write the time like 17:15.")
            return None
        return time(int(match[1]), int(match[2]))

    def _email(self) -> str:
        try:
            found = validate_email(self.contact_email.strip()[:254], check_deliverability=False)
        except EmailNotValidError:
            self.errors["contact_email"] = marked("Check the e-mail: the voucher goes there.")
            return ""
        if len(found.normalized) > 100:
            self.errors["contact_email"] = marked("This e-mail is too long.")
        return found.normalized

    def _phone(self) -> str:
        typed = self.contact_phone.strip()[:40]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "RU")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.errors["contact_phone"] = marked("Check the phone or leave it empty.")
            return ""
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def read(form: MultiDict[str, str]) -> VisitForm:
    """The form as it was sent."""
    one = {
        name: form.get(name, "")[:500]
        for name in (
            "rate", "visit_date", "visit_time", "adults", "children", "infants", "flight_number",
            "contact_name", "contact_email", "contact_phone", "container", "shop",
        )
    }  # fmt: skip
    return VisitForm(
        **one,  # type: ignore[arg-type]
        guest_names=[name[:_MAX_NAME] for name in form.getlist("guest_name")[:_MAX_COUNT]],
        extras=[code[:50] for code in form.getlist("extras")[:50]],
        accept_conditions="accept_conditions" in form,
    )


def with_choice(form: VisitForm, values: MultiDict[str, str]) -> VisitForm:
    """The form with the choice that an address tells of, when it tells of a day at all."""
    if "visit_date" not in values:
        return form
    told = read(values)
    return replace(form, **{name: getattr(told, name) for name in _CHOICE if name in values})


def of_order(order: Order) -> VisitForm:
    """The form that would make this order again, to be changed."""
    visit = order.visits[0]
    local = visit.starts_at.astimezone(ZoneInfo(visit.lounge.place.zone))
    kinds = [guest.kind for guest in visit.guests]
    return VisitForm(
        rate=visit.rate_code,
        visit_date=local.date().isoformat(),
        visit_time=local.strftime("%H:%M"),
        adults=str(kinds.count(GuestKind.ADULT)),
        children=str(kinds.count(GuestKind.CHILD)),
        infants=str(kinds.count(GuestKind.INFANT)),
        guest_names=[guest.name for guest in visit.guests],
        flight_number=visit.flight_number,
        contact_name=order.contact_name,
        contact_email=order.contact_email,
        contact_phone=order.contact_phone,
        extras=list(visit.extras),
        container=order.container_id or "",
        shop=order.shop_id or "",
    )


def _clean(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_MAX_NAME]
