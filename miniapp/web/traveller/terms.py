"""The operator's offer and data policy, as the buyer is asked to accept them."""

from flask import Response

from miniapp.base import htmx
from miniapp.base.i18n import gettext
from miniapp.catalogue import queries
from miniapp.operators.terms import version
from miniapp.orders.errors import OrderNotFound
from miniapp.web.traveller import door


@door.get("/terms/<code>/<any(offer, privacy):what>")
def terms(code: str, what: str) -> Response:
    """One document of an operator, in the language spoken."""
    operator = queries.current().operators.get(code)
    if operator is None:
        raise OrderNotFound
    is_offer = what == "offer"
    wording = operator.offer if is_offer else operator.privacy
    return htmx.page(
        "traveller/terms.html",
        heading=gettext("Terms of the offer") if is_offer else gettext("Processing of your data"),
        operator=operator,
        wording=wording,
        version=version(wording),
    )
