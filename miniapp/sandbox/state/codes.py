"""Codes by which a customer confirms a payment away from the payment page (section 12)."""

import uuid
from dataclasses import dataclass, replace
from threading import Lock

# Nobody has a telephone here, so the code that "was sent" is always this one.
CODE = "123456"
ATTEMPTS = 3


@dataclass(frozen=True)
class Sent:
    """A code on its way to the customer of an order; ``repeated`` when it was sent before."""

    public_code: str
    attempts_left: int = ATTEMPTS
    repeated: bool = False


class Codes:
    """The code of each order; may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sent: dict[str, Sent] = {}

    def send(self, order_id: str) -> Sent:
        """Send a code, unless one is on its way that can still be tried."""
        with self._lock:
            known = self._sent.get(order_id)
            if known and known.attempts_left:
                return replace(known, repeated=True)
            self._sent[order_id] = Sent(uuid.uuid4().hex)
            return self._sent[order_id]

    def check(self, order_id: str, *, public_code: str, code: str) -> str:
        """``success``, ``wrongCode``, ``limitReached``, or ``error`` when none was sent."""
        with self._lock:
            sent = self._sent.get(order_id)
            if sent is None or sent.public_code != public_code:
                return "error"
            if not sent.attempts_left:
                return "limitReached"
            if code == CODE:
                return "success"
            self._sent[order_id] = replace(sent, attempts_left=sent.attempts_left - 1)
            return "wrongCode"
