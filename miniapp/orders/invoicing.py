"""The order at the provider: created once, and looked up when nobody knows whether it was.

The order is committed as *invoicing*, with its seats, before the provider hears of it, and its
number is the only idempotency key there is. So a call has three ends: done, refused (the order
is a draft again, its seats free), or unknown. What is unknown is looked up by number and never
asked for twice; ten minutes of look-ups without a trace mean that it was never created. An
orphan that turns up later all the same is cancelled at the provider, or, if it was paid, is late
money (``orders.payment``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import outside_transaction, transaction
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import Duplicate, OutcomeUnknown, ProviderError, Refused, Unavailable
from miniapp.invoicebox.wire import Customer, NewOrder, OrderStatus, ProviderOrder
from miniapp.orders import holds, queries
from miniapp.orders.errors import ProviderRefused, ProviderUnavailable
from miniapp.orders.lifecycle import Actor, Goes, Move, allows, make, send
from miniapp.orders.lines import shorten, title_of, to_wire
from miniapp.orders.models import Order, State

log = structlog.get_logger()

# Not found for this long after the confirmation: the provider never created it.
LOOK_UPS_END = timedelta(minutes=10)
_LOOK_AGAIN = timedelta(seconds=5)
# How long after the confirmation the provider is asked about an unpaid order, then hourly.
_ASK_AFTER = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30))
_ASK_EVERY = timedelta(hours=1)
# When an order that was given up is looked for once more at the provider.
_ORPHAN_AFTER = tuple(timedelta(hours=h) for h in (1, 6, 24))
_DESCRIPTION_LIMIT = 1000
_SECURED = {OrderStatus.COMPLETED, OrderStatus.HOLD}


@dataclass(frozen=True)
class Addresses:
    """Where the provider sends its notification and, for an order of its own, the buyer."""

    notification: str
    success: str | None = None
    fail: str | None = None
    back: str | None = None


def issue(*, number: str, merchant: Merchant, addresses: Addresses, now: datetime) -> None:
    """Create the confirmed order at the provider.

    Afterwards the order awaits payment, or is still *invoicing* when the outcome is unknown.
    Raises ProviderRefused or ProviderUnavailable; the order is a draft again then.
    """
    try:
        new = _new_order(queries.by_number(number), addresses)
    except ValueError as fault:
        log.error("invoice.impossible", order=number, reason=str(fault))
        _take_back(number, now, reason="impossible")
        raise ProviderRefused from fault
    outside_transaction()
    try:
        answer = merchant.create_order(new)
    except Duplicate:
        _look_soon(number, now)
        return
    except OutcomeUnknown as doubt:
        log.warning("invoice.unknown", order=number, reason=str(doubt))
        _look_soon(number, now)
        return
    except Refused as refusal:
        log.error("invoice.refused", order=number, reason=str(refusal))
        _take_back(number, now, reason=refusal.code)
        raise ProviderRefused from refusal
    except Unavailable as fault:
        log.warning("invoice.unavailable", order=number, reason=str(fault))
        _take_back(number, now, reason="unavailable")
        raise ProviderUnavailable from fault
    _accept(number, answer, now, actor=Actor.BUYER)


def look_up(*, number: str, merchant: Merchant, now: datetime) -> None:
    """Find out what became of an order whose creation was never answered."""
    order = queries.by_number(number)
    invoice_number, is_given_up = order.invoice_number, order.state is not State.INVOICING
    outside_transaction()
    try:
        found = merchant.find_order(invoice_number)
    except ProviderError as fault:
        log.warning("invoice.look_up_failed", order=number, reason=str(fault))
        return
    if found is None:
        _not_found(number, now)
        return
    if is_given_up:
        _orphan(number, found, now)
        return
    try:
        _accept(number, found, now, actor=Actor.SWEEP)
    except ProviderRefused:
        log.warning("invoice.refused_late", order=number)


def next_look(confirmed_at: datetime, now: datetime) -> datetime:
    """When to ask the provider next about an order that awaits payment."""
    for pause in _ASK_AFTER:
        if confirmed_at + pause > now:
            return confirmed_at + pause
    return now + _ASK_EVERY


def _not_found(number: str, now: datetime) -> None:
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None or order.confirmed_at is None:
            return
        if order.state is not State.INVOICING:
            order.look_at = _next_orphan_look(order.confirmed_at, now)
        elif now - order.confirmed_at < LOOK_UPS_END:
            order.look_at = now + _LOOK_AGAIN
        else:
            holds.release(session, order.visits)
            again = _next_orphan_look(order.confirmed_at, now)
            make(session, order, Move.ABANDON, actor=Actor.SWEEP, now=now, look_at=again)


def _next_orphan_look(confirmed_at: datetime, now: datetime) -> datetime | None:
    moments = (confirmed_at + pause for pause in _ORPHAN_AFTER)
    return next((moment for moment in moments if moment > now), None)


def _orphan(number: str, found: ProviderOrder, now: datetime) -> None:
    """It was created after all: nobody shall pay it, and who has paid is served or gets it back."""
    log.warning("invoice.orphan", order=number, provider_id=found.id)
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None or order.state is not State.EXPIRED:
            return
        order.look_at = None
        plan_cancellation(session, order, found.id, now)


def _accept(number: str, answer: ProviderOrder, now: datetime, *, actor: Actor) -> None:
    """Take the provider's order for ours; raises ProviderRefused when it is not what we asked.

    What cannot be used is cancelled there by a delivery of its own; the buyer's next attempt
    gets another number, for this one is spent.
    """
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None:
            return
        if not allows(order.state, Move.INVOICE) or _is_usable(answer, order):
            _adopt(session, order, answer, now, actor)
            return
        log.error("invoice.unusable", order=number, provider_id=answer.id)
        plan_cancellation(session, order, answer.id, now)
        _return_to_draft(session, order, now, reason="unusable", attempt=order.attempt + 1)
    raise ProviderRefused


def plan_cancellation(session: Session, order: Order, provider_id: str, now: datetime) -> None:
    """Have the provider's order cancelled; money that came for it meanwhile is looked after."""
    send(
        session,
        Goes.CANCELLATION,
        about=f"{order.number}:{provider_id}",
        payload={"order": order.number, "provider_id": provider_id},
        now=now,
    )


