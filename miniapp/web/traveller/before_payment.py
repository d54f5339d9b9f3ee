"""5 Before the money: the buyer asks for more time to pay, or cancels.

Both are asked of the provider first, and its answer may be lost; the screen then says that it
is being looked for, and ends in the truth.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Response, url_for

from miniapp.base import clock, htmx
from miniapp.base.i18n import gettext
from miniapp.orders import cancelling, placing
from miniapp.orders.errors import NotPayable, ProviderRefused, ProviderUnavailable
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import Order, State
from miniapp.web import house, language
from miniapp.web.traveller import door, links, outcome, private

# Less is not worth a button.
_LEAST_GAIN = timedelta(minutes=5)
# Before, the day and the hour say it better.
_LAST_DAY = timedelta(days=1)


@door.post("/orders/<token>/extend")
def extend(token: str) -> Response:
    """Give more time to pay, or say why there is none."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    number, generation = order.number, order.link_generation
    refusal = None
    try:
        cancelling.extend(number=number, merchant=house().merchant, now=clock.now())
    except NotPayable:
        pass
    except ProviderRefused:
        refusal = gettext("The payment service gives no more time. The time for payment stays.")
    except ProviderUnavailable:
        refusal = gettext("The payment service does not answer. The time for payment stays.")
    return _after(number, generation, refusal)


@door.get("/orders/<token>/cancel")
def cancelling_page(token: str) -> Response:
    """Whether the buyer means it; an order that is past that shows where it stands."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    if order.state is not State.AWAITING_PAYMENT or order.cancel_asked_at is not None:
        return _see_other(url_for("traveller.order_page", token=token))
    return private(htmx.page("traveller/cancel.html", order=order, token=token))


@door.post("/orders/<token>/cancel")
def cancel(token: str) -> Response:
    """Cancel an order that is not paid; when the money was faster, that is what is shown."""
    order = links.opened(token, links.MANAGE)
    language.speak(order.locale)
    number, generation = order.number, order.link_generation
    with suppress(NotPayable):
        cancelling.cancel(
            number=number, merchant=house().merchant, actor=Actor.BUYER, now=clock.now()
        )
    return _after(number, generation)


def _after(number: str, generation: int, refusal: str | None = None) -> Response:
    """The order as it stands now."""
    token = links.manage(number, generation)
    if htmx.asked() or refusal:
        order = links.opened(token, links.MANAGE)
        if order.state is not State.DRAFT:
            return outcome.show(order, token=token, refusal=refusal)
    return _see_other(url_for("traveller.order_page", token=token))


def _see_other(address: str) -> Response:
    return private(Response(status=303, headers={"Location": address}))


@door.app_template_filter()
def longer(order: Order) -> datetime | None:
    """Until when there would be time to pay if it were extended now; None when not longer."""
    if order.state is not State.AWAITING_PAYMENT or order.deadline is None:
        return None
    now = clock.now()
    wanted = placing.deadline_of(order, now)
    return wanted if now < order.deadline <= wanted - _LEAST_GAIN else None


@door.app_template_filter()
def left(order: Order) -> str:
    """How long the order can still be paid, for the last day; empty when not."""
    if order.deadline is None or not (now := clock.now()) < order.deadline <= now + _LAST_DAY:
        return ""
    hours, minutes = divmod((order.deadline - now) // timedelta(minutes=1), 60)
    text = gettext("%(hours)s h %(minutes)s min left") if hours else gettext("%(minutes)s min left")
    return text % {"hours": hours, "minutes": minutes}
