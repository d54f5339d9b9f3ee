"""The letter with the voucher: all that opens the door of the lounge, in plain text.

Sent as soon as the money is secured, one letter for the order, in the order's language. It says
what the voucher page says, so that it serves in an airport without a network.
"""

from datetime import datetime

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.orders import queries
from miniapp.orders.models import Order, State, Visit, Voucher
from miniapp.orders.vouchers import spaced
from miniapp.outgoing import letters
from miniapp.outgoing.mailer import Letter
from miniapp.outgoing.world import World
from miniapp.papers.voucher_sheet import zone_of


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """Send the letter, unless the visit was cancelled meanwhile or nobody is to get one."""
    order = queries.by_number(claimed.payload["order"])
    if order.state not in {State.HELD, State.PAID} or not _valid(order):
        return "not needed"
    if not order.contact_email:
        return "no address"
    letter = compose(order, world=world, key=claimed.key)
    outside_transaction()
    world.mailer.send(letter, now=now)
    return "sent"


def compose(order: Order, *, world: World, key: str) -> Letter:
    """The letter in the order's language; ``key`` names it over all attempts."""
    valid = _valid(order)
    return letters.compose(
        "voucher",
        order=order,
        world=world,
        key=key,
        visits=[visit for visit, _ in valid],
        codes={visit.id: spaced(voucher.code) for visit, voucher in valid},
        links={visit.id: link_to(voucher, world=world) for visit, voucher in valid},
        zone_of=zone_of,
        page=letters.order_page(order, world=world),
    )


def link_to(voucher: Voucher, *, world: World) -> str:
    """The address of the voucher's page, read-only and the same in every letter."""
    token = world.signer.token(
        purpose="voucher", subject=voucher.code, generation=voucher.generation
    )
    return f"{world.public_url}/v/{token}"


def _valid(order: Order) -> list[tuple[Visit, Voucher]]:
    """The visits whose vouchers still open the door."""
    return [
        (visit, visit.voucher)
        for visit in order.visits
        if visit.voucher is not None and visit.voucher.voided_at is None
    ]
