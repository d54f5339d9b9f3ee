"""What goes wrong on purpose: which faults are on, and whom each of them strikes.

A fault strikes requests to the API or notifications. The first one that is on, fits the path and
whose dice fall so, wins; a delay comes on top. The dice of each fault are its own and start from
its seed, so the same requests in the same order are struck the same way.
"""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from miniapp.sandbox import wire

LATENCY = "latency"
OF_REQUESTS = (
    LATENCY,
    "status_429",
    "status_500",
    "timeout_before",
    "timeout_after",
    "cut_after",
)
OF_NOTIFICATIONS = (
    "notify_lost",
    "notify_repeat",
    "notify_reorder",
    "notify_altered",
    "notify_bad_signature",
)
# Milliseconds when the request names none; a client of the provider waits up to 30 s for a write.
DELAYS = {LATENCY: 1_000, "timeout_before": 30_000, "timeout_after": 30_000}
# How long a notification waits to be overtaken when no other comes.
DELAYS |= {"notify_reorder": 10_000}
LONGEST_DELAY = 120_000
MOST_TIMES = 1_000_000
LONGEST_PATH = 200
FIELDS = ("fault", "times", "probability", "seed", "delay_ms", "path")


class NotAFault(ValueError):
    """A request to ``/faults`` that makes no sense; its text is a sentence for the caller."""


@dataclass(frozen=True)
class Fault:
    """A fault as asked for; ``times`` None for ever, ``delay_ms`` in milliseconds.

    ``path`` is the beginning of a path, or a pattern when it has a ``*`` in it; a method may
    stand before it: ``POST /v3/billing``. Empty, it fits everything.
    """

    name: str
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    delay_ms: int = 0
    path: str = ""

    @property
    def delay(self) -> float:
        """The delay in seconds."""
        return self.delay_ms / 1000

    def fits(self, method: str, path: str) -> bool:
        """The request is one of those this fault is for."""
        wanted_method, _, wanted = self.path.rpartition(" ")
        if wanted_method and wanted_method != method:
            return False
        return fnmatchcase(path, wanted) if "*" in wanted else path.startswith(wanted)


@dataclass
class _Running:
    fault: Fault
    left: int | None
    dice: random.Random

    def strikes(self) -> bool:
        if self.dice.random() >= self.fault.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The faults that are on. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: list[_Running] = []

    def switch_on(self, fault: Fault) -> None:
        """From now on this happens too."""
        # Chance that can be repeated is what is wanted here.
        dice = random.Random(fault.seed)  # noqa: S311
        with self._lock:
            self._running.append(_Running(fault, fault.times, dice))

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._running.clear()

    def running(self) -> list[tuple[Fault, int | None]]:
        """What is on, in the order of switching on, each with how often it will still strike."""
        with self._lock:
            return [(one.fault, one.left) for one in self._running]

    def strike(self, names: Collection[str], *, method: str, path: str) -> list[Fault]:
        """The faults that happen to this request: delays, and at most one of another kind."""
        struck: list[Fault] = []
        with self._lock:
            for one in self._running:
                kind = one.fault.name
                decided = any(fault.name != LATENCY for fault in struck)
                if kind not in names or not one.fault.fits(method, path):
                    continue
                if (kind == LATENCY or not decided) and one.strikes():
                    struck.append(one.fault)
            self._running = [one for one in self._running if one.left != 0]
        return struck


def read_fault(raw: bytes) -> Fault | None:
    """The fault asked for as JSON, None for ``none``; NotAFault says what is wrong."""
    try:
        asked = wire.loads(raw)
    except ValueError as error:
        raise NotAFault("The body is not JSON in UTF-8.") from error
    if not isinstance(asked, dict):
        raise NotAFault("The body must be a JSON object.")
    return make_fault(asked)


def make_fault(asked: dict[str, Any]) -> Fault | None:
    """The same from values; what is left out has its default."""
    for name in asked:
        if name not in FIELDS:
            raise NotAFault(f"{name!r} is not known; the fields are {', '.join(FIELDS)}.")
    kind = asked.get("fault")
    known = (*OF_REQUESTS, *OF_NOTIFICATIONS, "none")
    if kind not in known:
        raise NotAFault(f"fault must be one of {', '.join(known)}.")
    if kind == "none":
        return None
    return Fault(
        name=str(kind),
        times=_value(asked, "times", 1, _is_times, f"a number from 1 to {MOST_TIMES}, or null"),
        probability=float(
            _value(asked, "probability", 1, _is_probability, "a number above 0, at most 1")
        ),
        seed=_value(asked, "seed", 0, _is_whole, "a whole number"),
        delay_ms=_value(
            asked, "delay_ms", DELAYS.get(str(kind), 0), _is_delay, f"from 0 to {LONGEST_DELAY}"
        ),
        path=_value(asked, "path", "", _is_path, f"a text of at most {LONGEST_PATH} characters"),
    )


def _value(
    asked: dict[str, Any], name: str, default: Any, fits: Callable[[Any], bool], wanted: str
) -> Any:
    value = asked.get(name, default)
    if not fits(value):
        raise NotAFault(f"{name} must be {wanted}.")
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_times(value: Any) -> bool:
    return value is None or (_is_whole(value) and 1 <= value <= MOST_TIMES)


def _is_probability(value: Any) -> bool:
    number = wire.decimal(value)
    return number is not None and 0 < number <= 1


def _is_delay(value: Any) -> bool:
    return _is_whole(value) and 0 <= value <= LONGEST_DELAY


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_PATH
