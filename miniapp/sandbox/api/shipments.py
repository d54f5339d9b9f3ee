"""Shipments: what was rendered, and the charge of a hold (section 9)."""

from typing import Any

from flask import Blueprint, Response

from miniapp.sandbox import basket, wire
from miniapp.sandbox.api.envelope import one, read_body, several
from miniapp.sandbox.api.orders import own_order
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Shipment

shipments = Blueprint("shipments", __name__)

SHIPMENT_KEYS = {
    "id": "number",
    "orderId": "text",
    "merchantId": "text",
    "documentNumber": "text",
    "documentDate": "text",
    "status": "text",
    "amount": "number",
    "createdAt": "moment",
}


@shipments.post("/billing/api/order/shipment")
def create_shipment() -> Response:
    """Ship lines of an order; the shop hears of it when a hold is charged by it."""
    request = Fields(read_body(), faults=[])
    order_id = request.text("orderId", limit=36, required=True)
    request.text("documentNumber", limit=36)
    request.day("documentDate")
    final = request.flag("final") is True
    claims = basket.read_claims(request)
    if request.faults:
        raise wrong_values(request.faults)
    order = own_order(order_id)
    state = room().state
    shipment, charged = state.shipments.add(
        order.id,
        basket.checked(claims),
        final=final,
        wire=request.kept,
        now=room().clock(),
    )
    if charged is not None:
        room().notifier.notify(charged)
    return one(_answer(shipment))


# Two clients of the provider look for the list at two addresses (D5).
@shipments.get("/billing/api/order/shipment")
@shipments.get("/filter/api/order/shipment")
def list_shipments() -> Response:
    """The shipments, oldest first unless asked otherwise."""
    return several(map(_answer, room().state.shipments.all()), keys=SHIPMENT_KEYS)


def _answer(shipment: Shipment) -> dict[str, Any]:
    return {
        "documentNumber": None,
        "documentDate": None,
        **shipment.wire,
        "id": shipment.id,
        "orderId": shipment.order_id,
        "merchantId": shipment.merchant_id,
        "basketItems": [line.wire for line in shipment.lines],
        "status": shipment.status,
        "type": "shipment",
        "final": shipment.final,
        "amount": wire.money(shipment.amount),
        "vatAmount": wire.money(shipment.vat_amount),
        "createdAt": wire.atom(shipment.created_at),
    }
