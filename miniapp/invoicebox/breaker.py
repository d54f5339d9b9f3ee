"""A circuit breaker: who does not answer anybody is not asked by everybody.

After five failures in a row no request is sent for fifteen seconds; then one is, as a probe, and
only when it was answered do the others follow. What is refused here was never sent, so nobody
is left in doubt and nobody waits for a timeout. Each process finds out for itself.
"""

from collections.abc import Callable
from math import ceil
from threading import Lock
from typing import Final

import structlog

from miniapp.invoicebox.errors import NotSent

FAILURES: Final = 5
PAUSE: Final = 15.0  # seconds without a request

log = structlog.get_logger(__name__)


class Breaker:
    """Judges by what became of the requests. ``clock`` gives seconds that never go back."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._open_until: float | None = None  # None while all is well
        self._probing = False

    @property
    def wants_probe(self) -> bool:
        """The pause is over, and the next request would be the probe."""
        with self._lock:
            return self._open_until is not None and self._left() <= 0 and not self._probing

    def check(self) -> None:
        """Raise NotSent while no request may be sent."""
        with self._lock:
            self._refuse_while_open()

    def enter(self) -> None:
        """The same, right before sending; must be followed by ``leave``."""
        with self._lock:
            self._refuse_while_open()
            if self._open_until is not None:
                self._probing = True
                log.info("provider_probed")

    def leave(self, *, alive: bool) -> None:
        """Take note of a request: did anybody answer who is well?"""
        with self._lock:
            if alive:
                if self._open_until is not None:
                    log.info("provider_back")
                self._failures, self._open_until, self._probing = 0, None, False
                return
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until, self._probing = self._clock() + PAUSE, False
                log.error("provider_down", failures=self._failures, pause=PAUSE)

    def _left(self) -> float:
        return 0.0 if self._open_until is None else self._open_until - self._clock()

    def _refuse_while_open(self) -> None:
        if self._probing or self._left() > 0:
            raise NotSent(
                "not sent: the provider does not answer at the moment",
                retry_after=max(1, ceil(self._left())),
            )
