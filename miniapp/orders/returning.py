"""A planned refund on its way: what the provider is asked, and what becomes of it here.

The way of the money is chosen by the sender (``outgoing.money_back``); that it has arrived is
written down once, whoever says so and how often.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base import i18n
from miniapp.base.db import transaction
from miniapp.base.i18n import gettext
from miniapp.invoicebox import wire
from miniapp.orders import closing, documents
from miniapp.orders.invoicing import customer_of
from miniapp.orders.lifecycle import Actor, Goes, note, send
from miniapp.orders.lines import to_wire
from miniapp.orders.models import Order, PaperState, Refund, RefundReason

_CORRECTION_LIFE = timedelta(days=3)


class Way(StrEnum):
    """How money went back."""

    REVERSED = "reversed"
    REFUNDED = "refunded"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True)
class Return:
    """A refund as it is told to the provider; sums in kopecks.

    ``fee`` is the line of the correction order, None when nothing is withheld.
    """

    number: str
    order_number: str
    provider_id: str
    lines: tuple[wire.Line, ...]
    fee: wire.Line | None
    customer: wire.Customer
    language: Literal["ru", "en"]
    # All of the order goes back without a fee: nothing of it will ever be charged.
    nothing_stays: bool
    # We said in the answer to the payment that the service is impossible.
    was_impossible: bool

    @property
    def correction_number(self) -> str:
        """``merchantOrderId`` of the correction order."""
        return f"{self.number}-K"

    def correction(self, *, now: datetime) -> wire.NewOrder:
        """The order that charges the fee; raises ValueError without one."""
        if self.fee is None:
            raise ValueError("nothing is withheld")
        return wire.NewOrder(
            merchant_order_id=self.correction_number,
            description=self.fee.name,
            lines=(self.fee,),
            expires_at=now + _CORRECTION_LIFE,
            customer=self.customer,
            language=self.language,
        )


def begin(*, number: str) -> Return | None:
    """What is to be sent of a planned refund; None when it is settled or needs a human."""
    with transaction() as session:
        refund, order = _of(session, number)
        if refund.state is not PaperState.PLANNED or order.provider_id is None:
            return None
        lines = list(refund.lines)
        return Return(
            number=number,
            order_number=order.number,
            provider_id=order.provider_id,
            lines=tuple(to_wire(line) for line in lines),
            fee=_fee(refund) if refund.withheld else None,
            customer=customer_of(order),
            language=cast("Literal['ru', 'en']", order.locale),
            nothing_stays=_nothing_stays(order),
            was_impossible=refund.reason is RefundReason.UNDELIVERABLE,
        )


def settle(*, number: str, way: Way, now: datetime) -> None:
    """The provider has done a refund: write it down, and tell the buyer; once."""
    with transaction() as session:
        refund, order = _of(session, number)
        # Only a refund can keep a fee: what was reversed or never charged is back as a whole.
        withheld = refund.withheld if way is Way.REFUNDED else 0
        done = session.execute(
            sa.update(Refund)
            .where(Refund.id == refund.id, Refund.state != PaperState.DONE)
            .values(state=PaperState.DONE, way=way, withheld=withheld, settled_at=now)
            .execution_options(synchronize_session="evaluate")
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return
        detail = {"refund": number, "returned": refund.returned, "way": way}
        note(session, order, what="money back", actor=Actor.WORKER, now=now, detail=detail)
        send(session, Goes.REFUND_LETTER, about=number, payload={"refund": number}, now=now)
        closing.close(session, order, now=now)


def _of(session: Session, number: str) -> tuple[Refund, Order]:
    """A refund with its order, locked for changing it."""
    refund = session.scalars(sa.select(Refund).where(Refund.number == number)).one()
    order = session.get_one(Order, refund.order_id, with_for_update=True)
    session.refresh(refund)
    return refund, order


def _nothing_stays(order: Order) -> bool:
    all_leave = all(line.refund_id for line in order.lines)
    no_fee = not any(refund.withheld for refund in order.refunds)
    return all_leave and no_fee and not documents.has_any(order)


def _fee(refund: Refund) -> wire.Line:
    first = refund.lines[0]
    with i18n.speaking(i18n.product()["ru"]):
        name = gettext("Costs of the cancelled visit, refund %(number)s")
    return wire.Line(
        sku=f"{refund.number}-K",
        name=name % {"number": refund.number},
        price=refund.withheld,
        vat_code=first.vat_code,
        service_date=first.service_date,
    )
