"""5 Paid or not: what the buyer sees after the confirmation.

The page asks our own server and nobody else. What the host says of the payment, and the address
to which the provider sends the buyer back, are hints: they choose the words while the order
awaits its money, and never its state. "Not known yet" is an answer of its own and ends in the
truth.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from flask import Response, render_template, request, url_for

from miniapp.base import htmx
from miniapp.orders.models import Order, State
from miniapp.web import language
from miniapp.web.traveller import door, links, private, waiting


class Scene(StrEnum):
    """What there is to say about a confirmed order."""

    CHECKING = "checking"
    ADDED = "added"
    READY = "ready"
    WAITING = "waiting"
    HOLDING = "holding"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    CANCELLING = "cancelling"
    PAID = "paid"
    SERVED = "served"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    REFUNDED = "refunded"


_SCENES = {
    # The provider knew of it once, or the way back would lead nowhere: it has refused it since.
    State.DRAFT: Scene.CANCELLED,
    State.INVOICING: Scene.CHECKING,
    State.HELD: Scene.PAID,
    State.PAID: Scene.PAID,
    State.SERVED: Scene.SERVED,
    State.EXPIRED: Scene.EXPIRED,
    State.CANCELLED: Scene.CANCELLED,
    State.UNDELIVERABLE: Scene.UNDELIVERABLE,
    State.REFUNDING: Scene.REFUNDED,
    State.REFUNDED: Scene.REFUNDED,
}

# What the host's ``paymentResult`` (mini-app protocol, section 6) or the address of the way back
# suggests while the order awaits its money. Hosts of 2025 say "paid" for "completed".
_HINTS = {
    "completed": Scene.WAITING,
    "paid": Scene.WAITING,
    "pending": Scene.WAITING,
    "hold": Scene.HOLDING,
    "canceled": Scene.UNPAID,
    "expired": Scene.OVERDUE,
    "success": Scene.WAITING,
    "fail": Scene.UNPAID,
    "return": Scene.READY,
}
# Something was said that we do not know: ask our own server, and say that we do.
_UNKNOWN_HINT = Scene.WAITING

_SCREENS = dict.fromkeys(Scene, "fail") | {
    Scene.CHECKING: "paying",
    Scene.ADDED: "paying",
    Scene.READY: "paying",
    Scene.WAITING: "paying",
    Scene.HOLDING: "paying",
    Scene.CANCELLING: "paying",
    Scene.PAID: "success",
    Scene.SERVED: "success",
}

# An order that joined the host's invoice is paid there and by nobody else; the others may change
# while they are looked at.
_ASKING = {
    Scene.CHECKING,
    Scene.READY,
    Scene.WAITING,
    Scene.HOLDING,
    Scene.UNPAID,
    Scene.OVERDUE,
    Scene.CANCELLING,
}


@door.get("/back/<token>/<any(success, fail, return):how>")
def back(token: str, how: str) -> Response:
    """Where the payment page sends the buyer: shows the state, changes nothing."""
    order = links.opened(token, links.RETURN)
    language.speak(order.locale)
    here = partial(url_for, "traveller.back", token=token, how=how)
    return _answer(order, scene=_scene(order, how), here=here, token=None)


def show(order: Order, *, token: str, refusal: str | None = None) -> Response:
    """The screen of a confirmed order for its buyer, who may have brought a word of the host.

    ``refusal`` is the sentence for a wish that was not granted.
    """
    told = request.args.get("result", "")[:20] or None
    here = partial(url_for, "traveller.order_page", token=token, result=told)
    scene = _scene(order, told)
    return _answer(order, scene=scene, here=here, token=token, refusal=refusal)


def _scene(order: Order, hint: str | None) -> Scene:
    if order.state in _SCENES:
        return _SCENES[order.state]
    if order.cancel_asked_at is not None:
        return Scene.CANCELLING
    if order.container_id:
        return Scene.ADDED
    if not order.payment_url:
        return Scene.WAITING
    return _HINTS.get(hint, _UNKNOWN_HINT) if hint else Scene.READY


def _answer(
    order: Order,
    *,
    scene: Scene,
    here: Callable[..., str],
    token: str | None,
    refusal: str | None = None,
) -> Response:
    wait = waiting.read()
    asks = scene in _ASKING and wait.pause is not None
    context: dict[str, Any] = {
        "order": order,
        "token": token,
        "scene": scene,
        "wait": wait,
        "here": here(),
        "question": here(waited=wait.asked + 1, seen=scene) if asks else None,
    }
    if htmx.asked() and request.args.get("seen") == scene:
        return private(_no_news(context))
    return private(
        htmx.page(
            f"traveller/{_SCREENS[scene]}.html",
            status=409 if refusal else 200,
            refusal=refusal,
            vouchers=_voucher_pages(order),
            again=_again(order, token),
            alone=False,
            **context,
        )
    )


def _no_news(context: dict[str, Any]) -> Response:
    """The next question alone: whatever is read or pressed on the screen stays as it is."""
    response = Response(render_template("traveller/waiting.html", alone=True, **context))
    response.headers["HX-Retarget"] = "#question"
    return response


def _voucher_pages(order: Order) -> list[str]:
    return [
        links.voucher_page(visit.voucher)
        for visit in order.visits
        if visit.voucher is not None and visit.voucher.voided_at is None
    ]


def _again(order: Order, token: str | None) -> str:
    """To choose anew: for the buyer with all that was typed, else with all but names."""
    return url_for("traveller.change", token=token) if token else links.choice_of(order)
