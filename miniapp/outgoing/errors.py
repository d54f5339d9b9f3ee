"""How a delivery can fail, told apart by what must follow.

::

    NotYet               nothing failed: it waits for something, and is looked at again then
    TryLater             not now: the next attempt is planned
    └── ServiceDown      nobody would have been served: spare the service for a moment
    NeverDelivered       repeating is useless: a human must look at it

Their sentences are kept with the attempt and logged, so they name no address and no person.
"""

from datetime import datetime


class NotYet(Exception):
    """The delivery waits for something else that has to happen first."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class TryLater(Exception):
    """The delivery failed for now."""


class ServiceDown(TryLater):
    """The mail server or the provider does not serve anybody at the moment."""


class NeverDelivered(Exception):
    """The delivery can never arrive."""
