"""Paying by a guarantee without the payment page: ask, send a code, pay (section 12).

The reference does not say whom a guarantee is given to. Here every counterparty of the register
has one, up to a limit.
"""

from flask import Blueprint, Response

from miniapp.base import i18n
from miniapp.base.i18n import gettext
from miniapp.sandbox import registry
from miniapp.sandbox.api.envelope import one, read_body
from miniapp.sandbox.api.order_request import LANGUAGES, read_customer
from miniapp.sandbox.api.orders import own_order
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.languages import languages
from miniapp.sandbox.refusals import unprocessable, wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Order

confirmations = Blueprint("confirmations", __name__)

ACTION = "/billing/api/order/<order_id>/payment-method-action"
# Kopecks of all that is to pay together.
GUARANTEE_LIMIT = 50_000_000


@confirmations.post(f"{ACTION}/validate")
def validate(order_id: str) -> Response:
    """Whether the customer can pay this way."""
    order, request = own_order(order_id), _read_request()
    _finish_reading(request)
    if not order.payable:
        raise unprocessable("wrong_order_status", f"The order is {order.status}")
    return one({"result": _guarantee(order, request)})


@confirmations.post(f"{ACTION}/send-code")
def send_code(order_id: str) -> Response:
    """Send the customer the code to confirm with."""
    order, request = own_order(order_id), _read_request()
    _finish_reading(request)
    if not order.payable or _guarantee(order, request) != "available":
        return one({"result": "error", "resultData": None})
    sent = room().state.codes.send(order.id)
    result = "codeAlreadySent" if sent.repeated else "success"
    data = {"publicCode": sent.public_code, "leftAttempt": sent.attempts_left}
    return one({"result": result, "resultData": data})


@confirmations.post(f"{ACTION}/pay")
def pay(order_id: str) -> Response:
    """Pay all that is open in the order's container, and tell the shops."""
    order, request = own_order(order_id), _read_request()
    payment = request.record("customerPaymentData", required=True)
    public_code = payment.text("publicCode", limit=36, required=True)
    code = payment.text("code", limit=36, required=True)
    _finish_reading(request)
    result = _refusal(order, request) or room().state.codes.check(
        order.id, public_code=public_code, code=code
    )
    if result == "success":
        now = room().clock()
        room().pay(order.container_id, now=now, status="completed", instrument="guarantee")
        return one({"result": result, "type": "none", "resultData": None})
    with i18n.speaking(languages()[str(request.kept.get("languageId", "ru"))]):
        message = {"title": gettext("The order is not paid"), "message": _reason(result)}
    return one({"result": result, "type": "message", "resultData": {"message": message}})


def _read_request() -> Fields:
    request = Fields(read_body(), faults=[])
    request.identifier("paymentMethodId")
    request.one_of("languageId", LANGUAGES)
    read_customer(request, required=False)
    return request


def _finish_reading(request: Fields) -> None:
    if request.faults:
        raise wrong_values(request.faults)


def _refusal(order: Order, request: Fields) -> str:
    """Why the order cannot be paid this way, empty when it can."""
    if order.secured:
        return "alreadyPaid"
    guarantee = _guarantee(order, request)
    if guarantee == "notEnoughMoney":
        return guarantee
    return "" if order.payable and guarantee == "available" else "error"


def _guarantee(order: Order, request: Fields) -> str:
    """``available``, ``notRegistered`` or ``notEnoughMoney`` for the customer of the request."""
    customer = request.kept.get("customer") or order.draft.wire.get("customer", {})
    if registry.find(customer.get("vatNumber", "")) is None:
        return "notRegistered"
    waiting = [other for other in room().state.container(order.container_id) if other.payable]
    total = sum(other.draft.amount for other in waiting)
    return "available" if total <= GUARANTEE_LIMIT else "notEnoughMoney"


def _reason(result: str) -> str:
    """The result for the customer, in the language spoken."""
    reasons = {
        "alreadyPaid": gettext("It was paid before."),
        "wrongCode": gettext("The code is wrong. Check it and try again."),
        "limitReached": gettext("The code was wrong too often. Ask for a new one."),
        "notEnoughMoney": gettext("The limit is not enough for this sum."),
    }
    return reasons.get(result, gettext("Something went wrong"))
