"""The hosts without an invoice: the Invoicebox app with its WebView, and a page with a frame.

Here the mini-app's order is the main one (mini-app protocol, section 1); what differs is who
gives the height, and what happens on ``checkout``.
"""

import uuid
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request

from miniapp.base import i18n
from miniapp.sandbox.hosts import FRAME_HEIGHT
from miniapp.sandbox.room import room
from miniapp.sandbox.visit import (
    RESULTS,
    is_on,
    one_of,
    order_data,
    read_visit,
    script_data,
)

order_hosts = Blueprint("order_hosts", __name__)

TRANSPORTS = ("object", "string")
TARGETS = ("window", "document")
ORIGINS = ("own", "empty")


@order_hosts.get("/app")
def app() -> str:
    """A phone with the Invoicebox app, in which the mini-app is open in a WebView."""
    visit = read_visit()
    webview = room().webviews.open(visit.origin)
    # The order may end on a page of the mini-app itself, opened by the payment page.
    g.frame_origin = f"'self' {webview} {visit.origin}"
    data = script_data(visit, str(uuid.uuid4()), order_data(visit, full_height=True))
    data |= {
        "webview": webview,
        "miniapp": f"{webview}{visit.address}",
        "transport": one_of("transport", TRANSPORTS),
        "target": one_of("target", TARGETS),
        "sender": one_of("origin", ORIGINS),
        "result": _result(),
        "checkout": visit.protocol >= 2 or is_on("checkout"),
        "payments": f"{room().settings.public_url}/order/",
        "view": urlencode({"view": "app", "lang": i18n.locale()}),
    }
    return render_template(
        "sandbox/app.html",
        script_data=data,
        visit=visit,
        results={"": i18n.gettext("as it was"), **{word: word for word in RESULTS}},
    )


def _result() -> str | None:
    """The word that the app will say after a payment, None for the true one."""
    asked = request.args.get("result")
    return asked if asked in RESULTS else None


@order_hosts.get("/showcase")
def showcase() -> str:
    """A page of a marketplace with the mini-app in an ordinary frame."""
    visit = read_visit()
    g.frame_origin = visit.origin
    data = script_data(visit, str(uuid.uuid4()), order_data(visit, full_height=False))
    data["checkout"] = visit.protocol >= 2 or is_on("checkout")
    number = data["init"]["public"].get("shopId")
    shop = next((shop for shop in room().state.shops() if shop.id == number), None)
    return render_template(
        "sandbox/showcase.html", script_data=data, frame_height=FRAME_HEIGHT, shop=shop
    )
