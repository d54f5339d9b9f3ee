"""What happened to an order, in the buyer's words.

A table: every thing that can happen is either worded, or named as of no use to a buyer. It is
shown on pages that anybody with the provider's way back can open, so it names nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from miniapp.base.i18n import clock, day, gettext, marked, ngettext, rubles
from miniapp.orders import history
from miniapp.orders.history import Happening
from miniapp.orders.lifecycle import GuestMove, Move
from miniapp.orders.models import Order, State
from miniapp.orders.returning import Way
from miniapp.web.traveller import door


@dataclass(frozen=True)
class Told:
    """A line of the story."""

    at: datetime
    text: str


@door.app_template_filter()
def story(order: Order) -> list[Told]:
    """What a buyer understands of what happened, the oldest first, in the language spoken now."""
    worded = [(one.at, words(one, order)) for one in history.of_order(order)]
    return [Told(at, text) for at, text in worded if text]


def words(happening: Happening, order: Order) -> str:
    """The sentence of a happening; empty when there is none."""
    what = happening.what
    if what in PLAIN:
        return gettext(PLAIN[what])
    if what in SUMMED:
        return gettext(SUMMED[what]) % {"sum": rubles(order.amount)}
    if what in COUNTED:
        count = len(happening.detail["guests"])
        return COUNTED[what](count) % {"num": count}
    return FIGURED[what](happening, order) if what in FIGURED else ""


def _cancelled(happening: Happening, _order: Order) -> str:
    if happening.seen in {State.HELD, State.PAID}:
        return gettext("The payment was taken back, the visit is cancelled")
    return gettext("The order is cancelled, the seats are free again")


def _extended(happening: Happening, order: Order) -> str:
    zone = order.visits[0].lounge.place.zone
    deadline = datetime.fromisoformat(happening.detail["deadline"])
    text = gettext("The time for payment is extended until %(time)s, %(day)s")
    return text % {"time": clock(deadline, zone), "day": day(deadline, zone)}


def _arranged(happening: Happening, _order: Order) -> str:
    returned = happening.detail["returned"]
    if not returned:
        return gettext("Nothing comes back")
    return gettext("Money back is arranged: %(sum)s") % {"sum": rubles(returned)}


def _back(happening: Happening, _order: Order) -> str:
    returned = happening.detail["returned"]
    if not returned:
        return ""
    if happening.detail["way"] == Way.UNBLOCKED:
        return gettext("Not charged, the bank frees it: %(sum)s") % {"sum": rubles(returned)}
    return gettext("The money is sent back: %(sum)s") % {"sum": rubles(returned)}


PLAIN: dict[str, str] = {
    "draft": marked("The order is put together"),
    Move.CONFIRM: marked("The seats are taken"),
    Move.RETURN_TO_DRAFT: marked("The payment service refused the order, the seats are free again"),
    Move.ABANDON: marked("The invoice could not be made out, the seats are free again"),
    Move.EXPIRE: marked("The time for payment is over, the seats are free again"),
    Move.COMPLETE: marked("The blocked sum is charged"),
    Move.FAIL_TO_DELIVER: marked("The money came when no seats were left"),
    Move.SERVE: marked("The visit is over"),
    GuestMove.UNDO: marked("The entry was marked by mistake, the mark is taken back"),
    "ask to cancel": marked("Cancelling the order was asked for"),
    history.LETTER_SENT: marked("The letter with the voucher is sent"),
}

SUMMED: dict[str, str] = {
    Move.INVOICE: marked("The invoice is made out: %(sum)s"),
    Move.HOLD: marked("The sum is blocked on the card: %(sum)s"),
    Move.PAY: marked("The order is paid: %(sum)s"),
}

COUNTED: dict[str, Callable[[int], str]] = {
    GuestMove.ADMIT: lambda num: ngettext(
        "%(num)s guest has entered the lounge", "%(num)s guests have entered the lounge", num
    ),
    GuestMove.MISS: lambda num: ngettext(
        "%(num)s guest did not come", "%(num)s guests did not come", num
    ),
    GuestMove.TURN_AWAY: lambda num: ngettext(
        "The lounge could not admit %(num)s guest", "The lounge could not admit %(num)s guests", num
    ),
    GuestMove.WITHDRAW: lambda num: ngettext(
        "The visit is cancelled for %(num)s guest", "The visit is cancelled for %(num)s guests", num
    ),
}

FIGURED: dict[str, Callable[[Happening, Order], str]] = {
    Move.CANCEL: _cancelled,
    "extend": _extended,
    "plan refund": _arranged,
    "money back": _back,
}

# Of use to staff alone: what a buyer is to know of it stands in the lines beside it.
INTERNAL = {
    Move.TAKE_BACK,
    Move.REFUND,
    "shipped",
    "stuck",
    "reversed after entry",
}
