"""Refusals of the order's steps; each has a code that every door words for its reader.

::

    Refusal
    ├── OrderNotFound        there is no such order, or the link is not for it
    ├── LoungeNotFound       nothing is sold under this name
    ├── LoungeClosed         the lounge does not sell for now
    ├── VisitDoesNotFit      the visit cannot take place; carries the reasons of the fit check
    ├── ConditionsNotAccepted  it can, with conditions that the buyer has not accepted
    ├── NoSeats              fewer seats are free than guests would come
    ├── DraftTooOld          prices and seats were shown too long ago
    ├── ConsentMissing       the buyer agreed neither to the offer nor to the data policy
    ├── AlreadyConfirmed     the order has gone further; its page shows where it stands
    ├── NothingToRefund      these guests cannot leave: they came, or left before
    ├── RefundChanged        another sum comes back than was shown
    ├── NotPayable           the order does not wait for money any more
    ├── EntryRefused         the voucher does not let these guests in; carries the reason
    ├── TooLateToUndo        the entry was reported already
    ├── ProviderRefused      the provider does not take this order
    └── ProviderUnavailable  the provider could not be reached, nothing was done
"""

from typing import ClassVar

from miniapp.trip.fit import Fit


class Refusal(Exception):
    """A step was not taken, and nothing was changed."""

    code: ClassVar[str]


class OrderNotFound(Refusal):
    code = "order_not_found"


class LoungeNotFound(Refusal):
    code = "lounge_not_found"


class LoungeClosed(Refusal):
    code = "lounge_closed"


class VisitDoesNotFit(Refusal):
    code = "visit_does_not_fit"

    def __init__(self, fit: Fit) -> None:
        super().__init__(self.code)
        self.fit = fit


class ConditionsNotAccepted(VisitDoesNotFit):
    code = "conditions_not_accepted"


class NoSeats(Refusal):
    code = "no_seats"


class DraftTooOld(Refusal):
    code = "draft_too_old"


class ConsentMissing(Refusal):
    code = "consent_missing"


class AlreadyConfirmed(Refusal):
    code = "already_confirmed"


class NothingToRefund(Refusal):
    code = "nothing_to_refund"


class RefundChanged(Refusal):
    code = "refund_changed"


class NotPayable(Refusal):
    code = "not_payable"


class EntryRefused(Refusal):
    code = "entry_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLateToUndo(Refusal):
    code = "too_late_to_undo"


class ProviderRefused(Refusal):
    code = "provider_refused"


class ProviderUnavailable(Refusal):
    code = "provider_unavailable"
