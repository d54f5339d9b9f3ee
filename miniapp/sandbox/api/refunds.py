"""Refunds: what may still be given back, and giving it (section 10)."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from miniapp.sandbox import basket, wire
from miniapp.sandbox.api.envelope import answer, one, read_body, several
from miniapp.sandbox.api.orders import own_order, refund_time
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Order, Refund, RefundClaim

refunds = Blueprint("refunds", __name__)

REFUND_KEYS = {
    "id": "text",
    "parentId": "text",
    "merchantId": "text",
    "merchantOrderId": "text",
    "status": "text",
    "currencyId": "text",
    "amount": "number",
    "createdAt": "moment",
}


@refunds.get("/billing/api/order/order/<order_id>/refund-basket-item")
def list_refundable(order_id: str) -> Response:
    """The lines of an order with the money that is left of each; none before it is paid."""
    order = own_order(order_id)
    return answer({"data": _left_of(order), "extendedData": []})


def _left_of(order: Order) -> list[dict[str, Any]]:
    left, left_vat = room().state.refunds.left(order)
    rows = []
    for line in order.draft.lines:
        # Lines of one sku share what is left of it.
        amount = min(line.total_amount, left[line.sku])
        vat = min(line.total_vat_amount, left_vat[line.sku])
        left[line.sku] -= amount
        left_vat[line.sku] -= vat
        sums = {"availableAmount": wire.money(amount), "availableVatAmount": wire.money(vat)}
        rows.append(line.wire | sums)
    return rows


@refunds.post("/billing/api/order/refund-order")
def create_refund() -> Response:
    """Give money of a paid order back."""
    now = room().clock()
    refund = room().state.refunds.add(_read_claim(), now=now, takes=refund_time())
    return one(_answer(refund, now=now))


def _read_claim() -> RefundClaim:
    """The refund asked for; whether so much is left is not yet checked."""
    request = Fields(read_body(), faults=[])
    order_id = request.text("parentId", limit=36, required=True)
    number = request.text("merchantOrderId", limit=100, required=True)
    description = request.text("description", limit=1000, required=True)
    amount, vat_amount = request.money("amount"), request.money("vatAmount")
    status = request.one_of("status", ("created", "draft"))
    claims = basket.read_claims(request)
    if request.kept.get("amount") == 0:
        request.fault("amount", message="More than nothing")
    if request.faults:
        raise wrong_values(request.faults)
    _, left_vat = room().state.refunds.left(own_order(order_id))
    lines = basket.checked(claims, left_vat=left_vat)
    basket.check_totals(lines, amount=amount, vat_amount=vat_amount)
    return RefundClaim(
        order_id=order_id,
        number=number,
        description=description,
        amount=amount,
        vat_amount=vat_amount,
        lines=lines,
        draft=status == "draft",
    )


@refunds.get("/filter/api/order/refund-order")
def list_refunds() -> Response:
    """The refunds, oldest first unless asked otherwise."""
    now = room().clock()
    found = room().state.refunds.all()
    return several((_answer(refund, now=now) for refund in found), keys=REFUND_KEYS)


def _answer(refund: Refund, *, now: datetime) -> dict[str, Any]:
    return {
        "id": refund.id,
        "parentId": refund.order_id,
        "merchantId": refund.merchant_id,
        "merchantOrderId": refund.number,
        "description": refund.description,
        "amount": wire.money(refund.amount),
        "vatAmount": wire.money(refund.vat_amount),
        "currencyId": refund.currency,
        "basketItems": [line.wire for line in refund.lines],
        "createdAt": wire.atom(refund.created_at),
        "status": refund.status(now=now),
    }
