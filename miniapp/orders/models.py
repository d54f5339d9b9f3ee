"""An order, its visits, guests, lines, vouchers, and everything that happened to it.

One order of ours is one order of the provider. An order has visits, a visit has guests; each
guest and each extra is a basket line of its own with quantity 1, so that VAT adds up and each
can be rendered or refunded apart. Where a whole order stands is its state; what can be partial
is kept where it happens: a guest has come or not, a line belongs to a shipment, a refund, or is
still owed. Sums are kopecks with VAT included.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from miniapp.base.db import AsJson, Base
from miniapp.base.i18n import Text
from miniapp.catalogue.models import Lounge
from miniapp.operators.models import Operator
from miniapp.trip.fit import Trip


class State(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    INVOICING = "invoicing"
    AWAITING_PAYMENT = "awaiting_payment"
    HELD = "held"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    SERVED = "served"


class Channel(StrEnum):
    """Through which door an order came in."""

    ONLINE = "online"
    DESK = "desk"
    ERP = "erp"


class GuestKind(StrEnum):
    """The age group of a guest, by the lounge's limits."""

    ADULT = "adult"
    CHILD = "child"
    INFANT = "infant"


class GuestState(StrEnum):
    """What became of a guest's entry."""

    EXPECTED = "expected"
    ENTERED = "entered"
    NO_SHOW = "no_show"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefundReason(StrEnum):
    """Why money goes back; only the buyer's own wish costs by the ladder."""

    BUYER = "buyer"
    REFUSED_ENTRY = "refused_entry"
    TRIP_CANCELLED = "trip_cancelled"
    UNDELIVERABLE = "undeliverable"
    NOT_RENDERED = "not_rendered"
    REVERSED = "reversed"


class PaperState(StrEnum):
    """How far a shipment or a refund has come at the provider; *stuck* waits for a human."""

    PLANNED = "planned"
    SENDING = "sending"
    DONE = "done"
    STUCK = "stuck"
    DROPPED = "dropped"


