"""Reading a JSON object field by field, noting every fault under the field's path.

What was understood is kept in ``kept``, so an answer echoes known fields only.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from miniapp.sandbox import wire
from miniapp.sandbox.refusals import Fault

URL_LIMIT = 1000
LARGEST_QUANTITY = 10**9


class Fields:
    """One object of a request. ``null`` counts as absent, an empty text as not filled in."""

    def __init__(self, source: Mapping[str, Any], *, faults: list[Fault], path: str = "") -> None:
        self._source = source
        self._path = path
        self.faults = faults
        self.kept: dict[str, Any] = {}

    def has(self, name: str) -> bool:
        """The field was given and is not ``null``."""
        return self._source.get(name) is not None

    def fault(self, name: str, code: str = "wrong_value", message: str = "Wrong value") -> None:
        """Note that a field of this object is not accepted."""
        self.faults.append(Fault(f"{self._path}{name}", code, message))

    def _given(self, name: str, required: bool) -> Any:
        value = self._source.get(name)
        if required and (value is None or value == ""):
            self.fault(name, "required", "The field is required")
            return None
        return value

    def text(
        self, name: str, *, limit: int, required: bool = False, pattern: str | None = None
    ) -> str:
        """A text of at most ``limit`` characters; empty when absent or faulty."""
        value = self._given(name, required)
        if value is None:
            return ""
        if not isinstance(value, str) or (value and pattern and not re.fullmatch(pattern, value)):
            self.fault(name)
            return ""
        if len(value) > limit:
            self.fault(name, "too_long", f"At most {limit} characters")
            return ""
        self.kept[name] = value
        return value

    def one_of(self, name: str, allowed: Collection[object], *, required: bool = False) -> Any:
        """A value from a list; None when absent or faulty."""
        value = self._given(name, required)
        if value is None:
            return None
        if isinstance(value, bool | list | dict) or value not in allowed:
            self.fault(name)
            return None
        self.kept[name] = value
        return value

    def money(self, name: str, *, required: bool = True) -> int:
        """A sum, in kopecks; 0 when absent or faulty."""
        value = self._given(name, required)
        if value is None:
            return 0
        amount = wire.kopecks(value)
        if amount is None:
            self.fault(name, message="A number with at most two decimals")
            return 0
        self.kept[name] = wire.money(amount)
        return amount

    def quantity(self, name: str) -> Decimal:
        """A required number above zero; 1 when faulty."""
        value = self._given(name, required=True)
        number = wire.decimal(value)
        if number is not None and 0 < number <= LARGEST_QUANTITY:
            self.kept[name] = number
            return number
        if value is not None:
            self.fault(name, message=f"A number above zero, at most {LARGEST_QUANTITY}")
        return Decimal(1)

    def measurement(self, name: str, *, largest: int | None = None) -> None:
        """An optional number that is only kept: a weight, or degrees up to ``largest``."""
        value = self._given(name, required=False)
        if value is None:
            return
        number = wire.decimal(value)
        if number is None or (largest is not None and abs(number) > largest):
            self.fault(name, message=f"A number, at most {largest}" if largest else "A number")
        else:
            self.kept[name] = value

    def whole(self, name: str) -> None:
        """An optional whole number, not below zero."""
        value = self._given(name, required=False)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
            self.fault(name, message="A whole number")
        else:
            self.kept[name] = value

    def flag(self, name: str) -> bool | None:
        """An optional ``true`` or ``false``."""
        value = self._given(name, required=False)
        if value is not None and not isinstance(value, bool):
            self.fault(name, message="true or false")
            return None
        if value is not None:
            self.kept[name] = value
        return value

    def url(self, name: str, *, limit: int = URL_LIMIT) -> None:
        """An optional address: a page links to it, so only http and https."""
        value = self.text(name, limit=limit)
        if value and not is_web_address(value):
            del self.kept[name]
            self.fault(name, message="An absolute http or https address")

    def day(self, name: str) -> None:
        """An optional date ``2026-03-14``."""
        value = self.text(name, limit=10)
        if value and not _is_date(value):
            del self.kept[name]
            self.fault(name, message="A date like 2026-03-14")

    def moment(self, name: str) -> datetime | None:
        """An optional moment in ATOM, kept in UTC; None when absent or faulty."""
        value = self._given(name, required=False)
        moment = wire.read_atom(value)
        if moment is not None:
            self.kept[name] = wire.atom(moment)
        elif value is not None:
            self.fault(name, message="A moment like 2026-03-14T09:30:00+03:00")
        return moment

    def identifier(self, name: str) -> None:
        """An optional id that may be a text of 36 or a number (the reference's D7, D10)."""
        value = self._given(name, required=False)
        if isinstance(value, str):
            self.text(name, limit=36)
        elif value is not None and wire.decimal(value) is None:
            self.fault(name)
        elif value is not None:
            self.kept[name] = value

    def document(self, name: str) -> None:
        """An optional object that is kept as it is, such as JSON-LD."""
        value = self._given(name, required=False)
        if value is not None and not isinstance(value, dict):
            self.fault(name, message="An object")
        elif value is not None:
            self.kept[name] = value

    def record(self, name: str, *, required: bool = False) -> "Fields":
        """An object inside this one; its fields are kept under the same name."""
        value = self._given(name, required)
        if value is not None and not isinstance(value, dict):
            self.fault(name, message="An object")
            value = None
        inner = Fields(value or {}, faults=self.faults, path=f"{self._path}{name}.")
        if value is not None:
            self.kept[name] = inner.kept
        return inner

    def records(self, name: str) -> list["Fields"]:
        """A required list of objects, at least one."""
        value = self._given(name, required=True)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self.fault(name, message="A list with at least one item")
            return []
        return [
            Fields(item, faults=self.faults, path=f"{self._path}{name}[{index}].")
            for index, item in enumerate(value)
            if self._is_object(f"{name}[{index}]", item)
        ]

    def _is_object(self, name: str, value: object) -> bool:
        if not isinstance(value, dict):
            self.fault(name, message="An object")
        return isinstance(value, dict)

    def names(self, name: str, allowed: Collection[str] | None = None) -> None:
        """An optional list of words, from a set if there is one."""
        value = self._given(name, required=False)
        if value is None:
            return
        if isinstance(value, list) and all(
            isinstance(word, str) and (allowed is None or word in allowed) for word in value
        ):
            self.kept[name] = value
        else:
            self.fault(name, message="A list of words")


def is_web_address(text: str) -> bool:
    """An absolute http or https address with a host and nothing invisible in it."""
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
