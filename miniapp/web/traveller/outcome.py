"""5 Paid or not: what the buyer sees after the confirmation.

The page asks our own server and nobody else; an address the provider sent the buyer to is a
hint at most. "Not known yet" is an answer of its own and ends in the truth.
"""

from flask import Response, url_for

from miniapp.base import htmx
from miniapp.orders.models import Order, State
from miniapp.web import language
from miniapp.web.traveller import door, facts, links, private

_SCREENS = {
    State.INVOICING: "paying",
    State.AWAITING_PAYMENT: "paying",
    State.HELD: "success",
    State.PAID: "success",
    State.EXPIRED: "fail",
    State.CANCELLED: "fail",
    State.UNDELIVERABLE: "fail",
}


@door.get("/back/<token>/<any(success, fail, return):how>")
def back(token: str, how: str) -> Response:
    """Where the payment page sends the buyer: shows the state, changes nothing."""
    order = links.opened(token, links.RETURN)
    language.speak(order.locale)
    return show(order, token=None, returned=how)


def _again(order: Order, token: str | None) -> str:
    """To choose anew: for the buyer with all that was typed, else the lounge and the flight."""
    if token:
        return url_for("traveller.change", token=token)
    visit = order.visits[0]
    return links.lounge_for(visit.lounge.slug, facts.of_visit(visit))


def show(order: Order, *, token: str | None, returned: str | None = None) -> Response:
    """The screen of a confirmed order; ``returned`` says that the buyer was at the payment."""
    screen = _SCREENS.get(order.state, "fail")
    vouchers = [
        links.voucher_page(visit.voucher)
        for visit in order.visits
        if visit.voucher is not None and visit.voucher.voided_at is None
    ]
    return private(
        htmx.page(
            f"traveller/{screen}.html",
            order=order,
            token=token,
            returned=returned,
            vouchers=vouchers,
            again=_again(order, token),
        )
    )
