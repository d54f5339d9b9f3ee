"""6 Voucher: the page behind the link of the letter, its print and its calendar file; read only."""

from flask import Response, url_for

from miniapp.base import htmx, qr
from miniapp.base.i18n import gettext
from miniapp.orders import vouchers
from miniapp.orders.models import State, Voucher
from miniapp.papers import calendar_file
from miniapp.web import house, language
from miniapp.web.traveller import door, links, private


@door.get("/v/<token>")
def voucher(token: str) -> Response:
    """The voucher with its code, or why it is not valid."""
    found = links.opened_voucher(token)
    order = found.visit.order
    language.speak(order.locale)
    return private(
        htmx.page(
            "traveller/voucher.html",
            voucher=found,
            visit=found.visit,
            lounge=found.visit.lounge,
            order=order,
            valid=_opens(found),
            used=order.state is State.SERVED,
            code=vouchers.spaced(found.code),
            picture=qr.svg(found.code, label=gettext("QR code of the voucher")),
            pdf=url_for(".voucher_pdf", token=token, id=None, lang=None),
            ics=url_for(".voucher_ics", token=token, id=None, lang=None),
        )
    )


@door.get("/v/<token>.pdf")
def voucher_pdf(token: str) -> Response:
    """The voucher to be printed; the page says why when it is not valid."""
    # It brings twenty megabytes, which a process that prints nothing is spared.
    from miniapp.papers import voucher_pdf as paper

    found = links.opened_voucher(token)
    if not _opens(found):
        return private(Response(status=303, headers={"Location": _page(token)}))
    body = paper.make(found, key=house().voucher_keys[0], page_url=links.public(_page(token)))
    return _file(body, "application/pdf", f"{found.code}.pdf")


@door.get("/v/<token>.ics")
def voucher_ics(token: str) -> Response:
    """The visit for the calendar of a telephone; of a void voucher, its cancellation."""
    found = links.opened_voucher(token)
    body = calendar_file.make(found, page_url=links.public(_page(token)))
    kind = f"{calendar_file.MEDIA_TYPE}; method={calendar_file.method(found)}; charset=utf-8"
    return _file(body, kind, f"{found.code}.ics")


def _opens(found: Voucher) -> bool:
    return found.voided_at is None and found.visit.order.state in {State.HELD, State.PAID}


def _page(token: str) -> str:
    return url_for(".voucher", token=token, id=None, lang=None)


def _file(body: bytes, kind: str, name: str) -> Response:
    response = private(Response(body, content_type=kind))
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
