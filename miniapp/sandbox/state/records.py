"""What is remembered of an order's life: immutable records, replaced and never changed.

Sums are kopecks, moments are aware. ``wire`` holds what was accepted, as it is shown again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Line:
    """One basket item; sums of the whole line in kopecks, ``wire`` is the item as accepted."""

    sku: str
    name: str
    quantity: Decimal
    total_amount: int
    total_vat_amount: int
    wire: dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """An order as requested and accepted; sums in kopecks, ``wire`` is what is echoed."""

    merchant_id: str
    merchant_order_id: str
    description: str
    amount: int
    vat_amount: int
    currency: str
    expires_at: datetime
    lines: tuple[Line, ...]
    wire: dict[str, Any] = field(default_factory=dict)
    container_id: str | None = None
    processable: bool = True
    of_host: bool = False

    def text(self, name: str) -> str:
        """An optional text of the request, empty when it was not given."""
        value = self.wire.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Order:
    """An order with its id, container and status (section 6.9).

    ``instrument`` is ``card``, ``guarantee`` or ``invoice`` once it is paid, ``refund`` for a
    correction order, else empty. ``held`` stays true after a hold is captured: of such an order
    only what was shipped is charged.
    """

    id: str
    container_id: str
    draft: Draft
    status: str
    created_at: datetime
    paid_at: datetime | None = None
    instrument: str = ""
    held: bool = False
    shipped: bool = False
    closed: bool = False

    @property
    def payable(self) -> bool:
        """It waits for money that is processed here."""
        return self.status == "created" and self.draft.processable

    @property
    def secured(self) -> bool:
        """Its money is here or blocked for it."""
        return self.status in {"hold", "completed"}

    @property
    def revocable(self) -> bool:
        """It may be cancelled: unpaid, on hold, or promised and not shipped (section 6.11)."""
        promised = self.status == "completed" and self.instrument == "guarantee"
        return self.status in {"draft", "created", "hold"} or (promised and not self.shipped)


@dataclass(frozen=True)
class Shipment:
    """A statement that a service was rendered (section 9); the sum of its lines in kopecks."""

    id: int
    order_id: str
    merchant_id: str
    lines: tuple[Line, ...]
    created_at: datetime
    final: bool
    wire: dict[str, Any]
    status: str = "completed"

    @property
    def amount(self) -> int:
        """What was rendered, in kopecks."""
        return sum(line.total_amount for line in self.lines)

    @property
    def vat_amount(self) -> int:
        """The VAT inside it."""
        return sum(line.total_vat_amount for line in self.lines)


@dataclass(frozen=True)
class Refund:
    """Money on its way back (section 10); a draft has no ``completes_at``."""

    id: str
    order_id: str
    merchant_id: str
    number: str
    description: str
    amount: int
    vat_amount: int
    currency: str
    lines: tuple[Line, ...]
    created_at: datetime
    completes_at: datetime | None = None

    def status(self, *, now: datetime) -> str:
        """``draft``, ``created`` while the money travels, ``completed`` when it has arrived."""
        if self.completes_at is None:
            return "draft"
        return "completed" if self.completes_at <= now else "created"


@dataclass(frozen=True)
class Shop:
    """A point of sale in the marketplace (section 14); ``wire`` has its fields as accepted."""

    id: int
    token: str
    alias: str
    wire: dict[str, Any]

    def text(self, name: str) -> str:
        """A text such as ``title``, ``description``, ``shopUrl``; empty when it was not given.

        ``shopUrl`` is an http or https address.
        """
        return str(self.wire.get(name, ""))

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, when both were given."""
        if "lat" in self.wire and "lon" in self.wire:
            return float(self.wire["lat"]), float(self.wire["lon"])
        return None


@dataclass(frozen=True)
class Offer:
    """A special offer of a merchant (section 14); ``wire`` has its fields as accepted."""

    id: int
    wire: dict[str, Any]

    def text(self, name: str) -> str:
        """A text such as ``name``, ``description``, ``merchantId``; empty when not given."""
        return str(self.wire.get(name, ""))

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find it by."""
        return tuple(self.wire.get("tags", ()))

    def runs(self, *, now: datetime) -> bool:
        """It is switched on, and its time is now; a side that was not given is open."""
        starts, ends = self._moment("startAt"), self._moment("finishAt")
        inside = (starts is None or starts <= now) and (ends is None or now < ends)
        return self.wire.get("active", True) and inside

    def _moment(self, name: str) -> datetime | None:
        value = self.wire.get(name)
        return None if value is None else datetime.fromisoformat(value)


@dataclass(frozen=True)
class Letter:
    """A caught e-mail; attachments by name."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]
