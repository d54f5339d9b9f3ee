"""``paymentUrl``: the page of a container where everything in it is paid at once.

It works without script. What the buyer chose travels in the query: ``view=app`` inside the phone,
``control=1`` when the page waits for the shop's answer (section 15.5).
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from miniapp.base import i18n
from miniapp.sandbox import verdicts
from miniapp.sandbox.bill import PAID, Bill
from miniapp.sandbox.payer import (
    Payer,
    filled_in,
    locked_fields,
    payer_of,
    problems,
    read_payer,
)
from miniapp.sandbox.room import read_bill, room

payment_page = Blueprint("payment_page", __name__)

SECONDS_TO_RETURN = 5
# Section 15.5: so long the page waits for the shop.
SECONDS_FOR_ANSWER = 20
# Section 6.6: a bank transfer takes so long that it is offered only when there is so much time.
TIME_FOR_TRANSFER = timedelta(hours=24)
# What a way to pay makes of the orders, and with which instrument.
WAYS = {
    "card": ("completed", "card"),
    "hold": ("hold", "card"),
    "guarantee": ("completed", "guarantee"),
}
TRANSFER = "transfer"


@payment_page.get("/order/<container_id>")
def show(container_id: str) -> str:
    """All orders of the container, the sum, and the ways to pay; or how it ended."""
    bill = read_bill(container_id)
    return _form(bill, payer_of(bill.main.draft))


@payment_page.post("/order/<container_id>/pay")
def pay(container_id: str) -> Response | tuple[str, int]:
    """Pay in the chosen way, tell each shop in the background, and show the outcome.

    A form without a payer, as on the carriers' pages, pays as the shop has it.
    """
    bill = read_bill(container_id)
    way = request.form.get("way", "card")
    if way not in {*WAYS, TRANSFER}:
        abort(400)
    if "payer" in request.form:
        payer = filled_in(_read_payer(bill))
        faults = problems(payer)
        if faults:
            return _form(bill, payer, faults=faults, way=way), 422
        room().name_payer(container_id, payer)
    if way == TRANSFER:
        return _promise(bill)
    return _complete(bill, way)


def _promise(bill: Bill) -> Response:
    """Let the buyer take the invoice to the bank."""
    if not _transfer_possible(bill):
        abort(400)
    room().transfers.promise(bill.container_id)
    return _to(bill.container_id)


def _complete(bill: Bill, way: str) -> Response:
    status, instrument = WAYS[way]
    now = room().clock()
    room().pay(bill.container_id, now=now, status=status, instrument=instrument)
    if _controlled():
        until = int(now.timestamp()) + SECONDS_FOR_ANSWER
        return redirect(
            url_for(".wait", container_id=bill.container_id, until=until, **_kept()), code=303
        )
    return _to(bill.container_id, paid=1)


@payment_page.post("/order/<container_id>/money")
def receive_transfer(container_id: str) -> Response:
    """The bank transfer has come."""
    bill = read_bill(container_id)
    if room().transfers.awaited(container_id):
        room().pay(container_id, now=room().clock(), status="completed", instrument="invoice")
    return _to(bill.container_id, paid=1)


@payment_page.post("/order/<container_id>/payer")
def find_payer(container_id: str) -> str:
    """Fill in what the register knows of an INN."""
    bill = read_bill(container_id)
    payer = _read_payer(bill)
    found = filled_in(Payer(payer="company", inn=payer.inn, email=payer.email))
    missing = i18n.gettext("The register has no such INN; enter the name yourself")
    faults = {} if found.name else {"inn": problems(found).get("inn", missing)}
    return _form(bill, found if found.name else payer, faults=faults)


@payment_page.get("/order/<container_id>/wait")
def wait(container_id: str) -> Response | str:
    """The loader while the shop is asked whether it can serve; it looks again every second."""
    bill = read_bill(container_id)
    until = request.args.get("until", "")
    over = not until.isdecimal() or room().clock().timestamp() > int(until[:12])
    answered = verdicts.all_answered(bill)
    if not answered and not over:
        return render_template("sandbox/waiting.html", bill=bill)
    return _to(container_id, paid=1, late=None if answered else 1)


def _form(
    bill: Bill, payer: Payer, *, faults: dict[str, str] | None = None, way: str = "card"
) -> str:
    declined = verdicts.declined(bill) if "paid" in request.args else []
    outcome = "canceled" if declined else _outcome(bill)
    away = bill.address("failUrl" if declined else "successUrl")
    leaving = declined or outcome in PAID
    return render_template(
        "sandbox/order.html",
        bill=bill,
        outcome=outcome,
        declined=declined,
        away=away if leaving and not _in_app() else "",
        refusal_url=_refusal_url(bill),
        seconds_to_return=SECONDS_TO_RETURN if away and "paid" in request.args else 0,
        payer=payer,
        locked=locked_fields(bill.main.draft),
        faults=faults or {},
        way=way,
        transfer_possible=_transfer_possible(bill),
        control=_controlled(),
        kept=_kept(),
    )


def _refusal_url(bill: Bill) -> str:
    """Where the buyer goes who does not pay; the order stays until its time is over."""
    shop = bill.address("failUrl") or bill.address("returnUrl")
    if shop and not _in_app():
        return shop
    return url_for(".show", container_id=bill.container_id, refused=1, **_kept())


def _outcome(bill: Bill) -> str:
    """How it ended, in the words of ``paymentResult``; empty while the buyer may still pay."""
    if bill.outcome:
        return bill.outcome
    if room().transfers.awaited(bill.container_id) and "other" not in request.args:
        return "pending"
    return "canceled" if "refused" in request.args else ""


def _read_payer(bill: Bill) -> Payer:
    draft = bill.main.draft
    return read_payer(request.form, known=payer_of(draft), locked=locked_fields(draft))


def _transfer_possible(bill: Bill) -> bool:
    deadlines = [order.draft.expires_at for order in bill.counted if order.payable]
    return bool(deadlines) and min(deadlines) > room().clock() + TIME_FOR_TRANSFER


def _controlled() -> bool:
    """The page waits for the shops: switched on by the buyer's form, the query, or for good."""
    asked = request.form.get("control") or request.args.get("control")
    return asked == "1" or (asked is None and room().settings.shipment_control)


def _in_app() -> bool:
    return request.args.get("view") == "app"


def _kept() -> dict[str, Any]:
    """What every address of the page carries on."""
    kept = {"lang": i18n.locale()}
    return {**kept, "view": "app"} if _in_app() else kept


def _to(container_id: str, **query: Any) -> Response:
    return redirect(url_for(".show", container_id=container_id, **query, **_kept()), code=303)
