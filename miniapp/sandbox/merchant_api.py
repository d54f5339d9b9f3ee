"""The REST API of the provider: auth check and orders (reference, sections 2 to 6).

One blueprint without a prefix of its own, so that it can be mounted under several versions.
Choices where the reference is silent: 415 for a write without a JSON content type, 406 for an
``Accept`` that excludes JSON, 400 for a missing ``User-Agent`` or a body that is no JSON.
"""

import hmac
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from miniapp.sandbox import wire
from miniapp.sandbox.filtering import read_listing
from miniapp.sandbox.order_request import read_order
from miniapp.sandbox.refusals import Refusal, not_found, unauthorized, unprocessable
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Order

api = Blueprint("merchant_api", __name__)

# The one token that is always wrong, for trying out a refusal.
REFUSED = "wrong"
ORDER_KEYS = {
    "id": "text",
    "merchantOrderId": "text",
    "merchantOrderIdVisible": "text",
    "merchantId": "text",
    "orderContainerId": "text",
    "status": "text",
    "currencyId": "text",
    "amount": "number",
    "createdAt": "moment",
    "paidAt": "moment",
    "expirationDate": "moment",
}


@api.before_request
def check_headers() -> None:
    """Refuse a wrong token first, then a request without the headers of section 2."""
    token = _token()
    if token is None and request.endpoint != f"{request.blueprint}.check_auth":
        raise unauthorized()
    if not request.headers.get("User-Agent"):
        raise Refusal(400, "wrong_header", "The User-Agent header is required")
    if not request.accept_mimetypes.accept_json:
        raise Refusal(406, "wrong_header", "The Accept header must allow application/json")
    if request.method in {"POST", "PUT"} and request.mimetype != "application/json":
        raise Refusal(415, "wrong_header", "The Content-Type header must be application/json")


def _token() -> str | None:
    """The accepted token, None without one; Refusal when it is wrong."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip()
    wanted = room().settings.token
    if scheme.lower() != "bearer" or not token or token == REFUSED:
        raise unauthorized()
    if wanted is not None and not hmac.compare_digest(token.encode(), wanted.encode()):
        raise unauthorized()
    return token


@api.get("/security/api/auth/auth")
def check_auth() -> Response:
    """Who asks: without a token nobody, and that is no error (section 3)."""
    token = _token()
    user_id = None if token is None else str(uuid.uuid5(uuid.NAMESPACE_URL, token))
    return one({"userId": user_id, "profile": None, "accessToken": None})


@api.post("/billing/api/order/order")
def create_order() -> Response:
    """Create an order, in a container of its own or in the open one it names."""
    now = datetime.now(UTC)
    try:
        body = wire.loads(request.get_data())
    except ValueError as error:
        raise Refusal(400, "wrong_json", "The body is not JSON") from error
    order = room().state.place(read_order(body, now=now), now=now)
    return one(_answer(order))


@api.get("/billing/api/order/order/<order_id>")
def get_order(order_id: str) -> Response:
    """One order of the shop."""
    return one(_answer(_own_order(order_id)))


@api.get("/filter/api/order/order")
def list_orders() -> Response:
    """The shop's orders, oldest first unless asked otherwise."""
    listing = read_listing(request.args.items(multi=True), kinds=ORDER_KEYS)
    rows = [_answer(order) for order in room().state.orders() if not order.draft.of_host]
    page, total = listing.select(rows)
    return answer(
        {
            "data": page,
            "metaData": {
                "totalCount": total,
                "pageSize": listing.page_size,
                "page": listing.page,
            },
            "extendedData": [],
        }
    )


@api.delete("/billing/api/order/order/<order_id>")
def cancel_order(order_id: str) -> Response:
    """Cancel an unpaid order; the others of its container stay (section 6.11)."""
    order = _own_order(order_id)
    cancelled = room().state.cancel([order.id])
    if not cancelled:
        raise unprocessable("wrong_order_status", f"The order is {order.status}")
    return one(_answer(cancelled[0]))


def _own_order(order_id: str) -> Order:
    order = room().state.order(order_id)
    if order is None:
        raise not_found("Order")
    if order.draft.of_host:
        raise Refusal(403, "forbidden", "The order belongs to another account")
    return order


def _answer(order: Order) -> dict[str, Any]:
    return wire.order_answer(order, public_url=room().settings.public_url)


def one(data: object) -> Response:
    """The envelope of one object."""
    return answer({"data": data, "extendedData": []})


def answer(body: object, status: int = 200) -> Response:
    """A JSON answer in UTF-8."""
    return Response(wire.dumps(body), status=status, content_type="application/json")


@api.errorhandler(Refusal)
def refuse(refusal: Refusal) -> Response:
    """The error envelope of a refusal."""
    return answer(refusal.body(), refusal.status)
