"""The letter for money that came when no seat was left: it goes back, and what else there is."""

from datetime import datetime

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.orders import queries
from miniapp.outgoing import letters
from miniapp.outgoing.world import World


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """Send the letter, unless the buyer left no address."""
    order = queries.by_number(claimed.payload["order"])
    if not order.contact_email:
        return "no address"
    page = letters.order_page(order, world=world)
    letter = letters.compose("sorry", order=order, world=world, key=claimed.key, page=page)
    outside_transaction()
    world.mailer.send(letter, now=now)
    return "sent"