class Order(Base):
    """What one buyer buys from one operator and pays at once."""

    __tablename__ = "order"
    __table_args__ = (
        sa.Index("ix_order_state", "state"),
        sa.Index("ix_order_look_at", "look_at"),
        sa.CheckConstraint("amount >= 0 AND vat >= 0 AND vat <= amount", name="sums"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    # How often it was invoiced: a number the provider has spoilt cannot be used again.
    attempt: Mapped[int] = mapped_column(default=1)
    operator_code: Mapped[str] = mapped_column(sa.ForeignKey("operator.code"))
    channel: Mapped[Channel] = mapped_column(sa.Enum(Channel, native_enum=False, length=10))
    state: Mapped[State] = mapped_column(sa.Enum(State, native_enum=False, length=20))
    locale: Mapped[str] = mapped_column(sa.String(2))
    # The host's invoice to which this order is added; None when it is an order of its own.
    container_id: Mapped[str | None]
    shop_id: Mapped[str | None]
    created_at: Mapped[datetime]
    # Until when it can be paid; set when it is confirmed.
    deadline: Mapped[datetime | None]
    # When the sweep asks the provider about it next; None while there is nothing to ask.
    look_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    # The buyer wants it cancelled; it is once the provider says so.
    cancel_asked_at: Mapped[datetime | None]
    # When the money was secured, and when it was finally charged.
    secured_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    amount: Mapped[int]
    vat: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3), default="RUB")
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    # Which wording of the offer and of the privacy policy the buyer agreed to.
    offer_version: Mapped[str | None]
    privacy_version: Mapped[str | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    payment_url: Mapped[str | None]
    link_generation: Mapped[int] = mapped_column(default=0)

    operator: Mapped[Operator] = relationship()
    visits: Mapped[list["Visit"]] = relationship(
        back_populates="order", order_by="Visit.position", cascade="all, delete-orphan"
    )
    lines: Mapped[list["Line"]] = relationship(
        order_by="Line.position", cascade="all, delete-orphan"
    )
    shipments: Mapped[list["Shipment"]] = relationship(
        order_by="Shipment.id", cascade="all, delete-orphan"
    )
    refunds: Mapped[list["Refund"]] = relationship(
        order_by="Refund.id", cascade="all, delete-orphan"
    )
    events: Mapped[list["OrderEvent"]] = relationship(
        order_by="OrderEvent.id", cascade="all, delete-orphan"
    )

    @property
    def invoice_number(self) -> str:
        """``merchantOrderId`` at the provider: the idempotency key of the invoice."""
        return self.number if self.attempt == 1 else f"{self.number}-{self.attempt}"


class Visit(Base):
    """A party's booked time in one lounge."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    lounge_id: Mapped[int] = mapped_column(sa.ForeignKey("lounge.id"))
    # The flight that the visit was judged against, as far as it is known.
    trip: Mapped[Trip] = mapped_column(AsJson(Trip))
    rate_code: Mapped[str]
    rate_name: Mapped[Text] = mapped_column(AsJson(Text))
    starts_at: Mapped[datetime]
    leave_by: Mapped[datetime]
    # Seats are taken from starts_at for the whole stay, even when the flight calls earlier.
    seats_until: Mapped[datetime]
    seats: Mapped[int]
    seats_held: Mapped[bool] = mapped_column(default=False)
    flight_number: Mapped[str]
    # The codes of the extras that were chosen.
    extras: Mapped[list[str]] = mapped_column(AsJson(list[str]), default=list)

    order: Mapped[Order] = relationship(back_populates="visits")
    lounge: Mapped[Lounge] = relationship()
    guests: Mapped[list["Guest"]] = relationship(
        order_by="Guest.position", cascade="all, delete-orphan"
    )
    voucher: Mapped["Voucher | None"] = relationship(back_populates="visit")

    @property
    def staying(self) -> list["Guest"]:
        """The guests who have not left the visit."""
        left = {GuestState.WITHDRAWN, GuestState.REFUSED}
        return [guest for guest in self.guests if guest.state not in left]


class Guest(Base):
    """Someone who may enter; the name stands as in the ticket, or is empty."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[GuestKind] = mapped_column(sa.Enum(GuestKind, native_enum=False, length=10))
    name: Mapped[str]
    state: Mapped[GuestState] = mapped_column(
        sa.Enum(GuestState, native_enum=False, length=10), default=GuestState.EXPECTED
    )
    entered_at: Mapped[datetime | None]


class Line(Base):
    """One basket line, quantity 1: a guest's entry or one extra.

    It is owed until a shipment or a refund claims it; a refund may claim what was shipped.
    """

    __tablename__ = "line"
    __table_args__ = (sa.UniqueConstraint("order_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"))
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    # None for an extra, which belongs to the visit as a whole.
    guest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("guest.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("shipment.id", ondelete="SET NULL"), index=True
    )
    refund_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("refund.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int]
    sku: Mapped[str]
    # The name on the receipt and in the documents, in Russian by law.
    name: Mapped[str]
    # The same for the buyer's screen.
    title: Mapped[Text] = mapped_column(AsJson(Text))
    price: Mapped[int]
    vat: Mapped[int]
    vat_code: Mapped[str]
    service_date: Mapped[date]

    visit: Mapped[Visit] = relationship()
    guest: Mapped[Guest | None] = relationship()


class Shipment(Base):
    """The statement that some lines were rendered, from which act and UPD follow (section 9)."""

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"), index=True)
    # documentNumber at the provider, by which it is found again.
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[PaperState] = mapped_column(sa.Enum(PaperState, native_enum=False, length=10))
    amount: Mapped[int]
    planned_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]

    lines: Mapped[list[Line]] = relationship(order_by="Line.id", viewonly=True)


class Refund(Base):
    """Money on its way back: ``amount`` of the lines, of which ``withheld`` stays (section 10)."""

    __tablename__ = "refund"
    __table_args__ = (sa.CheckConstraint("withheld >= 0 AND withheld <= amount", name="withheld"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"), index=True)
    # merchantOrderId of the refund at the provider, by which it is found again.
    number: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[RefundReason] = mapped_column(
        sa.Enum(RefundReason, native_enum=False, length=20)
    )
    state: Mapped[PaperState] = mapped_column(sa.Enum(PaperState, native_enum=False, length=10))
    amount: Mapped[int]
    withheld: Mapped[int]
    planned_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # How the money went back, once it did: reversed, refunded, unblocked.
    way: Mapped[str | None]

    lines: Mapped[list[Line]] = relationship(order_by="Line.id", viewonly=True)

    @property
    def returned(self) -> int:
        """What the buyer gets, in kopecks."""
        return self.amount - self.withheld


class Voucher(Base):
    """The right of a party to enter; one for each visit."""

    __tablename__ = "voucher"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(
        sa.ForeignKey("visit.id", ondelete="CASCADE"), unique=True
    )
    code: Mapped[str] = mapped_column(unique=True)
    generation: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship(back_populates="voucher")


class OrderEvent(Base):
    """What happened to an order: when, by whom, from which state to which."""

    __tablename__ = "order_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    what: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class HandledNotification(Base):
    """The final answer to one notification, so that its repeat gets the same one."""

    __tablename__ = "handled_notification"

    provider_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"))
    answer: Mapped[str]
    at: Mapped[datetime]
