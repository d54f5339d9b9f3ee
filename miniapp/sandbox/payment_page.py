"""``paymentUrl``: the page of a container where everything in it is paid at once."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from miniapp.base import i18n
from miniapp.sandbox.room import read_bill, room

payment_page = Blueprint("payment_page", __name__)

SECONDS_TO_RETURN = 5


@payment_page.get("/order/<container_id>")
def show(container_id: str) -> str:
    """All orders of the container, the sum, and the button; or that it is paid."""
    bill = read_bill(container_id)
    success_url = bill.address("successUrl") if bill.paid else ""
    return render_template(
        "sandbox/order.html",
        bill=bill,
        return_url=bill.address("returnUrl"),
        success_url=success_url,
        seconds_to_return=SECONDS_TO_RETURN if success_url and "paid" in request.args else 0,
    )


@payment_page.post("/order/<container_id>/pay")
def pay(container_id: str) -> Response:
    """Pay, tell each shop in the background, and show the outcome."""
    read_bill(container_id)
    room().pay(container_id, now=datetime.now(UTC))
    page = url_for(".show", container_id=container_id, paid=1, lang=i18n.locale())
    return redirect(page, code=303)
