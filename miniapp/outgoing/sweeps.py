"""Asking the provider about orders for which no word has come.

A notification may be lost and an answer may never have arrived, so every open order is looked at
again and again: soon after it was confirmed, then ever more rarely (``orders.invoicing``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from miniapp.base.db import reading
from miniapp.invoicebox.client import Merchant
from miniapp.orders import invoicing, payment
from miniapp.orders.models import Order, State

log = structlog.get_logger()

_OPEN = (State.INVOICING, State.AWAITING_PAYMENT)


@dataclass(frozen=True)
class Looked:
    """An order's state before and after the provider was asked; ``after`` None: asking failed."""

    number: str
    before: State
    after: State | None


def sweep(*, merchant: Merchant, now: datetime) -> bool:
    """Ask about the order whose time came first; False when there is none.

    One at a time: with a silent provider a question takes longer than an order is leased for.
    """
    due = payment.due(now=now, limit=1)
    for number, state in due:
        _ask_safely(number, state, merchant, now)
    return bool(due)


def reconcile(*, merchant: Merchant, now: datetime) -> Iterator[Looked]:
    """Ask about every open order now, whenever its time would come."""
    rows = reading().execute(
        sa.select(Order.number, Order.state).where(Order.state.in_(_OPEN)).order_by(Order.id)
    )
    for number, state in rows.all():
        asked = _ask_safely(number, state, merchant, now)
        yield Looked(number, state, _state(number) if asked else None)


def _ask_safely(number: str, state: State, merchant: Merchant, now: datetime) -> bool:
    """Whether asking about one order went well; the others are asked about in any case."""
    ask = invoicing.look_up if state is State.INVOICING else payment.ask
    try:
        ask(number=number, merchant=merchant, now=now)
    except Exception:
        log.exception("sweep.failed", order=number)
        return False
    return True


def _state(number: str) -> State | None:
    return reading().scalar(sa.select(Order.state).where(Order.number == number))
