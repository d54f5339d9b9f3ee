"""Money for an order that can no longer be served goes back.

What the provider has only blocked, or not yet taken, is cancelled there. What it has taken needs
a refund, which a human makes at the provider's desk for now: the delivery is given up and says
so.
"""

from datetime import datetime

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.invoicebox.errors import ProviderError, Refused
from miniapp.invoicebox.wire import OrderStatus
from miniapp.orders import queries
from miniapp.outgoing.errors import NeverDelivered, ServiceDown, TryLater
from miniapp.outgoing.world import World

_NO_MONEY_THERE = {OrderStatus.CANCELED, OrderStatus.EXPIRED}


def send(claimed: Claimed, *, world: World, now: datetime) -> str:  # noqa: ARG001
    """See that the provider keeps no money for the order, and say how it came about."""
    order = queries.by_number(claimed.payload["order"])
    provider_id = order.provider_id
    outside_transaction()
    if provider_id is None:
        raise NeverDelivered("needs a refund by hand: the provider's order is not known")
    try:
        found = world.merchant.order(provider_id)
        if found is None:
            raise NeverDelivered("needs a refund by hand: the provider does not find its order")
        if found.status in _NO_MONEY_THERE:
            return f"already {found.status.value}"
        left = world.merchant.cancel_order(provider_id)
    except Refused as refusal:
        raise NeverDelivered(f"needs a refund by hand: {refusal.code}") from None
    except ProviderError as failure:
        raise ServiceDown(str(failure)) from None
    if left.status is not OrderStatus.CANCELED:
        raise TryLater(f"the provider's order is {left.status.value} after cancelling it")
    return "cancelled at the provider"
