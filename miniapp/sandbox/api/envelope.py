"""How the API is spoken to and answers: bodies in, envelopes out (sections 2 and 2.1)."""

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from miniapp.sandbox import wire
from miniapp.sandbox.api.filtering import read_listing
from miniapp.sandbox.refusals import Refusal, unprocessable


def read_body() -> dict[str, Any]:
    """The object that was sent; 400 for no JSON, 422 for anything but an object."""
    try:
        body = wire.loads(request.get_data())
    except ValueError as error:
        raise Refusal(400, "wrong_json", "The body is not JSON") from error
    if not isinstance(body, dict):
        raise unprocessable("wrong_value", "The body must be an object")
    return body


def answer(body: object, status: int = 200) -> Response:
    """A JSON answer in UTF-8."""
    return Response(wire.dumps(body), status=status, content_type="application/json")


def one(data: object) -> Response:
    """The envelope of one object."""
    return answer({"data": data, "extendedData": []})


def several(rows: Iterable[dict[str, Any]], *, keys: dict[str, str]) -> Response:
    """The envelope of a collection: the rows asked for, in the order and the page asked for.

    ``keys`` maps what may be filtered by to ``text``, ``number`` or ``moment``.
    """
    listing = read_listing(request.args.items(multi=True), kinds=keys)
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
