"""What can go wrong between us and the provider, told apart by what must follow.

::

    ProviderError
    ├── Refused              the provider said no; nothing was done, repeating is useless
    │   ├── BadToken         401 or 403: the operator must act
    │   ├── Duplicate        merchantOrderId is used: look the order up by its number
    │   └── WrongStatus      not in this status: read the order again, then decide
    ├── Unavailable          the request was not carried out for certain: try again later
    │   └── NotSent          we held it back ourselves, to keep our pace or spare the provider
    └── OutcomeUnknown       it may have been carried out: look it up, never repeat it

A call that only reads changes nothing, so after one the last two mean the same: ask again
later. The sentence of an error never holds what the provider wrote in free text, for that may
quote a buyer's name; it stands apart in ``Refused.message``. ``request_id`` is the
``X-Request-Id`` of the answer, which the provider's support asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldFault:
    """One field the provider did not accept: ``amount``, ``wrong_value``, its own words."""

    name: str
    code: str
    message: str


class ProviderError(Exception):
    """A call to the provider that brought no usable answer."""

    def __init__(self, reason: str, *, request_id: str | None = None) -> None:
        super().__init__(reason if request_id is None else f"{reason} (request {request_id})")
        self.reason = reason
        self.request_id = request_id


class Refused(ProviderError):
    """The provider said no, with a code of the Invoicebox API reference, section 2.2.

    ``code`` is ``http_<status>`` where the answer names none. ``message`` and ``fields`` are
    the provider's words: escape them on output and keep them out of logs.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        fields: Sequence[FieldFault] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"refused: {code}", request_id=request_id)
        self.code = code
        self.message = message
        self.fields = tuple(fields)


class BadToken(Refused):
    """The token is wrong, or the object belongs to another account (401, 403)."""


class Duplicate(Refused):
    """Our order number was used before."""


class WrongStatus(Refused):
    """The order's status does not allow the operation."""


class Unavailable(ProviderError):
    """Nothing was done: no connection, or the provider asks to wait.

    ``retry_after``: the seconds until trying again makes sense, None where nobody can tell.
    """

    def __init__(
        self, reason: str, *, retry_after: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(reason, request_id=request_id)
        self.retry_after = retry_after


class NotSent(Unavailable):
    """We held the request back, to keep our own pace or because the provider does not answer."""


class OutcomeUnknown(ProviderError):
    """The request may have been carried out: silence, a cut, 5xx, 3xx, an unreadable answer."""
