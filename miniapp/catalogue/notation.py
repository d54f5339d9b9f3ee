"""How sums and spans are written in a catalogue file.

Money is written in roubles, ``4500`` or ``"4500.50"``, and kept in kopecks. A span is written
with its units, ``3h``, ``45m`` or ``1h30m``, and kept in minutes: a bare number would leave open
which of the two is meant.
"""

import re

from miniapp.base.i18n import marked

# Sums of a whole order must fit a 32-bit column: no price above ten million roubles.
_DEAREST = 10_000_000 * 100
_LONGEST = 60 * 24 * 60

_ROUBLES = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
_SPAN = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.ASCII)


def kopecks(value: object) -> int:
    """Kopecks of a price in roubles, read from its digits; raises ValueError."""
    # A number of the file arrives as int or Decimal with the digits it was written with.
    match = _ROUBLES.fullmatch(str(value))
    if match is None:
        raise ValueError(marked("a price is written in roubles, 4500 or 4500.50, not below zero"))
    whole, part = match.groups(default="")
    sum_ = int(whole) * 100 + int(part.ljust(2, "0"))
    if sum_ > _DEAREST:
        raise ValueError(marked("a price is at most 10000000 roubles"))
    return sum_


def roubles(kopecks: int) -> int | str:
    """A price as a file writes it: ``4500``, or ``"4500.50"`` with its kopecks."""
    whole, part = divmod(kopecks, 100)
    return f"{whole}.{part:02}" if part else whole


def minutes(value: object) -> int:
    """Minutes of a span with its units; raises ValueError."""
    match = _SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError(marked("a span is written with its units: 3h, 45m or 1h30m"))
    hours, rest = (int(part) for part in match.groups(default="0"))
    if hours * 60 + rest > _LONGEST:
        raise ValueError(marked("a span is at most 1440h"))
    return hours * 60 + rest


def span(minutes: int) -> str:
    """A span as a file writes it: ``3h``, ``45m``, ``1h30m``."""
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")
