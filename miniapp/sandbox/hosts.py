"""The pages that embed the mini-app, and what their script asks of the server.

Opening a page opens a fresh container with the carrier's own order, as in life.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, render_template, request

from miniapp.base import i18n
from miniapp.sandbox import tickets, wire
from miniapp.sandbox.bill import Bill, bill_json
from miniapp.sandbox.booking import open_booking
from miniapp.sandbox.fields import is_web_address
from miniapp.sandbox.itinerary import read_itinerary
from miniapp.sandbox.room import read_bill, room

hosts = Blueprint("hosts", __name__)

FRAME_HEIGHT = 287
FULL_HEIGHT = 740
LONGEST_DELAY = 60_000
LONGEST_MESSAGE = 64_000
HOST_NAME = re.compile(r"[A-Za-z0-9.-]+|[0-9a-fA-F:]+")


@dataclass(frozen=True)
class Visit:
    """How a host page was opened; ``delay`` in milliseconds."""

    ticket: str
    miniapp_url: str
    protocol: int
    delay: int

    @property
    def origin(self) -> str:
        """The origin of the mini-app, the only one the page frames and listens to."""
        return web_origin(self.miniapp_url) or ""


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
    """Read the query of a host page; what makes no sense falls back to the default."""
    asked = request.args.get("miniapp", "")
    delay = request.args.get("delay", "0")
    return Visit(
        ticket=request.args.get("ticket", tickets.DEFAULT),
        miniapp_url=asked if web_origin(asked) else f"{room().settings.miniapp_url}/",
        protocol=1 if request.args.get("protocol") == "1" else 2,
        delay=min(int(delay), LONGEST_DELAY) if re.fullmatch("[0-9]{1,6}", delay) else 0,
    )


@hosts.get("/airline")
def airline() -> str:
    """A carrier's payment page with a ticket and, as a service, the mini-app."""
    now = datetime.now(UTC)
    visit = read_visit()
    ticket = tickets.load(visit.ticket, now=now)
    if ticket is None:
        abort(404)
    itinerary = read_itinerary(ticket)
    order = open_booking(room().state, ticket, itinerary, now=now)
    _address(ticket["public"], order.container_id)
    g.frame_origin = visit.origin
    bill = Bill(order.container_id, (order,))
    return render_template(
        "sandbox/airline.html",
        itinerary=itinerary,
        contact=ticket["public"],
        bill=bill,
        frame_height=FULL_HEIGHT if ticket["public"].get("fullHeight") else FRAME_HEIGHT,
        script_data=_script_data(visit, ticket, order.container_id),
    )


def _address(public: dict[str, Any], container_id: str) -> None:
    """Put the fresh container and the language asked for into the data of the host."""
    if public.get("minappType") == "suborder":
        public["orderContainerId"] = container_id
    if request.args.get("lang"):
        public["locale"] = i18n.locale()


def _script_data(visit: Visit, ticket: dict[str, Any], container_id: str) -> dict[str, Any]:
    """What the page's script works with, and the sentences it may have to show."""
    if visit.protocol == 1:
        ticket["private"].pop("basketItems", None)
    language = f"?lang={i18n.locale()}"
    return {
        "miniapp": visit.miniapp_url,
        "origin": visit.origin,
        "protocol": visit.protocol,
        "delay": visit.delay,
        "init": ticket,
        "bill": f"/hosts/{container_id}.json{language}",
        "cancel": f"/hosts/{container_id}/cancel{language}",
        "messages": f"/hosts/{container_id}/messages",
        "texts": {
            "error": i18n.gettext("Something went wrong"),
            "unavailable": i18n.gettext("This service is not available for your order"),
            "finished": i18n.gettext("Done. Nothing has to be paid here"),
            "added": i18n.gettext("The service is added to your order"),
            "removed": i18n.gettext("The service is removed from your order"),
            "offline": i18n.gettext("The payment page does not answer. Try again"),
        },
    }


def _json(body: object) -> Response:
    return Response(wire.dumps(body), content_type="application/json")


@hosts.get("/hosts/<container_id>.json")
def show_bill(container_id: str) -> Response:
    """What is in the container now."""
    return _json(bill_json(read_bill(container_id)))


@hosts.post("/hosts/<container_id>/cancel")
def cancel_services(container_id: str) -> Response:
    """The buyer takes the added services out again."""
    read_bill(container_id)
    room().cancel_services(container_id)
    return _json(bill_json(read_bill(container_id)))


@hosts.post("/hosts/<container_id>/messages")
def record_message(container_id: str) -> tuple[str, int]:
    """Keep a message that the page sent to the mini-app or got from it."""
    bill = read_bill(container_id)
    entry = _read_message(request.get_data())
    room().state.record(
        {
            "at": wire.atom(datetime.now(UTC)),
            "kind": "message",
            "direction": "in" if entry.get("direction") == "in" else "out",
            "orderId": bill.orders[0].id,
            "container": container_id,
            "message": entry.get("message"),
        }
    )
    return "", 204


def _read_message(raw: bytes) -> dict[str, Any]:
    """The report of a message as the page's script sends it, or 400."""
    try:
        entry = wire.loads(raw[:LONGEST_MESSAGE])
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        abort(400)
    return entry
