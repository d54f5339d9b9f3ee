"""An order of the provider that nobody shall pay is cancelled there.

It was created for an attempt that we gave up or could not use. Should it be paid before that,
the payment is taken for what it is: late money (``orders.payment``).
"""

from datetime import datetime

from miniapp.base.outbox import Claimed
from miniapp.orders import cancelling
from miniapp.outgoing.errors import TryLater
from miniapp.outgoing.world import World


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """See that the order cannot be paid any more."""
    is_over = cancelling.cancel_there(
        number=claimed.payload["order"],
        provider_id=claimed.payload["provider_id"],
        merchant=world.merchant,
        now=now,
    )
    if not is_over:
        raise TryLater("the provider does not say that it is cancelled")
    return "cancelled at the provider"