def _is_usable(answer: ProviderOrder, order: Order) -> bool:
    """Whether it can be paid, or was paid meanwhile, and is what we asked for."""
    reachable = answer.payment_url or answer.status in _SECURED
    same_sum = (answer.amount, answer.currency) == (order.amount, order.currency)
    return same_sum and answer.processable and bool(reachable)


def _adopt(
    session: Session, order: Order, answer: ProviderOrder, now: datetime, actor: Actor
) -> None:
    # A notification may have overtaken this answer; then only the address is missing.
    if not allows(order.state, Move.INVOICE):
        order.payment_url = order.payment_url or answer.payment_url
        return
    make(
        session,
        order,
        Move.INVOICE,
        actor=actor,
        now=now,
        detail={"provider_id": answer.id},
        provider_id=answer.id,
        payment_url=answer.payment_url,
        # What was found late may have been paid meanwhile: ask at once.
        look_at=now if actor is Actor.SWEEP else next_look(now, now),
    )


def _look_soon(number: str, now: datetime) -> None:
    with transaction() as session:
        order = queries.locked(session, number)
        if order is not None and order.state is State.INVOICING:
            order.look_at = now


def _take_back(number: str, now: datetime, *, reason: str) -> None:
    """The provider has no such order: give the seats back and make it a draft again."""
    with transaction() as session:
        order = queries.locked(session, number)
        if order is not None and allows(order.state, Move.RETURN_TO_DRAFT):
            _return_to_draft(session, order, now, reason=reason)


def _return_to_draft(
    session: Session, order: Order, now: datetime, *, reason: str, **values: Any
) -> None:
    holds.release(session, order.visits)
    make(
        session,
        order,
        Move.RETURN_TO_DRAFT,
        actor=Actor.PROVIDER,
        now=now,
        detail={"reason": reason},
        look_at=None,
        deadline=None,
        **values,
    )


def customer_of(order: Order) -> Customer:
    """Who pays, as far as we know; the rest the payment page asks for."""
    return Customer(
        name=order.contact_name or None,
        email=order.contact_email or None,
        phone=order.contact_phone or None,
    )


def _new_order(order: Order, addresses: Addresses) -> NewOrder:
    assert order.deadline is not None, "a confirmed order has a deadline"  # noqa: S101
    language = cast("Literal['ru', 'en']", order.locale)
    titles = "; ".join(title_of(visit).model_dump()[language] for visit in order.visits)
    return NewOrder(
        merchant_order_id=order.invoice_number,
        description=shorten(titles, _DESCRIPTION_LIMIT),
        lines=tuple(to_wire(line) for line in order.lines),
        expires_at=order.deadline,
        customer=customer_of(order),
        language=language,
        order_container_id=order.container_id,
        shop_id=order.shop_id,
        notification_url=addresses.notification,
        success_url=addresses.success,
        fail_url=addresses.fail,
        return_url=addresses.back,
    )
