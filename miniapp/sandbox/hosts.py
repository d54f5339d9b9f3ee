"""The carriers' payment pages with the mini-app as a service, and what their scripts ask for.

Opening a page opens a fresh container with the carrier's own order, as in life.
"""

import re
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from miniapp.base import i18n
from miniapp.sandbox import tickets, wire
from miniapp.sandbox.bill import Bill, bill_json
from miniapp.sandbox.booking import open_booking
from miniapp.sandbox.itinerary import read_itinerary
from miniapp.sandbox.room import read_bill, room
from miniapp.sandbox.visit import Visit, read_visit, script_data

hosts = Blueprint("hosts", __name__)

FRAME_HEIGHT = 287
FULL_HEIGHT = 740
LONGEST_MESSAGE = 64_000
VISIT_ID = re.compile(r"[0-9a-f-]{36}")
AIR_TICKET = "air-one-way-business"
RAIL_TICKET = "rail-day-train"


@hosts.get("/airline")
def airline() -> str:
    """An airline's page; any prepared ticket."""
    return _carrier("air", default=AIR_TICKET)


@hosts.get("/railway")
def railway() -> str:
    """A railway's page; any prepared ticket."""
    return _carrier("rail", default=RAIL_TICKET)


def _carrier(look: str, *, default: str) -> str:
    now = room().clock()
    visit = read_visit()
    ticket = tickets.load(request.args.get("ticket", default), now=now)
    if ticket is None:
        abort(404)
    itinerary = read_itinerary(ticket)
    order = open_booking(room().state, ticket, itinerary, now=now)
    _address(ticket["public"], order.container_id)
    if visit.protocol == 1:
        ticket["private"].pop("basketItems", None)
    g.frame_origin = visit.origin
    return render_template(
        "sandbox/carrier.html",
        look=look,
        itinerary=itinerary,
        contact=ticket["public"],
        bill=Bill(order.container_id, (order,)),
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
    language = f"?lang={i18n.locale()}"
    data = {
        "bill": f"/hosts/{container_id}.json{language}",
        "cancel": f"/hosts/{container_id}/cancel{language}",
        **script_data(visit, container_id, ticket),
    }
    data["texts"] |= {
        "added": i18n.gettext("The service is added to your order"),
        "removed": i18n.gettext("The service is removed from your order"),
        "expired": i18n.gettext("The time to pay for the service is over; it left your order"),
    }
    return data


def _json(body: object) -> Response:
    """A JSON answer in UTF-8."""
    return Response(wire.dumps(body), content_type="application/json")


@hosts.get("/hosts/<container_id>.json")
def show_bill(container_id: str) -> Response:
    """What is in the container now."""
    return _bill(container_id)


def _bill(container_id: str) -> Response:
    return _json(bill_json(read_bill(container_id), now=room().clock()))


@hosts.post("/hosts/<container_id>/cancel")
def cancel_services(container_id: str) -> Response:
    """The buyer takes the added services out again: all of them, or the one named ``order``."""
    bill = read_bill(container_id)
    named = request.args.get("order")
    room().cancel(
        order.id for order in bill.orders if not order.draft.of_host and named in (None, order.id)
    )
    return _bill(container_id)


@hosts.post("/hosts/<visit_id>/messages")
def record_message(visit_id: str) -> tuple[str, int]:
    """Keep a message that a page sent to the mini-app or got from it.

    A visit to a carrier is its container; the hosts without an invoice have an id of their own.
    """
    if not VISIT_ID.fullmatch(visit_id):
        abort(404)
    entry = _read_message(request.get_data())
    orders = room().state.container(visit_id)
    room().state.record(
        {
            "at": wire.atom(room().clock()),
            "kind": "message",
            "direction": "in" if entry.get("direction") == "in" else "out",
            "orderId": orders[0].id if orders else None,
            "container": visit_id if orders else None,
            "visit": visit_id,
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
