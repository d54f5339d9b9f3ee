"""The letter that says what came back, what was withheld and why."""

from datetime import datetime

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.orders import queries
from miniapp.outgoing import letters
from miniapp.outgoing.world import World


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """Send the letter, unless the buyer left no address."""
    number = claimed.payload["refund"]
    order = queries.by_number(queries.order_number(number))
    if not order.contact_email:
        return "no address"
    refund = next(refund for refund in order.refunds if refund.number == number)
    page = letters.order_page(order, world=world)
    letter = letters.compose(
        "refund", order=order, world=world, key=claimed.key, refund=refund, page=page
    )
    outside_transaction()
    world.mailer.send(letter, now=now)
    return "sent"
