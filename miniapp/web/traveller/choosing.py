"""2 Choose: a place by search, then one of its lounges."""

from flask import Response, request

from miniapp.base import clock, htmx
from miniapp.catalogue import queries
from miniapp.catalogue.pricing import Party
from miniapp.catalogue.search import PlaceHit, find_places, served_places
from miniapp.trip.offers import offers
from miniapp.web.errors import PlaceNotFound
from miniapp.web.traveller import door, facts

_MAX_TEXT = 80


@door.get("/places")
def places() -> Response:
    """The choice of a place, with what the search found."""
    text, hits = _search()
    return htmx.page(
        "traveller/where.html",
        screen="where",
        suggestions=[],
        served=served_places(queries.current()),
        hits=hits,
        text=text,
    )


@door.get("/places/found")
def found() -> Response:
    """What the search found, alone: asked for as one types."""
    text, hits = _search()
    return Response(htmx.block("traveller/where.html", "found", hits=hits, text=text))


@door.get("/places/<code>")
def place(code: str) -> Response:
    """The lounges of a place, judged for the flight that the address tells of."""
    catalogue = queries.current()
    chosen = catalogue.places.get(code) or catalogue.places.get(code.upper())
    if chosen is None:
        raise PlaceNotFound
    trip = facts.read(request.args)
    return htmx.page(
        "traveller/lounges.html",
        place=chosen,
        facts=trip,
        offers=offers(
            catalogue.lounges_at(chosen.code),
            trip=trip.trip,
            party=Party(adults=trip.adults),
            now=clock.now(),
        ),
    )


def _search() -> tuple[str, list[PlaceHit] | None]:
    text = " ".join(request.args.get("q", "").split())[:_MAX_TEXT]
    return text, find_places(queries.current(), text) if text else None
