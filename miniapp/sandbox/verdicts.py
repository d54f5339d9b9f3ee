"""What the shops of a paid container said: can all that was paid be provided?

Invoicebox API reference, section 15.5. An order that its shop has cancelled since was still told.
"""

from miniapp.sandbox.bill import PAID, Bill
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Order


def declined(bill: Bill) -> list[Order]:
    """The orders whose shops have said that they will not provide them."""
    return [order for order in bill.orders if "refused" in _outcomes(order)]


def all_answered(bill: Bill) -> bool:
    """Every shop that hears of the payment has taken it or refused it."""
    outcomes = [outcome for order in bill.orders for outcome in _outcomes(order)]
    return all(outcome in {"delivered", "refused"} for outcome in outcomes)


def _outcomes(order: Order) -> list[str]:
    notifier = room().notifier
    told = [status for status in PAID if notifier.tells(order.id, status)]
    answers = [notifier.answer(order.id, status) for status in told]
    return [answer.outcome if answer else "" for answer in answers]
