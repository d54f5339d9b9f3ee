"""How many requests each caller has made lately (section 2.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

WINDOW = timedelta(seconds=30)
REMEMBERED = 1000


@dataclass(frozen=True)
class Allowance:
    """What one caller has left; ``remaining`` below zero is one request too many."""

    limit: int
    remaining: int
    seconds: int


class Traffic:
    """Counts requests in windows of 30 seconds that begin with a caller's first request."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[str, tuple[datetime, int]] = {}

    def count(self, caller: str, *, limit: int, now: datetime) -> Allowance:
        """Count one request of a caller, and say what it has left until its window ends."""
        with self._lock:
            self._forget(now=now)
            ends, seen = self._windows.get(caller, (now + WINDOW, 0))
            if ends <= now:
                ends, seen = now + WINDOW, 0
            self._windows[caller] = (ends, seen + 1)
        seconds = ceil((ends - now).total_seconds())
        return Allowance(limit, limit - seen - 1, seconds)

    def _forget(self, *, now: datetime) -> None:
        if len(self._windows) > REMEMBERED:
            self._windows = {key: kept for key, kept in self._windows.items() if kept[0] > now}
