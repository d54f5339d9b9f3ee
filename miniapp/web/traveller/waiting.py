"""How often a waiting screen asks how things stand, and when it stops.

The server keeps nothing: the address asked tells how many times it was asked before. Soon at
first, then more and more seldom, for a quarter of an hour; by then the letter tells the rest.
"""

from dataclasses import dataclass

from flask import request

# So many questions, each so many seconds after the one before.
_PACE = ((15, 2), (24, 5), (24, 30))
_LATE_AFTER = 15
_MOST = sum(times for times, _ in _PACE)
# A page without script is loaded anew as a whole, so it asks more seldom.
_RELOAD_SECONDS = 5


@dataclass(frozen=True)
class Waiting:
    """How far the waiting has come; ``asked`` counts the questions so far."""

    asked: int

    @property
    def pause(self) -> int | None:
        """Seconds until the next question; None when there is none."""
        left = self.asked
        for times, seconds in _PACE:
            if left < times:
                return seconds
            left -= times
        return None

    @property
    def reload(self) -> int | None:
        """The same for a page without script."""
        return max(self.pause, _RELOAD_SECONDS) if self.pause else None

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than usual, which is to be told."""
        return self.asked >= _LATE_AFTER

    @property
    def turns_late(self) -> bool:
        """Whether this is the answer that tells it."""
        return self.asked == _LATE_AFTER


def read() -> Waiting:
    """What the address asked tells; what is no such number is none."""
    told = request.args.get("waited", "")
    known = told.isascii() and told.isdigit() and len(told) <= len(str(_MOST))
    return Waiting(asked=int(told) if known else 0)
