"""What the doors of the sandbox share: its settings, its state, its notifier and its faults."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app

from miniapp.sandbox.bill import Bill
from miniapp.sandbox.faults import Faults
from miniapp.sandbox.notifier import Notifier
from miniapp.sandbox.payer import Payer
from miniapp.sandbox.refusals import Refusal
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import Order, State
from miniapp.sandbox.transfers import Transfers
from miniapp.sandbox.webview import Webviews

EXTENSION = "sandbox"


@dataclass(frozen=True)
class Room:
    """The parts of one running sandbox; ``app.extensions["sandbox"]``.

    All of them live by its ``clock``, which tells the aware moment now.
    """

    settings: SandboxSettings
    state: State
    notifier: Notifier
    faults: Faults
    webviews: Webviews
    transfers: Transfers
    clock: Callable[[], datetime]

    def expire(self, *, now: datetime) -> None:
        """Let the orders expire whose time ran out, and tell their shops."""
        self._tell(self.state.expire(now=now))

    def pay(self, container_id: str, *, now: datetime, status: str, instrument: str) -> list[Order]:
        """Pay all that is open in a container, and tell each shop once."""
        paid = self.state.pay(container_id, now=now, status=status, instrument=instrument)
        return self._tell(paid)

    def name_payer(self, container_id: str, payer: Payer) -> None:
        """Write the payer into the open orders of a container, for the shops to learn of."""
        for order in self.state.container(container_id):
            if order.payable and not order.draft.of_host:
                # One that was paid or went away meanwhile keeps the payer it has.
                with suppress(Refusal):
                    self.state.update(order.id, payer.of_draft)

    def cancel(self, order_ids: Iterable[str]) -> list[Order]:
        """Cancel those of the orders that are unpaid, and tell their shops."""
        return self._tell(self.state.cancel(order_ids))

    def _tell(self, orders: list[Order]) -> list[Order]:
        for order in orders:
            self.notifier.notify(order)
        return orders


def room() -> Room:
    """The sandbox that answers this request."""
    found: Room = current_app.extensions[EXTENSION]
    return found


def read_bill(container_id: str) -> Bill:
    """A known container, or 404."""
    orders = room().state.container(container_id)
    if not orders:
        abort(404)
    return Bill(container_id, tuple(orders))
