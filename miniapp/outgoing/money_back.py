"""A planned refund is made true at the provider, by the way that is open for it then.

What the provider has only blocked is reversed as a whole, or released by the last shipment; what
it has charged is refunded, and a fee that stays is charged by a correction order
(Invoicebox API reference, sections 6.11 and 10). Nothing is repeated blindly: every attempt
begins with a look at what the provider has, by the numbers of the refund and of the correction.
"""

from datetime import datetime, timedelta

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import Duplicate, ProviderError, Refused
from miniapp.invoicebox.wire import (
    NewCorrection,
    NewRefund,
    OrderStatus,
    RefundLine,
    RefundStatus,
)
from miniapp.orders import closing, returning
from miniapp.orders.models import Refund
from miniapp.orders.returning import Return, Way
from miniapp.outgoing.errors import NeverDelivered, NotYet, ServiceDown, TryLater
from miniapp.outgoing.world import World

_NO_MONEY_THERE = {OrderStatus.CANCELED, OrderStatus.EXPIRED}
# How soon to look again whether the blocked money was charged meanwhile.
_UNTIL_CHARGED = timedelta(minutes=30)


class _NeedsHuman(Exception):
    """The provider has something that we have not asked for."""


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """See that the buyer gets the money of one refund, and say by which way."""
    number = claimed.payload["refund"]
    planned = returning.begin(number=number)
    if planned is None:
        return "not needed"
    outside_transaction()
    try:
        way = _give_back(planned, world.merchant, now)
    except Duplicate:
        raise TryLater("the provider has it already") from None
    except (Refused, _NeedsHuman) as obstacle:
        reason = obstacle.code if isinstance(obstacle, Refused) else str(obstacle)
        closing.get_stuck(Refund, number=number, reason=reason, now=now)
        raise NeverDelivered(f"needs a human: {reason}") from None
    except ProviderError as failure:
        raise ServiceDown(str(failure)) from None
    returning.settle(number=number, way=way, now=now)
    return way


def _give_back(planned: Return, merchant: Merchant, now: datetime) -> Way:
    """By a reversal where that is still possible, else by a refund of what was charged."""
    found = merchant.order(planned.provider_id)
    if found is None:
        raise TryLater("the provider does not find its order")
    if found.status in _NO_MONEY_THERE:
        return Way.REVERSED
    is_blocked = found.status is not OrderStatus.COMPLETED
    if (
        planned.nothing_stays
        and (is_blocked or planned.was_impossible)
        and _is_reversed(planned.provider_id, merchant)
    ):
        return Way.REVERSED
    if is_blocked:
        raise NotYet("the money is still blocked", until=now + _UNTIL_CHARGED)
    return _refund(planned, merchant, now)


def _is_reversed(provider_id: str, merchant: Merchant) -> bool:
    """Whether cancelling gave the money back; a refusal means that only a refund can."""
    try:
        return merchant.cancel_order(provider_id).status is OrderStatus.CANCELED
    except Refused:
        return False


def _refund(planned: Return, merchant: Merchant, now: datetime) -> Way:
    refund = merchant.find_refund(planned.number)
    if refund is None:
        if not _is_charged(planned, merchant):
            return Way.UNBLOCKED
        refund = merchant.create_refund(
            NewRefund(
                number=planned.number,
                order_id=planned.provider_id,
                lines=tuple(RefundLine.whole(line) for line in planned.lines),
                description=planned.order_number,
                draft=planned.fee is not None,
            )
        )
    if refund.status is RefundStatus.CANCELED:
        raise _NeedsHuman("the refund was cancelled there")
    if planned.fee is not None:
        _withhold(planned, refund.id, merchant, now)
    return Way.REFUNDED


def _withhold(planned: Return, refund_id: str, merchant: Merchant, now: datetime) -> None:
    """Have the fee charged, and see that the rest goes out: a draft pays nothing."""
    if merchant.find_order(planned.correction_number) is None:
        merchant.create_correction(NewCorrection(refund_id, planned.correction(now=now)))
    refund = merchant.refund(refund_id)
    if refund is None or refund.status is RefundStatus.DRAFT:
        raise TryLater("the refund is still a draft")


def _is_charged(planned: Return, merchant: Merchant) -> bool:
    """Whether the lines were charged: the last shipment releases what it leaves over."""
    left = merchant.refundable_lines(planned.provider_id)
    if left is None:
        return True
    available = {line.sku: line.amount for line in left}
    return any(available.get(line.sku) for line in planned.lines)
