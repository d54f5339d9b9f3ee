"""3 Confirm and 4 invoice: one page of an order, which shows what its state calls for.

A draft is confirmed here. Confirming twice, reloading, or losing the network shows the state
the order has by then; it never makes a second order.
"""

from contextlib import suppress

from flask import Response, request, url_for

from miniapp.base import clock, htmx
from miniapp.orders import cancelling, invoicing, ladder, placing
from miniapp.orders.errors import AlreadyConfirmed, NotPayable, Refusal
from miniapp.orders.invoicing import Addresses
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import Order, State
from miniapp.web import errors, house, language
from miniapp.web.traveller import door, links, outcome, private


@door.get("/orders/<token>")
def order_page(token: str) -> Response:
    """The order as it stands: to be confirmed, on its way, or ended."""
    return _show(links.opened(token, links.MANAGE), token)


@door.post("/orders/<token>/confirm")
def confirm(token: str) -> Response:
    """Take the seats, create the order at the provider, show what came of it."""
    order = links.opened(token, links.MANAGE)
    number, generation = order.number, order.link_generation
    addresses = _addresses(order)
    try:
        placing.confirm(
            number=number,
            offer_agreed="consent_offer" in request.form,
            data_agreed="consent_personal_data" in request.form,
            now=clock.now(),
        )
        invoicing.issue(
            number=number, merchant=house().merchant, addresses=addresses, now=clock.now()
        )
    except AlreadyConfirmed:
        pass
    except Refusal as refusal:
        return _show(links.opened(token, links.MANAGE), token, refused=refusal)
    if htmx.asked():
        return _show(links.opened(token, links.MANAGE), token)
    page = url_for("traveller.order_page", token=links.manage(number, generation))
    return private(Response(status=303, headers={"Location": page}))


@door.post("/orders/<token>/change")
def reconsider(token: str) -> Response:
    """Give up an unpaid order, so that it cannot be paid beside the new one, and choose again."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    number, generation = order.number, order.link_generation
    with suppress(NotPayable):
        cancelling.cancel(
            number=number, merchant=house().merchant, actor=Actor.BUYER, now=clock.now()
        )
    form = url_for("traveller.change", token=links.manage(number, generation))
    return private(Response(status=303, headers={"Location": form}))


def _show(order: Order, token: str, refused: Refusal | None = None) -> Response:
    language.speak(order.locale)
    if order.state is not State.DRAFT:
        return outcome.show(order, token=token)
    status = errors.status_of(refused.code) if refused else 200
    return private(
        htmx.page(
            "traveller/confirm.html",
            status=status,
            order=order,
            token=token,
            ladder=[rung for rung in ladder.of_order(order) if rung.until > clock.now()],
            agreed=frozenset(request.form),
            refusal=errors.sentence(refused.code) if refused else None,
        )
    )


def _addresses(order: Order) -> Addresses:
    notification = links.public(url_for("notifications.receive"))
    if order.container_id:
        return Addresses(notification=notification)
    back = house().signer.token(
        purpose=links.RETURN, subject=order.number, generation=order.link_generation
    )
    ways = {
        how: links.public(url_for("traveller.back", token=back, how=how, id=None, lang=None))
        for how in ("success", "fail", "return")
    }
    return Addresses(
        notification=notification, success=ways["success"], fail=ways["fail"], back=ways["return"]
    )
