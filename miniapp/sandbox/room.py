"""What the doors of the sandbox share: its settings, its state and its notifier."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app

from miniapp.sandbox.bill import Bill
from miniapp.sandbox.notifier import Notifier
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import Order, State

EXTENSION = "sandbox"


@dataclass(frozen=True)
class Room:
    """The parts of one running sandbox; ``app.extensions["sandbox"]``."""

    settings: SandboxSettings
    state: State
    notifier: Notifier

    def expire(self, *, now: datetime) -> None:
        """Let the orders expire whose time ran out, and tell their shops."""
        self._tell(self.state.expire(now=now))

    def pay(self, container_id: str, *, now: datetime) -> list[Order]:
        """Pay all that is open in a container, and tell each shop once."""
        return self._tell(self.state.pay(container_id, now=now))

    def cancel_services(self, container_id: str) -> list[Order]:
        """Cancel what was added to the host's order, and tell the shops."""
        added = [order.id for order in self.state.container(container_id) if _added(order)]
        return self._tell(self.state.cancel(added))

    def _tell(self, orders: list[Order]) -> list[Order]:
        for order in orders:
            self.notifier.notify(order)
        return orders


def _added(order: Order) -> bool:
    return order.payable and not order.draft.of_host


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
