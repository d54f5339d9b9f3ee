"""Asking the provider about an order: when, what, and what follows.

A notification may be lost and an answer may never have come, so every order about which
something is open has a moment at which it is looked at. What the provider says goes through
``payment.apply`` like a notification does.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import outside_transaction, transaction
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import ProviderError
from miniapp.invoicebox.wire import OrderStatus, ProviderOrder
from miniapp.orders import cancelling, invoicing, payment, queries
from miniapp.orders.invoicing import next_look
from miniapp.orders.lifecycle import Actor, Move
from miniapp.orders.models import Order, State
from miniapp.orders.payment import SECURED, SERVING, Evidence

log = structlog.get_logger()

# How long a sweep has an order to itself.
_LEASE = timedelta(minutes=1)


def due(*, now: datetime, limit: int = 20) -> list[tuple[str, State]]:
    """Take the orders the provider must be asked about now; another sweep skips them a while."""
    with transaction() as session:
        orders = session.scalars(
            sa.select(Order)
            .where(Order.look_at <= now)
            .order_by(Order.look_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Order)
        ).all()
        for order in orders:
            order.look_at = now + _LEASE
        return [(order.number, order.state) for order in orders]


def ask(*, number: str, merchant: Merchant, now: datetime) -> None:
    """Ask the provider what became of an order and do what its state calls for.

    A provider that does not answer is asked again later; nothing is raised for it.
    """
    order = queries.by_number(number)
    provider_id, invoice_number = order.provider_id, order.invoice_number
    is_unwanted = order.state is State.AWAITING_PAYMENT and order.cancel_asked_at is not None
    if provider_id is None:
        invoicing.look_up(number=number, merchant=merchant, now=now)
        return
    if is_unwanted:
        cancelling.cancel_there(number=number, provider_id=provider_id, merchant=merchant, now=now)
    _ask_status(number, provider_id, invoice_number, merchant, now)


def _ask_status(
    number: str, provider_id: str, invoice_number: str, merchant: Merchant, now: datetime
) -> None:
    outside_transaction()
    try:
        found = merchant.order(provider_id)
    except ProviderError as fault:
        log.warning("order.ask_failed", order=number, reason=str(fault))
        return
    if found is not None and found.status is not OrderStatus.CREATED:
        evidence = Evidence(found.id, invoice_number, found.status, found.amount, found.currency)
        payment.apply(evidence, actor=Actor.SWEEP, now=now)
    with transaction() as session:
        order = queries.locked(session, number)
        if order is not None:
            _plan_next_look(session, order, found, now)


def _plan_next_look(
    session: Session, order: Order, found: ProviderOrder | None, now: datetime
) -> None:
    if order.state in SERVING:
        order.look_at = payment.last_look(order, now)
        return
    if order.state is not State.AWAITING_PAYMENT:
        order.look_at = None
        return
    assert order.deadline is not None, "an invoiced order has a deadline"  # noqa: S101
    asked_from = order.confirmed_at or order.created_at
    if found is not None and found.status in SECURED:
        # Money that does not count yet, or not for this order: ask on, never let it expire.
        order.look_at = next_look(asked_from, now)
    elif now >= order.deadline:
        payment.let_go(session, order, Move.EXPIRE, Actor.SWEEP, now)
        if found is not None:
            # It is still open there, by another clock or another deadline, and nobody asks again.
            invoicing.plan_cancellation(session, order, found.id, now)
    else:
        order.look_at = min(next_look(asked_from, now), order.deadline)
