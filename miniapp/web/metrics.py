"""The figures for Prometheus, told to the machines of the house and to no stranger.

There is no password to keep: whoever asks from this machine or a private network, straight,
gets them; whoever comes through a proxy, which says so in a header, is told that there is no
such page.
"""

from collections.abc import Mapping
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST

from miniapp.base import clock
from miniapp.base import metrics as figures
from miniapp.base.metrics import Measure
from miniapp.orders import metrics as orders

door = Blueprint("metrics", __name__)

MEASURES: Mapping[str, Measure] = {
    "orders": orders.orders,
    "ledger": orders.ledger,
    "seats": orders.seats,
    "notifications": orders.notifications,
    "deliveries": figures.deliveries,
    "worker": figures.worker,
}

_THROUGH_A_PROXY = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)


@door.get("/metrics")
def metrics() -> Response:
    """The figures of this moment in Prometheus' text format."""
    if not _is_of_the_house():
        abort(404)
    answer = Response(figures.text(MEASURES, now=clock.now()), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_of_the_house() -> bool:
    if any(name in request.headers for name in _THROUGH_A_PROXY):
        return False
    try:
        return ip_address(request.remote_addr or "").is_private
    except ValueError:
        # A socket in the file system has no address: there is a proxy at its other end.
        return False
