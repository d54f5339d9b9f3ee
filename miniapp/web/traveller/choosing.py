"""2 Choose: a place by search, then one of its lounges."""

from flask import Response, request

from miniapp.base import clock, htmx
from miniapp.catalogue import queries
from miniapp.catalogue.pricing import Party
from miniapp.catalogue.search import find_places, most_served, served_places
from miniapp.trip.offers import offers
from miniapp.web import language
from miniapp.web.errors import PlaceNotFound
from miniapp.web.traveller import door, facts
from miniapp.web.traveller.impersonal import kept

_MAX_TEXT = 80
# So many places stand under the search, and all of them one tap further.
_SHORT_LIST = 8


@door.get("/places")
def places() -> Response:
    """The choice of a place, with what the search found or with all cities."""
    return choice(text=_text(), everywhere="all" in request.args)


def choice(
    *, screen: str = "where", text: str = "", everywhere: bool = False, first_view: str = ""
) -> Response:
    """The page on which a place is chosen; ``first_view`` is the stylesheet to put into it."""
    catalogue = queries.current()

    def make() -> str:
        cities = served_places(catalogue)
        listed = [hit for city in cities for hit in city.hits]
        shortened = len(listed) > _SHORT_LIST and not everywhere
        return htmx.html(
            "traveller/where.html",
            screen=screen,
            first_view=first_view,
            suggestions=[],
            hits=find_places(catalogue, text) if text else None,
            text=text,
            listed=most_served(cities, limit=_SHORT_LIST) if shortened else listed,
            # How many there are is told where some are left out.
            cities=len(cities) if shortened else 0,
        )

    return htmx.answer(kept(catalogue, ("choice", screen, text, everywhere, first_view), make))


@door.get("/places/found")
def found() -> Response:
    """What the search found, alone: asked for as one types."""
    catalogue, text = queries.current(), _text()

    def make() -> str:
        hits = find_places(catalogue, text) if text else None
        return htmx.block("traveller/where.html", "found", hits=hits, text=text)

    return Response(kept(catalogue, ("found", text), make))


@door.get("/places/<code>")
def place(code: str) -> Response:
    """The lounges of a place, judged for the flight that the address tells of."""
    if language.is_asked_in_vain():
        return Response(status=204)
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
            any_direction=not trip.knows_direction,
        ),
    )


def _text() -> str:
    return " ".join(request.args.get("q", "").split())[:_MAX_TEXT]
