"""Before payment the buyer may cancel an order, or have more time to pay it.

Both are the provider's to do first: as long as its order is open, somebody may pay it. The wish
is kept, the provider is asked, and what it says decides; when its answer is lost, the sweep asks
what became of it (``orders.asking``) and asks again, so the screen ends in the truth.
"""

from datetime import datetime

import structlog

from miniapp.base.db import outside_transaction, transaction
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import OutcomeUnknown, ProviderError, Refused
from miniapp.invoicebox.wire import OrderChange, OrderStatus, ProviderOrder
from miniapp.orders import payment, placing, queries
from miniapp.orders.errors import NotPayable, OrderNotFound, ProviderRefused, ProviderUnavailable
from miniapp.orders.lifecycle import Actor, note
from miniapp.orders.models import State
from miniapp.orders.payment import Evidence

log = structlog.get_logger()

_OPEN = {OrderStatus.DRAFT, OrderStatus.CREATED}


def cancel(*, number: str, merchant: Merchant, actor: Actor, now: datetime) -> None:
    """Cancel an unpaid order at the provider and here.

    Afterwards it is cancelled, or paid when the money was faster, or still awaits payment while
    the provider's answer is looked for. Raises OrderNotFound, NotPayable.
    """
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None:
            raise OrderNotFound
        if order.state is not State.AWAITING_PAYMENT or order.provider_id is None:
            raise NotPayable
        if order.cancel_asked_at is None:
            order.cancel_asked_at = now
            note(session, order, what="ask to cancel", actor=actor, now=now)
        order.look_at = now
        provider_id = order.provider_id
    cancel_there(number=number, provider_id=provider_id, merchant=merchant, now=now)


def cancel_there(*, number: str, provider_id: str, merchant: Merchant, now: datetime) -> bool:
    """See that the provider's order cannot be paid any more; apply what it says of it.

    False when it does not answer: the caller tries again later. Looks first, for an earlier
    attempt may have done it.
    """
    outside_transaction()
    try:
        found = merchant.order(provider_id)
        if found is not None and found.status in _OPEN:
            found = _cancelled(provider_id, merchant)
    except ProviderError as fault:
        log.warning("cancel.unanswered", order=number, reason=str(fault))
        return False
    if found is None:
        return True
    evidence = Evidence(
        found.id, found.merchant_order_id, found.status, found.amount, found.currency
    )
    payment.apply(evidence, actor=Actor.PROVIDER, now=now)
    return found.status not in _OPEN


def _cancelled(provider_id: str, merchant: Merchant) -> ProviderOrder | None:
    """The order after cancelling it; when that is refused, as it has become meanwhile."""
    try:
        return merchant.cancel_order(provider_id)
    except Refused:
        return merchant.order(provider_id)


def extend(*, number: str, merchant: Merchant, now: datetime) -> datetime:
    """Give the buyer the longest time to pay that seats and flight allow; returns the deadline.

    Raises OrderNotFound, NotPayable, ProviderRefused, ProviderUnavailable. When the provider's
    answer is lost, its order is read to see which deadline it has.
    """
    order = queries.by_number(number)
    if order.state is not State.AWAITING_PAYMENT or order.provider_id is None:
        raise NotPayable
    provider_id, wanted = order.provider_id, placing.deadline_of(order, now)
    if order.deadline is not None and wanted <= order.deadline:
        return order.deadline
    outside_transaction()
    try:
        try:
            answer: ProviderOrder | None = merchant.update_order(
                provider_id, OrderChange(expires_at=wanted)
            )
        except OutcomeUnknown:
            answer = merchant.order(provider_id)
    except Refused as refusal:
        raise ProviderRefused from refusal
    except ProviderError as fault:
        raise ProviderUnavailable from fault
    if answer is None or answer.expires_at != wanted:
        raise ProviderUnavailable
    with transaction() as session:
        extended = queries.locked(session, number)
        if extended is None or extended.state is not State.AWAITING_PAYMENT:
            raise NotPayable
        extended.deadline = wanted
        detail = {"deadline": wanted.isoformat()}
        note(session, extended, what="extend", actor=Actor.BUYER, now=now, detail=detail)
    return wanted
