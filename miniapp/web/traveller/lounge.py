"""2 Lounge and form: what it is, what a visit costs, and the buyer's choice.

The server computes price, times and seats anew on every change; the browser decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, request, url_for

from miniapp.base import clock, htmx, i18n
from miniapp.catalogue import queries
from miniapp.catalogue.errors import PriceRefusal
from miniapp.catalogue.models import Lounge, Rate
from miniapp.catalogue.pricing import Party, Quote, rates_for
from miniapp.orders import placing
from miniapp.orders.errors import LoungeNotFound, Refusal, VisitDoesNotFit
from miniapp.orders.models import Channel, State
from miniapp.orders.placing import Wish
from miniapp.trip.fit import Fit, check, next_opening
from miniapp.trip.offers import cheapest
from miniapp.web import errors, language
from miniapp.web.traveller import door, facts, forms, links, private
from miniapp.web.traveller.facts import TripFacts
from miniapp.web.traveller.forms import VisitForm

_OPEN_TO_CHANGE = {State.DRAFT, State.EXPIRED, State.CANCELLED, State.UNDELIVERABLE}


@dataclass(frozen=True)
class Shown:
    """What the summary under the form tells: the price, the verdict, the seats left."""

    quote: Quote | None
    fit: Fit | None
    refusal: str | None
    free_seats: int | None


@door.get("/l/<slug>")
def lounge(slug: str) -> Response:
    """The lounge with a form that knows already what the ticket says."""
    if language.is_asked_in_vain():
        return Response(status=204)
    chosen = _lounge(slug)
    trip = facts.read_at(chosen, request.args)
    form = forms.with_choice(_prefilled(chosen, trip, clock.now()), request.args)
    return _page(chosen, trip, form)


@door.post("/l/<slug>/price")
def price(slug: str) -> Response:
    """The summary and the guests' fields for what is chosen now."""
    chosen, form = _lounge(slug), forms.read(request.form)
    trip = facts.read_at(chosen, request.form)
    shown = _shown(chosen, trip, form)
    context = {"lounge": chosen, "facts": trip, "form": form, "shown": shown}
    parts = [
        htmx.block("traveller/lounge.html", name, alone=True, **context)
        for name in ("sum", "guests")
    ]
    return private(Response("".join(parts)))


@door.post("/l/<slug>")
def order(slug: str) -> Response:
    """Remember the choice as a draft and go on to its confirmation."""
    chosen, form = _lounge(slug), forms.read(request.form)
    trip = facts.read_at(chosen, request.form)
    wish, buyer = form.wish(chosen, trip), form.buyer(i18n.locale())
    form.check_names()
    if wish is None or form.errors:
        return _page(chosen, trip, form, status=422)
    try:
        number = placing.draft(
            wish=wish, buyer=buyer, host=form.host, channel=Channel.ONLINE, now=clock.now()
        )
    except (Refusal, PriceRefusal) as refusal:
        return _page(chosen, trip, form, status=errors.status_of(refusal.code), refused=refusal)
    return _see_other(url_for("traveller.order_page", token=links.manage(number)))


def opened(chosen: Lounge) -> Response:
    """The same for a host that names the lounge and knows of no flight."""
    trip = facts.read_at(chosen, {})
    return _page(chosen, trip, _prefilled(chosen, trip, clock.now()))


@door.get("/orders/<token>/change")
def change(token: str) -> Response:
    """The form of a draft, or of an order that came to nothing, with all that was typed."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    if order.state not in _OPEN_TO_CHANGE:
        return _see_other(url_for("traveller.order_page", token=token))
    visit = order.visits[0]
    return private(_page(_lounge(visit.lounge.slug), facts.of_visit(visit), forms.of_order(order)))


def _see_other(address: str) -> Response:
    return private(Response(status=303, headers={"Location": address}))


def _lounge(slug: str) -> Lounge:
    found = queries.current().lounges.get(slug)
    if found is None:
        raise LoungeNotFound
    return found


def _page(
    lounge: Lounge,
    trip: TripFacts,
    form: VisitForm,
    *,
    status: int = 200,
    refused: Exception | None = None,
) -> Response:
    shown = _shown(lounge, trip, form, refused)
    response = htmx.page(
        "traveller/lounge.html",
        status=status,
        lounge=lounge,
        facts=trip,
        form=form,
        shown=shown,
        alone=False,
        rates=_rates(lounge, trip, form),
        hours=_hours(lounge, form),
    )
    return response if request.method == "GET" else private(response)


def _prefilled(lounge: Lounge, trip: TripFacts, now: datetime) -> VisitForm:
    best = cheapest(lounge, trip=trip.trip, party=Party(adults=trip.adults), now=now)
    rate = best[0] if best else None
    start = _first_start(lounge, trip, rate, now)
    local = start.astimezone(ZoneInfo(lounge.place.zone))
    return VisitForm(
        rate=rate.code if rate else "",
        visit_date=local.date().isoformat(),
        visit_time=local.strftime("%H:%M"),
        adults=str(min(trip.adults, lounge.max_party)),
        flight_number=trip.number,
    )


def _first_start(lounge: Lounge, trip: TripFacts, rate: Rate | None, now: datetime) -> datetime:
    """The best start for the flight, else the first hour that can still be bought."""
    stay = rate.stay_minutes if rate else None
    fit = check(lounge=lounge, trip=trip.trip, now=now, stay_minutes=stay)
    if fit.window is not None:
        return fit.window.starts_at
    # A quarter of an hour to pay at the least, then the next full hour.
    start = now + timedelta(minutes=lounge.lead_minutes + 75)
    return next_opening(lounge, start.replace(minute=0, second=0, microsecond=0))


def _hours(lounge: Lounge, form: VisitForm) -> list[str]:
    start = VisitForm(visit_date=form.visit_date, visit_time="12:00").starts_at(lounge.place.zone)
    return lounge.hours.on(start.date()) if start else []


def _rates(lounge: Lounge, trip: TripFacts, form: VisitForm) -> list[Rate]:
    start = VisitForm(visit_date=form.visit_date, visit_time="12:00").starts_at(lounge.place.zone)
    return rates_for(lounge, trip.trip.direction, start.date()) if start else list(lounge.rates)


def _shown(
    lounge: Lounge, trip: TripFacts, form: VisitForm, refused: Exception | None = None
) -> Shown:
    wish = form.wish(lounge, trip)
    if wish is None:
        return Shown(None, None, None, None)
    refusal = getattr(refused, "code", None)
    fit = refused.fit if isinstance(refused, VisitDoesNotFit) else None
    quote = None
    try:
        quote = placing.price(wish, lounge)
        fit = fit or placing.judge(wish, lounge, now=clock.now())
    except PriceRefusal as no_price:
        refusal = refusal or no_price.code
    return Shown(
        quote, fit, errors.sentence(refusal) if refusal else None, _free(lounge, wish, fit)
    )


def _free(lounge: Lounge, wish: Wish, fit: Fit | None) -> int | None:
    """The seats left, told only when they get scarce."""
    if fit is None or fit.window is None:
        return None
    free = placing.free_seats(lounge, fit.window)
    return free if free is not None and free < max(10, wish.party.size) else None
