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
from miniapp.orders import asking, ledger, queries, redemption
from miniapp.orders.ledger import Account
from miniapp.orders.models import Order, State

log = structlog.get_logger()

_OPEN = (State.INVOICING, State.AWAITING_PAYMENT, State.HELD)


@dataclass(frozen=True)
class Looked:
    """An order's state before and after the provider was asked; ``after`` None: asking failed."""

    number: str
    before: State
    after: State | None


def sweep(*, merchant: Merchant, now: datetime) -> bool:
    """Ask about the order whose time came first, settle for those who did not come, count.

    False when there was nothing to do. One question at a time: with a silent provider it takes
    longer than an order is leased for.
    """
    due = asking.due(now=now, limit=1)
    for number, _ in due:
        _ask_safely(number, merchant, now)
    missed = [_miss_safely(number, now) for number in redemption.missed(now=now)]
    if ledger.is_due(now=now):
        check_ledger(now=now)
    return bool(due) or any(missed)


def check_ledger(*, now: datetime) -> list[Account]:
    """The orders whose money does not add up; each is an alarm with what happened to it."""
    wrong = ledger.check(now=now)
    for account in wrong:
        events = queries.by_number(account.number).events
        log.error(
            "ledger.difference",
            order=account.number,
            kopecks=account.difference,
            history=[f"{event.at:%Y-%m-%d %H:%M:%S} {event.what}" for event in events],
        )
    return wrong


def reconcile(*, merchant: Merchant, now: datetime) -> Iterator[Looked]:
    """Ask about every open order now, whenever its time would come."""
    rows = reading().execute(
        sa.select(Order.number, Order.state).where(Order.state.in_(_OPEN)).order_by(Order.id)
    )
    for number, state in rows.all():
        asked = _ask_safely(number, merchant, now)
        yield Looked(number, state, _state(number) if asked else None)


def _ask_safely(number: str, merchant: Merchant, now: datetime) -> bool:
    """Whether asking about one order went well; the others are asked about in any case."""
    try:
        asking.ask(number=number, merchant=merchant, now=now)
    except Exception:
        log.exception("sweep.failed", order=number)
        return False
    return True


def _miss_safely(number: str, now: datetime) -> bool:
    """Whether settling for those who did not come went well; the others' turn comes anyhow."""
    try:
        redemption.miss(number=number, now=now)
    except Exception:
        log.exception("sweep.failed", order=number)
        return False
    return True


def _state(number: str) -> State | None:
    return reading().scalar(sa.select(Order.state).where(Order.number == number))
