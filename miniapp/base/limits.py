"""How often something may be done: acts counted over a moving window of seconds.

A limiter counts and tells how long to wait; who waits, and for how long, is the caller's affair.
In memory each process counts for itself; with Redis all of them count together. A Redis that
does not answer stops nothing: until it is back, each process counts for itself again.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final, Protocol, TypeVar, cast

import structlog

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

# Seconds to wait for Redis, and before it is tried again after it did not answer.
_PATIENCE: Final = 0.5
_SPARED: Final = 15.0


class Limiter(Protocol):
    """Counts acts of one kind. May be used by several threads at once."""

    def count(self, *, most: int) -> float:
        """Count an act and return 0, unless ``most`` were counted within the window.

        Otherwise the seconds after which asking again may help. Who asks with a smaller
        ``most`` leaves the rest of the window to others.
        """

    def rest(self, seconds: float) -> None:
        """Let nobody through for so many seconds."""


class LocalLimiter:
    """Counts in the memory of this process; ``clock`` gives seconds that never go back."""

    def __init__(self, *, window: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._window = window
        self._clock = clock
        self._lock = Lock()
        self._counted: deque[float] = deque()
        self._rest_until = 0.0

    def count(self, *, most: int) -> float:
        """See ``Limiter``."""
        with self._lock:
            now = self._clock()
            while self._counted and self._counted[0] <= now - self._window:
                self._counted.popleft()
            wait = max(self._rest_until, self._free_at(most)) - now
            if wait > 0:
                return wait
            self._counted.append(now)
            return 0.0

    def rest(self, seconds: float) -> None:
        """See ``Limiter``; a shorter rest does not end a longer one."""
        with self._lock:
            self._rest_until = max(self._rest_until, self._clock() + seconds)

    def _free_at(self, most: int) -> float:
        """When fewer than ``most`` will be counted."""
        if len(self._counted) < most:
            return 0.0
        return self._counted[-most] + self._window


class SharedLimiter:
    """Counts in Redis for all processes that use the same ``name``; ``window`` in whole seconds.

    ``url`` is ``redis://…`` or ``rediss://…``. Needs the extra ``redis``.
    """

    def __init__(
        self, *, url: str, name: str, window: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from limits.storage import RedisStorage
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            # A connection that Redis closed meanwhile is made again at once, and that is all.
            retry=Retry(NoBackoff(), 1),
        )
        self._store = RedisStorage(url, connection_pool=self._redis.connection_pool)
        self._local = LocalLimiter(window=window, clock=clock)
        self._name = name
        self._rest_name = f"{name}:rest"
        self._window = window
        self._clock = clock
        self._spared_until = 0.0

    def count(self, *, most: int) -> float:
        """See ``Limiter``."""
        return self._shared(lambda: self._count(most), lambda: self._local.count(most=most))

    def rest(self, seconds: float) -> None:
        """See ``Limiter``; a shorter rest does not end a longer one."""
        self._shared(lambda: self._rest(seconds), lambda: self._local.rest(seconds))

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._redis.close()

    def _count(self, most: int) -> float:
        rest = self._rest_left()
        if rest > 0:
            return rest
        if self._store.acquire_entry(self._name, most, self._window):
            return 0.0
        oldest, _ = self._store.get_moving_window(self._name, most, self._window)
        # By the clocks of several machines: one that is wrong must not stop us for long.
        return min(max(oldest + self._window - time.time(), 0.05), float(self._window))

    def _rest(self, seconds: float) -> None:
        if seconds > self._rest_left():
            self._redis.set(self._rest_name, 1, px=max(1, round(seconds * 1000)))

    def _rest_left(self) -> float:
        milliseconds = cast("int", self._redis.pttl(self._rest_name))
        return milliseconds / 1000  # negative when there is none

    def _shared(self, ask: Callable[[], _T], otherwise: Callable[[], _T]) -> _T:
        """Ask Redis, or this process alone while Redis does not answer."""
        if self._clock() >= self._spared_until:
            try:
                return ask()
            except self._store.base_exceptions as failure:
                self._spared_until = self._clock() + _SPARED
                log.warning("limits.alone", seconds=_SPARED, reason=type(failure).__name__)
        return otherwise()
