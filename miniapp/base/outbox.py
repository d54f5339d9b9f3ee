"""What must leave is written down first.

A delivery is a row added in the same transaction as the move that calls for it, so it exists
exactly when the move does: nothing is sent for an order that was rolled back, nothing is lost
when the program dies. A worker claims a due row with a lease, does the work outside any
transaction, then settles the row, puts it off, or gives it up; every attempt is recorded. A
broker or a job library was not taken because only a table of ours rolls back with the order.

Delivery is at least once: a worker that dies after sending leaves a row whose lease runs out.
Every sender therefore passes on the row's key, which stays the same over all attempts.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from miniapp.base.db import Base, transaction

# Pauses after the first, second, … failed attempt. The last one repeats until GIVE_UP_AFTER, and
# nothing is given up before each was made: neither waiting nor a worker that stood still is a try.
PAUSES = tuple(
    timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
)
GIVE_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=2)


class Delivery(Base):
    """Something that must leave: a letter, an event, a report."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.Index(
            "ix_delivery_due",
            "due_at",
            postgresql_where=sa.text("settled_at IS NULL AND given_up_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL AND given_up_at IS NULL"),
        ),
        sa.Index(
            "ix_delivery_given_up",
            "kind",
            postgresql_where=sa.text("given_up_at IS NOT NULL"),
            sqlite_where=sa.text("given_up_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    # Names the act, the same over all attempts: "voucher-letter:LNG-…".
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """How one attempt to deliver ended."""

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        sa.ForeignKey("delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    outcome: Mapped[str]
    detail: Mapped[str]


@dataclass(frozen=True)
class Claimed:
    """A delivery that this worker, and no other, works on until the lease runs out."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    lease: str


def add(
    session: Session,
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    due: datetime | None = None,
) -> None:
    """Write down what must leave, at once or when it is due, in the caller's transaction."""
    session.add(Delivery(kind=kind, key=key, payload=payload, created_at=now, due_at=due or now))


def claim(*, now: datetime) -> Claimed | None:
    """Take the delivery that has been due longest, for the length of a lease."""
    lease = secrets.token_hex(8)
    with transaction() as session:
        row = session.scalars(
            sa.select(Delivery)
            .where(_waiting(), Delivery.due_at <= now, _unleased(now))
            .order_by(Delivery.due_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.lease, row.leased_until, row.attempts = lease, now + LEASE, row.attempts + 1
        return Claimed(row.id, row.kind, row.key, row.payload, row.attempts, row.created_at, lease)


def settle(claimed: Claimed, *, now: datetime, detail: str = "") -> None:
    """The delivery arrived."""
    _close(claimed, now=now, outcome="settled", detail=detail, settled_at=now)


def put_off(claimed: Claimed, *, now: datetime, reason: str) -> None:
    """The delivery failed for now: plan the next attempt, or give up after three days."""
    if now - claimed.created_at >= GIVE_UP_AFTER and claimed.attempts > len(PAUSES):
        give_up(claimed, now=now, reason=reason)
        return
    pause = PAUSES[min(claimed.attempts, len(PAUSES)) - 1]
    _close(claimed, now=now, outcome="put off", detail=reason, due_at=now + pause)


def wait(claimed: Claimed, *, now: datetime, until: datetime, reason: str) -> None:
    """Something else has to happen first: look again then, however often that takes."""
    _close(claimed, now=now, outcome="waiting", detail=reason, due_at=until, attempts=0)


def give_up(claimed: Claimed, *, now: datetime, reason: str) -> None:
    """The delivery can never arrive: keep the row for a human."""
    _close(claimed, now=now, outcome="given up", detail=reason, given_up_at=now)


def _waiting() -> sa.ColumnElement[bool]:
    return sa.and_(Delivery.settled_at.is_(None), Delivery.given_up_at.is_(None))


def _unleased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now)


def _close(claimed: Claimed, *, now: datetime, outcome: str, detail: str, **values: Any) -> None:
    with transaction() as session:
        closed = session.execute(
            sa.update(Delivery)
            # A worker whose lease ran out has lost the row to another and changes nothing.
            .where(Delivery.id == claimed.id, Delivery.lease == claimed.lease, _waiting())
            .values(lease=None, leased_until=None, **values)
        )
        outcome = outcome if closed.rowcount == 1 else f"{outcome}, lease lost"  # type: ignore[attr-defined]
        session.add(
            DeliveryAttempt(delivery_id=claimed.id, at=now, outcome=outcome, detail=detail[:1000])
        )
