"""The moment now: the only reader of the system clock.

Doors, commands and the worker ask it and pass the moment on as an argument.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The moment now, aware, in UTC."""
    return datetime.now(UTC)
