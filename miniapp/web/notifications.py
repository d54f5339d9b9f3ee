"""The provider's signed webhook: bytes first, then the sense.

The answer is always HTTP 200 with JSON (Invoicebox API reference, section 15.3); the rows of
the decision table of section 15.4 that need no order are decided here, the others in
``orders.payment``. Nothing outside is called while the provider waits.
"""

import structlog
from flask import Blueprint, Response, jsonify, request

from miniapp.base import clock
from miniapp.invoicebox import signature
from miniapp.invoicebox.wire import MalformedNotification, Notification, parse_notification
from miniapp.orders import payment
from miniapp.orders.lifecycle import Actor
from miniapp.orders.payment import Answer, Evidence
from miniapp.web import house

door = Blueprint("notifications", __name__)
log = structlog.get_logger()


@door.post("/invoicebox/notification")
def receive() -> Response:
    """Check, understand, apply, answer."""
    answer = _answer(request.get_data(cache=False))
    log.info("notification.answered", answer=answer)
    if answer is Answer.SUCCESS:
        return jsonify(status="success")
    return jsonify(status="error", code=answer, message=answer)


@door.errorhandler(Exception)
def fail(fault: Exception) -> Response:
    """A fault of ours: say so in the provider's words, for only then does it come again."""
    log.exception("notification.failed", exc_info=fault)
    return jsonify(status="error", code=Answer.OUT_OF_SERVICE, message=Answer.OUT_OF_SERVICE)


def _answer(raw: bytes) -> Answer:
    keys, algorithm = house().notification_keys, house().signature_algorithm
    if not signature.verify(raw, request.headers.get("X-Signature"), keys, algorithm):  # row 1
        return Answer.SIGNATURE_ERROR
    try:
        notification = parse_notification(raw)
    except MalformedNotification as fault:  # row 2
        log.warning("notification.malformed", reason=str(fault))
        return Answer.OUT_OF_SERVICE
    ours = notification.merchant_id.lower() == house().merchant.merchant_id.lower()
    if notification.is_probe:  # row 3
        return Answer.SUCCESS if ours else Answer.ORDER_NOT_FOUND
    if not ours or notification.merchant_order_id is None:  # row 4
        return Answer.ORDER_NOT_FOUND
    return payment.apply(
        _evidence(notification, notification.merchant_order_id),
        actor=Actor.PROVIDER,
        now=clock.now(),
    )


def _evidence(notification: Notification, number: str) -> Evidence:
    return Evidence(
        provider_id=notification.id,
        number=number,
        status=notification.status,
        amount=notification.amount,
        currency=notification.currency,
    )
