"""The only place where a refusal becomes a status and a sentence."""

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from miniapp.base import htmx
from miniapp.base.i18n import gettext, marked
from miniapp.base.tokens import BadToken
from miniapp.catalogue.errors import PriceRefusal
from miniapp.orders.errors import Refusal

log = structlog.get_logger()

_SENTENCES: dict[str, tuple[int, str]] = {
    "order_not_found": (404, marked("There is no such order. Check the link in your letter.")),
    "lounge_not_found": (404, marked("There is no such lounge. Choose another one.")),
    "place_not_found": (404, marked("We do not know this place. Find yours by name or code.")),
    "lounge_closed": (409, marked("This lounge does not sell visits now. Choose another one.")),
    "visit_does_not_fit": (422, marked("The visit is not possible at this time.")),
    "conditions_not_accepted": (422, marked("Confirm that the condition suits you.")),
    "no_seats": (409, marked("There are not enough free seats at this time. Choose another.")),
    "draft_too_old": (409, marked("The price was shown too long ago. Check the order once more.")),
    "consent_missing": (422, marked("To continue, agree to both documents.")),
    "already_confirmed": (409, marked("This order is already confirmed.")),
    "nothing_to_refund": (
        409,
        marked("There is nobody left to cancel for: the guests have come, or it is done already."),
    ),
    "refund_changed": (
        409,
        marked("The sum that comes back has changed. Check it and press the button once more."),
    ),
    "not_payable": (409, marked("This order does not wait for a payment any more.")),
    "entry_refused": (409, marked("The voucher does not let these guests in now.")),
    "too_late_to_undo": (409, marked("The entry is reported already and cannot be taken back.")),
    "provider_refused": (
        409,
        marked("The payment service did not accept the order. Nothing is charged. Try again."),
    ),
    "provider_unavailable": (
        409,
        marked("The payment service does not answer. Nothing is charged. Try in a minute."),
    ),
    "unknown_rate": (422, marked("This rate is not sold on this day. Choose another one.")),
    "rate_not_valid": (422, marked("This rate is not sold on this day. Choose another one.")),
    "unknown_extra": (422, marked("This service is not offered any more. Choose again.")),
    "children_not_admitted": (422, marked("Children are not admitted on this rate.")),
    "infants_not_admitted": (422, marked("Infants are not admitted on this rate.")),
    "party_too_large": (422, marked("Too many guests for one order.")),
    "empty_party": (422, marked("Add at least one guest.")),
    "adult_needed": (422, marked("Children enter only with an adult.")),
}

_STATUSES: dict[int, str] = {
    404: marked("There is no such page."),
    405: marked("This page cannot be opened like that. Go back and try again."),
    413: marked("Too much was sent at once."),
    429: marked("Too many attempts. Wait a minute and try again."),
}


def status_of(code: str) -> int:
    """The HTTP status that goes with a refusal's code."""
    return _SENTENCES[code][0]


def sentence(code: str) -> str:
    """A refusal's code in words, in the language spoken now."""
    return gettext(_SENTENCES[code][1])


class PlaceNotFound(Exception):
    """The address names a place that we do not know."""

    code = "place_not_found"


def install(app: Flask) -> None:
    """Answer every refusal and every fault with a page that says what to do."""
    for refusal in (Refusal, PriceRefusal, PlaceNotFound):
        app.register_error_handler(refusal, _refused)
    app.register_error_handler(BadToken, lambda _: _page(404, sentence("order_not_found")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _surprised)


def _refused(refusal: Exception) -> Response:
    code = refusal.code  # type: ignore[attr-defined]
    return _page(status_of(code), sentence(code))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    message = _STATUSES.get(status, marked("Something went wrong. Try again in a minute."))
    return _page(status, gettext(message))


def _surprised(error: Exception) -> Response:
    log.exception("request.failed", exc_info=error)
    return _page(500, gettext("Something went wrong on our side. Try again in a minute."))


def _page(status: int, message: str) -> Response:
    response = htmx.page("errors/error.html", status=status, message=message)
    response.headers["Cache-Control"] = "no-store"
    return response
