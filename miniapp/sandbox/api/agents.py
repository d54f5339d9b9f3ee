"""Orders between shops: moved to another one, or created by an agent for a seller (section 13)."""

import uuid
from dataclasses import replace

from flask import Blueprint, Response

from miniapp.sandbox import registry
from miniapp.sandbox.api.envelope import one, read_body
from miniapp.sandbox.api.order_request import KPP, read_order
from miniapp.sandbox.api.orders import order_answer, own_order
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, wrong_values
from miniapp.sandbox.room import room

agents = Blueprint("agents", __name__)


@agents.put("/billing/api/order/order-merchant-move")
def move_order() -> Response:
    """Hand an order to another shop; here every shop is of the type that may."""
    request = Fields(read_body(), faults=[])
    merchant_id = request.text("merchantId", limit=36, required=True)
    order_id = request.text("orderId", limit=36, required=True)
    if request.faults:
        raise wrong_values(request.faults)
    order = own_order(order_id)
    return one(order_answer(room().state.move_to_shop(order.id, merchant_id)))


@agents.post("/adapter/api/subagent/order")
def create_for_seller() -> Response:
    """Create an order for a seller out of the register; its shop is found by the INN."""
    now, body = room().clock(), read_body()
    request = Fields(body, faults=[])
    vat_number = _read_seller(request)
    draft = read_order({**body, "merchantId": shop_of(vat_number)}, now=now)
    draft = replace(draft, wire={**draft.wire, "seller": request.kept["seller"]})
    return one(order_answer(room().state.place(draft, now=now)))


def shop_of(vat_number: str) -> str:
    """The ``merchantId`` of the one shop that a seller has here."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, vat_number))


def _read_seller(request: Fields) -> str:
    """The INN of a seller who is in the register, with the KPP that belongs to it."""
    seller = request.record("seller", required=True)
    seller.one_of("type", ("counterparty",), required=True)
    seller.one_of("countryId", ("RUS",), required=True)
    vat_number = seller.text("vatNumber", limit=20, required=True, pattern=registry.INN)
    kpp = seller.text("taxRegistrationReasonCode", limit=9, pattern=KPP)
    if request.faults:
        raise wrong_values(request.faults)
    found = registry.find(vat_number)
    if found is None:
        raise wrong_values([Fault("seller.vatNumber", "wrong_value", "Unknown seller")])
    if kpp != (found["taxRegistrationReasonCode"] or ""):
        name = "seller.taxRegistrationReasonCode"
        raise wrong_values([Fault(name, "wrong_value", "Not the seller's")])
    return vat_number
