"""How a host page was opened: its query, read so that nonsense falls back to the default."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import request

from miniapp.base import i18n
from miniapp.sandbox.fields import is_web_address
from miniapp.sandbox.room import room

LONGEST_DELAY = 60_000
HOST_NAME = re.compile(r"[A-Za-z0-9.-]+|[0-9a-fA-F:]+")
# Section 4.2 of the mini-app protocol; ``paid`` is the word of hosts of 2025.
RESULTS = ("completed", "hold", "pending", "canceled", "expired", "unknown", "paid")
# A buyer whom the app knows; as in the tickets.
CONTACTS = {
    "userName": "Ольга Тестова",
    "userEmail": "buh@severny-veter.example",
    "userPhone": "+79000000017",
}


@dataclass(frozen=True)
class Visit:
    """The part of the query that every host page has; ``delay`` in milliseconds."""

    miniapp_url: str
    protocol: int
    delay: int

    @property
    def origin(self) -> str:
        """The origin of the mini-app, the only one the page frames and listens to."""
        return web_origin(self.miniapp_url) or ""

    @property
    def address(self) -> str:
        """The mini-app's address without its origin."""
        parts = urlsplit(self.miniapp_url)
        return urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment))


def web_origin(url: str) -> str | None:
    """``https://host:port`` of a web address, or None; safe to stand in a header."""
    if not is_web_address(url):
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return None
    name = parts.hostname or ""
    if not HOST_NAME.fullmatch(name):
        return None
    shown = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in (None, default) else f":{port}")


def read_visit() -> Visit:
    """Read ``miniapp``, ``protocol`` and ``delay``."""
    asked = request.args.get("miniapp", "")
    delay = request.args.get("delay", "0")
    return Visit(
        miniapp_url=asked if web_origin(asked) else f"{room().settings.miniapp_url}/",
        protocol=1 if request.args.get("protocol") == "1" else 2,
        delay=min(int(delay), LONGEST_DELAY) if re.fullmatch("[0-9]{1,6}", delay) else 0,
    )


def is_on(name: str) -> bool:
    """A switch of the query, such as ``contacts=1``."""
    return request.args.get(name) == "1"


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """A word of the query, the first of the allowed ones by default."""
    value = request.args.get(name, "")
    return value if value in allowed else allowed[0]


def order_data(visit: Visit, *, full_height: bool) -> dict[str, Any]:
    """What a host without an invoice answers to ``init`` (protocol, section 5)."""
    contacts = CONTACTS if is_on("contacts") else dict.fromkeys(CONTACTS, "")
    public: dict[str, Any] = {
        "minappType": "order",
        "fullHeight": full_height,
        "locale": i18n.locale(),
        **contacts,
    }
    shop = request.args.get("shopId", "")
    if re.fullmatch("[0-9]{1,12}", shop):
        public["shopId"] = int(shop)
    private: dict[str, Any] = {"metaData": []}
    if visit.protocol >= 2:
        private["basketItems"] = []
    return {"public": public, "private": private}


def script_data(visit: Visit, visit_id: str, init: dict[str, Any]) -> dict[str, Any]:
    """What the script of every host page works with, and the sentences it may have to show."""
    return {
        "miniapp": visit.miniapp_url,
        "origin": visit.origin,
        "protocol": visit.protocol,
        "delay": visit.delay,
        "init": init,
        "messages": f"/hosts/{visit_id}/messages",
        "texts": {
            "error": i18n.gettext("Something went wrong"),
            "unavailable": i18n.gettext("This service is not available for your order"),
            "finished": i18n.gettext("Done. Nothing has to be paid here"),
            "offline": i18n.gettext("The payment page does not answer. Try again"),
        },
    }
