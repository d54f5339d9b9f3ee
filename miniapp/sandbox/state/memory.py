"""Everything one sandbox knows: the orders and the books beside them, in memory only."""

from collections import deque
from typing import Any

from miniapp.sandbox.state.codes import Codes
from miniapp.sandbox.state.invitations import Invitations
from miniapp.sandbox.state.market import Market
from miniapp.sandbox.state.orders import Orders
from miniapp.sandbox.state.records import Letter, Offer, Shop
from miniapp.sandbox.state.refunds import Refunds
from miniapp.sandbox.state.shipments import Shipments
from miniapp.sandbox.state.traffic import Traffic

KEPT_ENTRIES = 1000


class State(Orders):
    """The orders, with the books beside them; log and letters keep the newest thousand.

    Every method, of the books too, may be called from any thread.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shipments = Shipments(self)
        self.refunds = Refunds(self, self.shipments)
        self.market = Market()
        self.codes = Codes()
        self.invitations = Invitations()
        self.traffic = Traffic()
        self._log: deque[dict[str, Any]] = deque(maxlen=KEPT_ENTRIES)
        self._letters: deque[Letter] = deque(maxlen=KEPT_ENTRIES)

    def shops(self) -> list[Shop]:
        """The points of sale of the marketplace, oldest first."""
        return self.market.shops()

    def offers(self) -> list[Offer]:
        """The special offers of the marketplace, oldest first."""
        return self.market.offers()

    def record(self, entry: dict[str, Any]) -> None:
        """Put an entry ``{at, kind, …}`` into the log."""
        with self.lock:
            self._log.appendleft(entry)

    def log(self) -> list[dict[str, Any]]:
        """The log, newest first."""
        with self.lock:
            return list(self._log)

    def keep_letter(self, letter: Letter) -> None:
        """Keep a caught letter."""
        with self.lock:
            self._letters.appendleft(letter)

    def letters(self) -> list[Letter]:
        """The caught letters, newest first."""
        with self.lock:
            return list(self._letters)
