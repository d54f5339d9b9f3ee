"""7 A paid visit given back, whole or for some of its guests, for the sum that was shown.

What comes back falls at fixed moments, so the sum shown comes with the wish: if it is another
by then, nothing is done and the new sum is shown. Who presses twice has cancelled once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, request, url_for

from miniapp.base import clock, htmx
from miniapp.base.i18n import gettext
from miniapp.catalogue.errors import AdultNeeded
from miniapp.orders import refunding
from miniapp.orders.errors import NothingToRefund, OrderNotFound, RefundChanged
from miniapp.orders.lifecycle import Actor, Move, allows
from miniapp.orders.models import Guest, GuestState, Order, RefundReason, State, Visit
from miniapp.orders.refunding import Offer
from miniapp.web import errors, language
from miniapp.web.traveller import door, links, outcome, private


@dataclass(frozen=True)
class Leaving:
    """Who may leave a visit, who is ticked, and what comes back.

    ``whole`` is for all who may, ``offer`` for those ticked, None when nobody is; ``rest`` is
    what the extras bring back beside the guests, in kopecks.
    """

    visit: Visit
    guests: list[Guest]
    ticked: set[int]
    whole: Offer
    offer: Offer | None

    @property
    def rest(self) -> int:
        if self.offer is None:
            return 0
        return self.offer.returned - sum(self.offer.per_guest.values())


@door.get("/orders/<token>/give-back")
def give_back(token: str) -> Response:
    """All that may leave are ticked, with the sum that comes back."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    if not may_leave(order):
        return _see_other(url_for("traveller.order_page", token=token))
    visit = _visit(order)
    return _page(order, token, visit, (guest.id for guest in visit.guests))


@door.post("/orders/<token>/give-back/sum")
def give_back_sum(token: str) -> Response:
    """What comes back for the guests who are ticked now."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    visit = _visit(order)
    if visit not in may_leave(order):
        return _too_late(order, token)
    leaving = _leaving(order, visit, _ticked())
    context = {"order": order, "token": token, "leaving": leaving}
    return private(Response(htmx.block("traveller/give_back.html", "sum", **context)))


@door.post("/orders/<token>/give-back")
def give_back_now(token: str) -> Response:
    """Let the ticked guests leave, if the sum is still what the buyer saw."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    visit, guests = _visit(order), _ticked()
    if not guests:
        return _page(order, token, visit, guests, notice=gettext("Tick at least one guest."))
    number, generation, position = order.number, order.link_generation, visit.position
    try:
        refunding.withdraw(
            number=number,
            visit_id=visit.id,
            reason=RefundReason.BUYER,
            actor=Actor.BUYER,
            now=clock.now(),
            guests=guests,
            expected_return=_number(request.form.get("expected_return", "")),
        )
    except (RefundChanged, AdultNeeded, NothingToRefund) as refusal:
        order = links.opened(token, links.MANAGE)
        visit = _visit(order, position)
        if not _have_left(visit, guests):
            return _refused(order, token, visit, guests, refusal)
    token = links.manage(number, generation)
    if htmx.asked():
        return outcome.show(links.opened(token, links.MANAGE), token=token)
    return _see_other(url_for("traveller.order_page", token=token))


@door.app_template_filter()
def may_leave(order: Order) -> list[Visit]:
    """The visits of a secured order that have guests who can still give theirs back."""
    if not allows(order.state, Move.TAKE_BACK):
        return []
    return [visit for visit in order.visits if _expected(visit)]


def _too_late(order: Order, token: str) -> Response:
    """In the place of the whole screen, for the sum alone was asked for."""
    if order.state is State.DRAFT:
        raise NothingToRefund
    response = outcome.show(order, token=token)
    response.headers["HX-Retarget"] = "#screen"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _refused(
    order: Order, token: str, visit: Visit, guests: list[int], refusal: Exception
) -> Response:
    """The page again with why; where nobody can leave any more, that alone."""
    if visit not in may_leave(order):
        raise refusal
    notice = errors.sentence(refusal.code)  # type: ignore[attr-defined]
    if isinstance(refusal, AdultNeeded):
        notice = gettext("Children cannot stay without an adult. Cancel for them too.")
    return _page(order, token, visit, guests, notice=notice)


def _page(
    order: Order, token: str, visit: Visit, guests: Iterable[int], notice: str | None = None
) -> Response:
    return private(
        htmx.page(
            "traveller/give_back.html",
            status=409 if notice else 200,
            order=order,
            token=token,
            leaving=_leaving(order, visit, guests),
            notice=notice,
        )
    )


def _leaving(order: Order, visit: Visit, guests: Iterable[int]) -> Leaving:
    """Raises NothingToRefund when nobody can leave."""
    if not allows(order.state, Move.TAKE_BACK):
        raise NothingToRefund
    expected, now = _expected(visit), clock.now()
    ticked = {guest.id for guest in expected} & set(guests)
    return Leaving(
        visit=visit,
        guests=expected,
        ticked=ticked,
        whole=refunding.offer(order, visit, now=now),
        offer=refunding.offer(order, visit, now=now, guests=sorted(ticked)) if ticked else None,
    )


def _expected(visit: Visit) -> list[Guest]:
    return [guest for guest in visit.guests if guest.state is GuestState.EXPECTED]


def _have_left(visit: Visit, guests: Iterable[int]) -> bool:
    left = {guest.id for guest in visit.guests if guest.state is GuestState.WITHDRAWN}
    return set(guests) <= left


def _visit(order: Order, position: int | None = None) -> Visit:
    """The visit that is meant, the first when none is named; raises OrderNotFound."""
    wanted = position or _number(request.values.get("visit", "1"))
    visit = next((one for one in order.visits if one.position == wanted), None)
    if visit is None:
        raise OrderNotFound
    return visit


def _ticked() -> list[int]:
    return [_number(value) for value in request.form.getlist("guest")]


def _number(value: str) -> int:
    """A number as our pages write it; -1, which stands for nothing, for anything else."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1


def _see_other(address: str) -> Response:
    return private(Response(status=303, headers={"Location": address}))
