"""1 Open: the first paint, and the ticket's own places once the host has told them.

The entry is impersonal and waits for nobody: its skeleton already holds a usable search. The
host's data arrive by message; the ticket part of them is posted here and answered with the
ticket's points, or with 204 when nothing was understood and the search may stand; in another
language the search is answered anew. A host that has no ticket and stands at the point of sale of
one lounge is answered with that lounge.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, g, request
from markupsafe import Markup

from miniapp.base import assets, clock, htmx
from miniapp.catalogue import queries
from miniapp.catalogue.models import Lounge
from miniapp.catalogue.pricing import Party
from miniapp.trip import points, reservation
from miniapp.trip.fit import Verdict
from miniapp.trip.offers import Offer, offers
from miniapp.trip.points import Point
from miniapp.web import language
from miniapp.web.traveller import door, facts, lounge
from miniapp.web.traveller.choosing import choice

_LONGEST_SHOP = 12


@dataclass(frozen=True)
class Suggestion:
    """A point of the ticket with the lounges there, the best first."""

    point: Point
    facts: facts.TripFacts
    offers: list[Offer]

    @property
    def best(self) -> Offer:
        return self.offers[0]


@door.get("/")
def entry() -> Response:
    """The skeleton in a frame, the choice of a place for everybody else."""
    # The stylesheet stands in the first page: fetching it would cost a round trip.
    style = Markup(assets.text("app.css"))  # noqa: S704  our own file
    return choice(screen="skeleton" if g.host_id else "where", first_view=style)


@door.post("/suggestion")
def suggest() -> Response:
    """The points of the host's ticket with their lounges."""
    is_other = language.of_host(request.form.get("locale", ""))
    ticket = reservation.read(request.form.get("ticket", ""))
    if not ticket.segments and (named := _lounge_of(request.form.get("shop", ""))):
        return lounge.opened(named)
    if not ticket.segments:
        return choice() if is_other else Response(status=204)
    catalogue, now = queries.current(), clock.now()
    found = points.of(ticket, catalogue, now=now)
    suggestions = [s for point in found if (s := _suggestion(point, catalogue, now))]
    if not suggestions:
        return htmx.page("traveller/unavailable.html")
    response = htmx.page(
        "traveller/where.html", screen="where", suggestions=suggestions, hits=None, text=""
    )
    # The passengers' names are in it, for the form that follows.
    response.headers["Cache-Control"] = "no-store"
    return response


def _lounge_of(shop: str) -> Lounge | None:
    """The lounge of the marketplace's point of sale that the host names."""
    known = shop.isascii() and shop.isdigit() and len(shop) <= _LONGEST_SHOP
    return queries.current().lounge_of_shop(int(shop)) if known else None


def _suggestion(point: Point, catalogue: queries.Catalogue, now: datetime) -> Suggestion | None:
    of_point = facts.of_point(point)
    judged = offers(
        catalogue.lounges_at(point.place.code),
        trip=of_point.trip,
        party=Party(adults=of_point.adults),
        now=now,
    )
    # What cannot be visited at all on this leg is no suggestion; the list says why.
    suited = [offer for offer in judged if offer.fit.verdict is not Verdict.DOES_NOT_FIT]
    return Suggestion(point, of_point, suited) if suited else None
