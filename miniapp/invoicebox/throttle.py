"""Our own pace, well below what the provider allows (Invoicebox API reference, section 2.3).

An account may send 100 requests in 30 seconds; we stop at 60, and background work at 40, so that
a buyer never waits behind it. The limiter that counts them is handed in: all processes of one
account should share one. Besides, a process has one write and three reads under way at a time.
That is each process's own affair: the provider counts requests, not connections, and a place
kept by a process that was killed would stop all the others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from threading import Semaphore
from typing import Final

import structlog

from miniapp.base.limits import Limiter
from miniapp.invoicebox.errors import NotSent

WINDOW: Final = 30  # seconds
MOST: Final = 60
MOST_IN_BACKGROUND: Final = 40
READS: Final = 3
WRITES: Final = 1
LONGEST_REST: Final = 60.0  # seconds; whatever an answer asks for

log = structlog.get_logger(__name__)


class Throttle:
    """Gives turns. ``patience``: the most seconds that a caller waits for one."""

    def __init__(
        self,
        *,
        limiter: Limiter,
        background: bool,
        patience: float,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._limiter = limiter
        self._most = MOST_IN_BACKGROUND if background else MOST
        self.patience = patience
        self._sleep = sleep
        self._clock = clock
        self._reads = Semaphore(READS)
        self._writes = Semaphore(WRITES)
        self._refusals = 0

    @contextmanager
    def turn(self, *, write: bool, until: float) -> Iterator[None]:
        """The block may send one request; raises NotSent when the turn does not come in time.

        That is our patience, or the moment ``until`` of the clock if it comes first.
        """
        places = self._writes if write else self._reads
        until = min(until, self._clock() + self.patience)
        while True:
            if not places.acquire(timeout=max(0.0, until - self._clock())):
                raise _refusal("others of ours are under way", 1)
            try:
                wait = self._limiter.count(most=self._most)
                if wait <= 0:
                    yield
                    return
            finally:
                places.release()
            if self._clock() + wait >= until:
                raise _refusal("the limit is reached", ceil(wait))
            self._sleep(wait)

    def heed(self, *, refused: bool, retry_after: int | None) -> None:
        """Rest when an answer asked for it; ``refused``: it was a 429.

        A refusal that names no time doubles the rest each time: 1, 2, 4 seconds and so on.
        """
        self._refusals = self._refusals + 1 if refused else 0
        if refused and retry_after is None:
            retry_after = 2 ** min(self._refusals - 1, 6)
        if retry_after:
            rest = min(float(retry_after), LONGEST_REST)
            log.warning("provider_asks_to_rest", seconds=rest, refused=refused)
            self._limiter.rest(rest)


def _refusal(reason: str, seconds: int) -> NotSent:
    log.warning("provider_spared", reason=reason, seconds=seconds)
    return NotSent(f"not sent: {reason}", retry_after=seconds)
