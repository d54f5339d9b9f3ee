"""Can this process serve a request? Asked by a load balancer, often, so it costs little.

Without its database, or with migrations other than its own, it cannot. A silent worker is told,
and hinders nothing: travellers can still be sold to and let in, letters wait in the outbox, and
taking the web processes away would add a second failure to the first. Alarms belong to the age
of the heartbeat in the metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from miniapp.base import heartbeat, migrating
from miniapp.base.db import reading
from miniapp.base.heartbeat import Part

log = structlog.get_logger()

OK, UNKNOWN = "ok", "unknown"


@dataclass(frozen=True)
class Condition:
    """How this process stands, each in a word: ``ok``, or what is wrong, or ``unknown``."""

    database: str
    migrations: str = UNKNOWN
    worker: Mapping[Part, str] = field(default_factory=lambda: dict.fromkeys(Part, UNKNOWN))

    @property
    def is_ready(self) -> bool:
        """Whether it can serve; the worker does not matter for that."""
        return self.database == OK and self.migrations == OK


def condition(*, now: datetime) -> Condition:
    """Look at the database, its migrations and the worker."""
    try:
        session = reading()
        if not migrating.is_current(session.connection()):
            return Condition(OK, "not current")
        beats = heartbeat.last(session)
    except SQLAlchemyError as fault:
        log.error("readiness.database", reason=type(fault).__name__)
        return Condition("unreachable")
    return Condition(OK, OK, {part: _in_words(at, now) for part, at in beats.items()})


def _in_words(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never seen"
    if now - at < heartbeat.SILENT_AFTER:
        return OK
    return f"silent since {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
