"""The provider's signed webhook: bytes first, then the sense.

The answer is always HTTP 200 with JSON (Invoicebox API reference, section 15.3). Only the
signature, row 1 of the decision table of section 15.4, is judged here, before anything is
parsed; nobody's word is neither kept nor long talked about. The other rows are judged in
``orders.receiving``. Nothing outside is called while the provider waits.
"""

import structlog
from flask import Blueprint, Response, jsonify, request

from miniapp.base import clock
from miniapp.invoicebox import signature
from miniapp.orders import receiving
from miniapp.orders.archive import Received
from miniapp.orders.payment import Answer
from miniapp.web import house

door = Blueprint("notifications", __name__)
log = structlog.get_logger()

# So many wrong signatures within the limiter's window get a line in the log.
_TOLD = 5


@door.post("/invoicebox/notification")
def receive() -> Response:
    """Check the signature, act, answer."""
    at, raw = clock.now(), request.get_data(cache=False)
    header, algorithm = request.headers.get("X-Signature"), house().signature_algorithm
    if not signature.verify(raw, header, house().notification_keys, algorithm):  # row 1
        return _refuse(header)
    answer = receiving.receive(
        Received(raw, (header or "").strip(), algorithm, at),
        merchant_id=house().merchant.merchant_id,
        sealer=house().sealer,
        clock=clock.now,
    )
    return _told(answer)


@door.errorhandler(Exception)
def fail(fault: Exception) -> Response:
    """A fault of ours: say so in the provider's words, for only then does it come again."""
    log.exception("notification.failed", exc_info=fault)
    return _told(Answer.OUT_OF_SERVICE)


def _refuse(header: str | None) -> Response:
    if house().wrong_signatures.count(most=_TOLD) == 0:
        log.warning("notification.wrong_signature", signed=header is not None)
    return _told(Answer.SIGNATURE_ERROR)


def _told(answer: Answer) -> Response:
    if answer is Answer.SUCCESS:
        return jsonify(status="success")
    return jsonify(status="error", code=answer, message=answer)
