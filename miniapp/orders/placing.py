"""The form's facts to an order: first a draft without seats, then confirmed with them.

A draft only remembers what was chosen; its prices hold for an hour. Confirming takes the seats
and starts the life of the invoice, in one transaction; the provider is called after it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from miniapp.base.db import reading, transaction
from miniapp.catalogue import queries
from miniapp.catalogue.models import Lounge, Rate
from miniapp.catalogue.pricing import Party, Quote, extras_named, quote, rate_named
from miniapp.operators import terms
from miniapp.orders import holds, lines
from miniapp.orders import queries as order_queries
from miniapp.orders.errors import (
    AlreadyConfirmed,
    ConditionsNotAccepted,
    ConsentMissing,
    DraftTooOld,
    LoungeClosed,
    LoungeNotFound,
    OrderNotFound,
    VisitDoesNotFit,
)
from miniapp.orders.lifecycle import Actor, Move, make
from miniapp.orders.models import Channel, Guest, GuestKind, Order, OrderEvent, State, Visit
from miniapp.orders.vouchers import ALPHABET
from miniapp.trip.fit import Fit, Trip, Verdict, Window, check

DRAFT_LIFE = timedelta(hours=1)
# When the sweep first looks for an order whose request never heard the provider's answer.
FIRST_LOOK = timedelta(seconds=45)


@dataclass(frozen=True)
class Wish:
    """What the buyer chose: one visit of a party to one lounge.

    ``guest_names`` stand in the order adults, children, infants and may be fewer than guests.
    """

    lounge: str
    rate: str
    trip: Trip
    starts_at: datetime
    party: Party
    guest_names: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    flight_number: str = ""
    accept_conditions: bool = False


@dataclass(frozen=True)
class Buyer:
    """Who gets the voucher."""

    name: str
    email: str
    phone: str
    locale: str


@dataclass(frozen=True)
class Host:
    """What the host said of the invoice this order joins; passed on to the provider unchanged."""

    container_id: str | None = None
    shop_id: str | None = None


def draft(*, wish: Wish, buyer: Buyer, host: Host, channel: Channel, now: datetime) -> str:
    """Remember what was chosen and what it costs; give the number of the order.

    Raises a Refusal of ``orders.errors`` or of ``catalogue.errors``; nothing is kept then.
    """
    lounge = queries.current().lounges.get(wish.lounge)
    if lounge is None:
        raise LoungeNotFound
    if lounge.closed_note is not None:
        raise LoungeClosed
    fit = judge(wish, lounge, now=now)
    _admit(wish, fit)
    number = f"LNG-{''.join(secrets.choice(ALPHABET) for _ in range(9))}"
    with transaction() as session:
        order = _order(number, lounge, buyer, host, channel, now)
        visit = _visit(wish, lounge, fit)
        order.visits = [visit]
        order.lines = lines.of_visit(
            number=number, visit=visit, lounge=lounge, quote=price(wish, lounge)
        )
        order.amount = sum(line.price for line in order.lines)
        order.vat = sum(line.vat for line in order.lines)
        order.events = [_born(now)]
        session.add(order)
    return number


def judge(wish: Wish, lounge: Lounge, *, now: datetime) -> Fit:
    """The fit of the chosen visit, whatever it is; raises UnknownRate."""
    return check(
        lounge=lounge,
        trip=wish.trip,
        now=now,
        starts_at=wish.starts_at,
        stay_minutes=_rate(wish, lounge).stay_minutes,
    )


def price(wish: Wish, lounge: Lounge) -> Quote:
    """What the chosen visit costs; raises a refusal of ``catalogue.errors``."""
    extras = extras_named(lounge, list(dict.fromkeys(wish.extras)))
    return quote(lounge=lounge, rate=_rate(wish, lounge), party=wish.party, extras=extras)


def confirm(*, number: str, offer_agreed: bool, data_agreed: bool, now: datetime) -> None:
    """Take the seats and start the life of the invoice.

    Raises OrderNotFound, AlreadyConfirmed, ConsentMissing, DraftTooOld, LoungeClosed, NoSeats.
    """
    with transaction() as session:
        order = order_queries.locked(session, number)
        if order is None:
            raise OrderNotFound
        if order.state is not State.DRAFT:
            raise AlreadyConfirmed
        if not (offer_agreed and data_agreed):
            raise ConsentMissing
        _still_good(order, now)
        holds.take(session, order.visits)
        make(
            session,
            order,
            Move.CONFIRM,
            actor=Actor.BUYER,
            now=now,
            confirmed_at=now,
            deadline=deadline_of(order, now),
            look_at=now + FIRST_LOOK,
            offer_version=terms.version(order.operator.offer),
            privacy_version=terms.version(order.operator.privacy),
        )


def _admit(wish: Wish, fit: Fit) -> None:
    if fit.verdict is Verdict.DOES_NOT_FIT:
        raise VisitDoesNotFit(fit)
    if fit.verdict is Verdict.FITS_IF and not wish.accept_conditions:
        raise ConditionsNotAccepted(fit)


def _rate(wish: Wish, lounge: Lounge) -> Rate:
    day = wish.starts_at.astimezone(ZoneInfo(lounge.place.zone)).date()
    return rate_named(lounge, code=wish.rate, direction=wish.trip.direction, day=day)


def _still_good(order: Order, now: datetime) -> None:
    """Prices and hours may have changed since they were shown; an hour is near enough."""
    if now - order.created_at > DRAFT_LIFE or deadline_of(order, now) <= now:
        raise DraftTooOld
    for visit in order.visits:
        if visit.lounge.closed_note is not None or not visit.lounge.opening_around(visit.starts_at):
            raise LoungeClosed


def deadline_of(order: Order, now: datetime) -> datetime:
    """The invoice lives until the first visit can no longer be bought, or its own term ends."""
    ends = [
        moment
        for visit in order.visits
        for moment in (
            visit.starts_at - timedelta(minutes=visit.lounge.lead_minutes),
            now + timedelta(minutes=_invoice_minutes(order, visit.lounge)),
        )
    ]
    return min(ends).replace(microsecond=0)


def _invoice_minutes(order: Order, lounge: Lounge) -> int:
    if order.channel is Channel.DESK:
        return lounge.desk_invoice_minutes
    return lounge.online_invoice_minutes


def _order(
    number: str, lounge: Lounge, buyer: Buyer, host: Host, channel: Channel, now: datetime
) -> Order:
    return Order(
        number=number,
        operator_code=lounge.operator_code,
        channel=channel,
        state=State.DRAFT,
        locale=buyer.locale,
        container_id=host.container_id,
        shop_id=host.shop_id,
        created_at=now,
        contact_name=buyer.name,
        contact_email=buyer.email,
        contact_phone=buyer.phone,
        link_generation=0,
    )


def _visit(wish: Wish, lounge: Lounge, fit: Fit) -> Visit:
    assert fit.window is not None, "a wish has a start, so its fit has a window"  # noqa: S101
    rate = _rate(wish, lounge)
    return Visit(
        position=1,
        lounge_id=lounge.id,
        trip=wish.trip,
        rate_code=rate.code,
        rate_name=rate.name,
        starts_at=fit.window.starts_at,
        leave_by=fit.window.leave_by,
        seats_until=fit.window.seats_until,
        seats=wish.party.seats(lounge),
        seats_held=False,
        flight_number=wish.flight_number,
        extras=list(dict.fromkeys(wish.extras)),
        guests=_guests(wish),
    )


def _guests(wish: Wish) -> list[Guest]:
    party = wish.party
    kinds = (
        [GuestKind.ADULT] * party.adults
        + [GuestKind.CHILD] * party.children
        + [GuestKind.INFANT] * party.infants
    )
    names = [*wish.guest_names, *[""] * len(kinds)]
    return [
        Guest(position=position, kind=kind, name=name)
        for position, (kind, name) in enumerate(zip(kinds, names, strict=False), start=1)
    ]


def _born(now: datetime) -> OrderEvent:
    return OrderEvent(
        at=now, actor=Actor.BUYER, what="draft", from_state=None, to_state=State.DRAFT, detail={}
    )


def free_seats(lounge: Lounge, window: Window) -> int | None:
    """How many seats are free for the whole visit now; None when there is no limit."""
    return holds.free(reading(), lounge, window.starts_at, window.seats_until)
