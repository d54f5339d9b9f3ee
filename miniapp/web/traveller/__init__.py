"""The traveller's door: the journey from a ticket to a voucher.

No cookie and no browser storage: catalogue pages are impersonal GETs, an order is reached by
its link. The host's session id travels in every address, because a page that lost it cannot
talk to the host; its presence means that the page stands in a frame or a WebView, where htmx
swaps screens inside one document. Opened directly, the same templates are ordinary pages.
"""

import re
from typing import Any

from flask import Blueprint, Response, g, request

from miniapp.base import compression
from miniapp.web import house

door = Blueprint("traveller", __name__)

_SESSION_ID = re.compile(r"[\w.:~-]{1,100}", re.ASCII)


@door.before_app_request
def _read_host() -> None:
    given = request.args.get("id", "")
    g.host_id = given if _SESSION_ID.fullmatch(given) else ""


@door.url_defaults
def _carry_host(_endpoint: str, values: dict[str, Any]) -> None:
    for name, value in (("id", g.get("host_id")), ("lang", g.get("lang"))):
        if value:
            values.setdefault(name, value)


@door.app_context_processor
def _page_facts() -> dict[str, Any]:
    return {
        "embedded": bool(g.get("host_id")),
        "host_id": g.get("host_id", ""),
        "lang": g.get("lang", ""),
        "message_origins": house().message_origins,
    }


def private(response: Response) -> Response:
    """Keep a page with somebody's data out of every cache and index."""
    compression.leave_alone()
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


from miniapp.web.traveller import (  # noqa: E402  the steps add their routes to the door
    before_payment,
    choosing,
    confirming,
    giving_back,
    lounge,
    opening,
    outcome,
    story,
    terms,
    voucher,
    wording,
)

__all__ = [
    "before_payment",
    "choosing",
    "confirming",
    "door",
    "giving_back",
    "lounge",
    "opening",
    "outcome",
    "story",
    "terms",
    "voucher",
    "wording",
]
