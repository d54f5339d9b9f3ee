"""Letters about an order: two templates, a subject and a text, in the order's language."""

from typing import Any

from miniapp.base import i18n
from miniapp.orders.models import Order
from miniapp.outgoing.mailer import Letter
from miniapp.outgoing.world import World


def compose(name: str, *, order: Order, world: World, key: str, **values: object) -> Letter:
    """The letter ``mail/<name>.txt``; ``key`` names it over all attempts."""

    def write(template: str) -> str:
        text: Any = world.templates.get_template(f"mail/{template}.txt")
        return str(text.render(order=order, **values))

    with i18n.speaking(i18n.product()[order.locale]):
        return Letter(
            key=key,
            to=order.contact_email,
            reply_to=order.operator.support_email,
            subject=write(f"{name}_subject"),
            text=write(name),
            locale=order.locale,
        )


def order_page(order: Order, *, world: World) -> str:
    """The address of the buyer's own page, with which an order is seen and changed."""
    token = world.signer.token(
        purpose="manage", subject=order.number, generation=order.link_generation
    )
    return f"{world.public_url}/orders/{token}"
