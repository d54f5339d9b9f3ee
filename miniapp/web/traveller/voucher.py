"""6 Voucher: the page behind the link of the letter, for reading only."""

from flask import Response

from miniapp.base import htmx, qr
from miniapp.base.i18n import gettext
from miniapp.orders import vouchers
from miniapp.orders.models import State
from miniapp.web import language
from miniapp.web.traveller import door, links, private


@door.get("/v/<token>")
def voucher(token: str) -> Response:
    """The voucher with its code, or why it is not valid."""
    found = links.opened_voucher(token)
    order = found.visit.order
    language.speak(order.locale)
    valid = found.voided_at is None and order.state in {State.HELD, State.PAID}
    return private(
        htmx.page(
            "traveller/voucher.html",
            voucher=found,
            visit=found.visit,
            lounge=found.visit.lounge,
            order=order,
            valid=valid,
            code=vouchers.spaced(found.code),
            picture=qr.svg(found.code, label=gettext("QR code of the voucher")),
        )
    )
