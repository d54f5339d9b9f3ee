"""Every notification with a right signature, kept as it came.

A record is what the provider said, byte for byte, with its signature, and what we answered: the
proof of a payment, and the means to say it again after a fault of ours was mended. A repeat of a
notification is a record of its own. The body names the buyer, so it is sealed; it opens with the
data key alone. What was not signed rightly is nobody's word and is not kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer

from miniapp.base.db import Base, reading, transaction
from miniapp.base.sealing import CannotOpen, Sealer
from miniapp.invoicebox.wire import Notification
from miniapp.orders import queries

_PURPOSE = "notification"
_AT_ONCE = 200


class NotificationRecord(Base):
    """One notification as it came, and the answer it got.

    ``order_number`` is of our order, known or not; the provider's id of it and the status are
    as the notification spells them. All three are None where it could not be understood.
    """

    __tablename__ = "notification_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    order_number: Mapped[str | None] = mapped_column(index=True)
    provider_id: Mapped[str | None]
    status: Mapped[str | None]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    signature: Mapped[str]
    algorithm: Mapped[str]
    answer: Mapped[str]
    handled_at: Mapped[datetime]


@dataclass(frozen=True)
class Received:
    """A notification as it came, its signature found right."""

    raw: bytes
    signature: str
    algorithm: str
    at: datetime


class RecordNotFound(Exception):
    """There is no such record."""


def keep(
    session: Session,
    received: Received,
    notification: Notification | None,
    *,
    answer: str,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Write the record in the caller's transaction; ``notification`` as far as understood."""
    session.add(
        NotificationRecord(
            received_at=received.at,
            order_number=_order(notification),
            provider_id=notification.id if notification else None,
            status=notification.raw_status if notification else None,
            body=sealer.seal(received.raw, purpose=_PURPOSE),
            signature=received.signature,
            algorithm=received.algorithm,
            answer=answer,
            handled_at=now,
        )
    )


def listed(
    *, order: str | None = None, since: datetime | None = None
) -> Sequence[NotificationRecord]:
    """The records, oldest first: of one order, received at a moment or later, or all."""
    wanted = sa.select(NotificationRecord).order_by(NotificationRecord.id)
    if order is not None:
        wanted = wanted.where(NotificationRecord.order_number == order)
    if since is not None:
        wanted = wanted.where(NotificationRecord.received_at >= since)
    return reading().scalars(wanted).all()


def record(number: int) -> NotificationRecord:
    """The record of this number; raises RecordNotFound."""
    found = reading().get(NotificationRecord, number)
    if found is None:
        raise RecordNotFound
    return found


def read(number: int, *, sealer: Sealer) -> bytes:
    """The body as it came; raises RecordNotFound, CannotOpen."""
    return _opened(record(number), sealer)


def seal_anew(*, sealer: Sealer) -> Iterator[int]:
    """Seal all bodies with the newest data key, so that the others can be dropped.

    Goes on in small transactions and gives the number of bodies sealed anew in each; may be
    broken off. Raises CannotOpen, naming the record, when a key is missing.
    """
    last = 0
    while True:
        with transaction() as session:
            records = _following(session, last)
            changed = sum(_seal_anew(record, sealer) for record in records)
        if not records:
            return
        last = records[-1].id
        yield changed


def _following(session: Session, last: int) -> Sequence[NotificationRecord]:
    return session.scalars(
        sa.select(NotificationRecord)
        .options(undefer(NotificationRecord.body))
        .where(NotificationRecord.id > last)
        .order_by(NotificationRecord.id)
        .limit(_AT_ONCE)
        .with_for_update()
    ).all()


def _seal_anew(record: NotificationRecord, sealer: Sealer) -> bool:
    if sealer.is_newest(record.body):
        return False
    record.body = sealer.seal(_opened(record, sealer), purpose=_PURPOSE)
    return True


def _opened(record: NotificationRecord, sealer: Sealer) -> bytes:
    try:
        return sealer.open(record.body, purpose=_PURPOSE)
    except CannotOpen as fault:
        raise CannotOpen(f"Notification {record.id}: {fault}.") from None


def _order(notification: Notification | None) -> str | None:
    if notification is None or notification.merchant_order_id is None:
        return None
    return queries.order_number(notification.merchant_order_id)
