"""Orders: created, read, changed, cancelled (sections 6.1 and 6.7 to 6.11)."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from miniapp.sandbox import wire
from miniapp.sandbox.api.envelope import one, read_body, several
from miniapp.sandbox.api.order_request import read_order, read_update
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, Refusal, not_found, wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Draft, Order

orders = Blueprint("orders", __name__)

ORDER_KEYS = {
    "id": "text",
    "parentId": "text",
    "merchantOrderId": "text",
    "merchantOrderIdVisible": "text",
    "merchantId": "text",
    "orderContainerId": "text",
    "shopId": "text",
    "status": "text",
    "subtype": "text",
    "description": "text",
    "currencyId": "text",
    "languageId": "text",
    "amount": "number",
    "vatAmount": "number",
    "createdAt": "moment",
    "paidAt": "moment",
    "expirationDate": "moment",
}
# The page about the status of a record spells one of them in its own way (D12).
STATUSES = {
    name: name for name in ("draft", "created", "hold", "completed", "expired", "canceled")
} | {"cancelled": "canceled"}


@orders.post("/billing/api/order/order")
def create_order() -> Response:
    """Create an order, in a container of its own or in the open one it names.

    With ``parentId`` it is the correction order of a draft refund.
    """
    now = room().clock()
    draft = read_order(read_body(), now=now)
    return one(order_answer(_place(draft, now=now)))


@orders.post("/billing/api/order/correction-order")
def create_correction() -> Response:
    """Withhold a fee from the draft refund named by ``parentId`` (section 10)."""
    now = room().clock()
    draft = read_order(read_body(), now=now)
    if not draft.text("parentId"):
        raise wrong_values([Fault("parentId", "required", "The field is required")])
    return one(order_answer(_place(draft, now=now)))


def _place(draft: Draft, *, now: datetime) -> Order:
    if not draft.text("parentId"):
        return room().state.place(draft, now=now)
    return room().state.refunds.correct(draft, now=now, takes=refund_time())


def refund_time() -> timedelta:
    """How long money takes on its way back, in this sandbox."""
    return timedelta(seconds=room().settings.refund_seconds)


@orders.get("/billing/api/order/order/<order_id>")
def get_order(order_id: str) -> Response:
    """One order."""
    return one(order_answer(own_order(order_id)))


@orders.get("/filter/api/order/order")
def list_orders() -> Response:
    """The orders, oldest first unless asked otherwise."""
    own = (order for order in room().state.orders() if not order.draft.of_host)
    return several(map(order_answer, own), keys=ORDER_KEYS)


@orders.put("/billing/api/order/order/<order_id>")
def update_order(order_id: str) -> Response:
    """Change an order before it is paid."""
    now, body = room().clock(), read_body()
    order = own_order(order_id)
    changed = room().state.update(order.id, lambda draft: read_update(body, draft, now=now))
    return one(order_answer(changed))


@orders.delete("/billing/api/order/order/<order_id>")
def cancel_order(order_id: str) -> Response:
    """Cancel or reverse an order; the others of its container stay."""
    return one(order_answer(room().state.revoke(own_order(order_id).id)))


@orders.put("/billing/api/order/<order_id>/status")
def set_status(order_id: str) -> Response:
    """Write down what became of an order that is only a record (section 6.9)."""
    request = Fields(read_body(), faults=[])
    status = request.one_of("status", STATUSES, required=True)
    if request.faults:
        raise wrong_values(request.faults)
    order = own_order(order_id)
    changed = room().state.set_status(order.id, STATUSES[status], now=room().clock())
    return one(order_answer(changed))


def own_order(order_id: str) -> Order:
    """An order that the caller may touch; Refusal for an unknown or a foreign one.

    Every token opens the same account; only the carriers' orders belong to somebody else.
    """
    order = room().state.order(order_id)
    if order is None:
        raise not_found("Order")
    if order.draft.of_host:
        raise Refusal(403, "forbidden", "The order belongs to another account")
    return order


def order_answer(order: Order) -> dict[str, Any]:
    """An order as the API shows it."""
    return wire.order_answer(order, public_url=room().settings.public_url)
