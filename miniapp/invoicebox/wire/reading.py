"""Taking apart JSON that nobody has checked yet: answers of the provider, notifications.

Everything here either returns a plain value of the promised kind or raises ``Unreadable``,
whose sentence names the field and never its contents. Extra properties are ignored.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn

MOST_ROUBLES = 10**11  # every sum below it survives the way through a float without loss

_WRITTEN_SUM = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")

Fields = Mapping[str, object]


class Unreadable(ValueError):
    """The text is not JSON, or a field is missing or not of its kind."""


def json_object(raw: bytes) -> dict[str, object]:
    """Read one JSON object from UTF-8 bytes.

    Refused are NaN and Infinity, a key given twice, nesting beyond the interpreter's depth and
    whole numbers of thousands of digits.
    """
    try:
        parsed = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_each_key_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise Unreadable("not a JSON document") from None
    return as_object(parsed, "the document")


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers may take different ones of two equal keys, so there is no right one."""
    collected = dict(pairs)
    if len(collected) != len(pairs):
        raise Unreadable("a key is given twice")
    return collected


def _no_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not JSON")


def as_object(value: object, name: str) -> dict[str, object]:
    """The value, if it is a JSON object."""
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is not an object")
    return value


def text(fields: Fields, name: str, *, limit: int) -> str:
    """A string of 1 to ``limit`` printable characters, which any database can keep."""
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isprintable():
        raise Unreadable(f"{name} is missing or not a text of {limit} characters at most")
    return value


def optional_text(fields: Fields, name: str, *, limit: int) -> str | None:
    """The same, or None where the field is absent, null or empty."""
    return None if fields.get(name) in (None, "") else text(fields, name, limit=limit)


def loose_text(fields: Fields, name: str, *, limit: int) -> str | None:
    """A text for reading only: spaces for what is not printable, cut at ``limit``; else None."""
    value = fields.get(name)
    if not isinstance(value, str):
        return None
    plain = "".join(sign if sign.isprintable() else " " for sign in value[: 2 * limit])
    return " ".join(plain.split())[:limit].rstrip() or None


def number(fields: Fields, name: str) -> int:
    """A whole number from 0 on, as some answers have for an id; also in a string of digits."""
    value = fields.get(name)
    if isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**18:
        raise Unreadable(f"{name} is missing or not a whole number")
    return value


def kopecks(fields: Fields, name: str) -> int:
    """A sum in kopecks from roubles: ``4500``, ``811.48``, also the string ``"811.48"``.

    A number is taken as the shortest decimal that denotes it, so that ``811.48000000000002``,
    as some PHP servers write 811.48, is 811.48, and ``811.481`` is refused.
    """
    exact = _roubles(fields.get(name), name) * 100
    if exact != exact.to_integral_value():
        raise Unreadable(f"{name} has parts of a kopeck")
    return int(exact)


def _roubles(value: object, name: str) -> Decimal:
    match value:
        case bool():
            raise Unreadable(f"{name} is not a sum of money")
        case int() if 0 <= value < MOST_ROUBLES:
            return Decimal(value)
        case float() if math.isfinite(value) and 0 <= value < MOST_ROUBLES:
            return Decimal(repr(value))
        case str() if _WRITTEN_SUM.fullmatch(value) and Decimal(value) < MOST_ROUBLES:
            return Decimal(value)
    raise Unreadable(f"{name} is missing or not a sum of money")


def optional_kopecks(fields: Fields, name: str) -> int | None:
    """The same, or None where the field is absent or null."""
    return None if fields.get(name) is None else kopecks(fields, name)


def optional_moment(fields: Fields, name: str) -> datetime | None:
    """An ATOM time as a moment in UTC, None where there is none to be read.

    A time without an offset is UTC, as the server keeps it (section 2).
    """
    value = fields.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def is_address(value: str) -> bool:
    """Whether this is an http(s) address of 1000 characters at most."""
    return len(value) <= 1000 and re.fullmatch(r"https?://[!-~]+", value) is not None
