"""Can this process serve a request? Asked by a load balancer, often, so it costs little."""

from enum import StrEnum

import structlog
from sqlalchemy.exc import SQLAlchemyError

from miniapp.base import migrating
from miniapp.base.db import reading

log = structlog.get_logger()


class NotReady(StrEnum):
    """Why it cannot."""

    DATABASE = "database_unreachable"
    MIGRATIONS = "migrations_not_current"


def obstacle() -> NotReady | None:
    """What keeps this process from serving, None when nothing does."""
    try:
        current = migrating.is_current(reading().connection())
    except SQLAlchemyError as fault:
        log.error("readiness.database", reason=type(fault).__name__)
        return NotReady.DATABASE
    return None if current else NotReady.MIGRATIONS
