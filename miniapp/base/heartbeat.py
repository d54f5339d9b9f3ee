"""Signs of life: when each thread of the worker last came round.

There is one row for each thread, whichever worker it belongs to: while one of several workers
lives, the work is done. A thread that waits for a mail server or the provider comes round late,
so it counts as silent only after some minutes.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from miniapp.base.db import Base, transaction

EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(minutes=3)


class Part(StrEnum):
    """A thread of the worker."""

    DELIVERIES = "deliveries"
    SWEEPS = "sweeps"


class Heartbeat(Base):
    """The last sign of life of a part."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Pulse:
    """Gives the signs of life of one thread, at most one in ten seconds."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._last: datetime | None = None

    def beat(self, *, now: datetime) -> None:
        """The thread has come round."""
        if self._last is None or now - self._last >= EVERY:
            _write(self._part, now)
            self._last = now


def last(session: Session) -> dict[Part, datetime | None]:
    """When each part last gave a sign of life; None for one that never did."""
    rows = session.execute(sa.select(Heartbeat.part, Heartbeat.at)).all()
    known = {row.part: row.at for row in rows}
    return {part: known.get(part) for part in Part}


def _write(part: Part, now: datetime) -> None:
    with transaction() as session:
        # The same statement in both dialects; SQLAlchemy has no common name for it.
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        row = dialect.insert(Heartbeat).values(part=part.value, at=now)
        session.execute(
            row.on_conflict_do_update(
                index_elements=[Heartbeat.part],
                set_={"at": row.excluded.at},
                # Of two workers the later sign counts.
                where=Heartbeat.at < row.excluded.at,
            )
        )
