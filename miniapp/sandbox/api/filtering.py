"""Filters, order and pages of a list (Invoicebox API reference, section 4).

Every spelling that clients use is understood: ``k=``, ``k[_eq]=``, ``k[]=``, ``k[0]=`` and the
repeated ``k=`` (D3), ``page`` and ``_page`` (D4). An unknown key is refused rather than ignored:
a filter that silently matches everything is worse than an error.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from miniapp.sandbox.refusals import Fault, Refusal, unprocessable

DEFAULT_PAGE_SIZE = 30
LARGEST_PAGE_SIZE = 1000
KEY = re.compile(r"(?P<name>[A-Za-z]\w*)(\[(?P<mark>_[a-z]+|\d*)\])?")
SORT = re.compile(r"_order\[(?P<name>\w+)\]")

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "_ne": lambda value, wanted: value != wanted,
    "_gt": lambda value, wanted: value is not None and value > wanted,
    "_ge": lambda value, wanted: value is not None and value >= wanted,
    "_lt": lambda value, wanted: value is not None and value < wanted,
    "_le": lambda value, wanted: value is not None and value <= wanted,
    "_start": lambda value, wanted: value is not None and str(value).startswith(wanted),
}


@dataclass
class Listing:
    """What was asked of a list; values are compared as ``kinds`` says."""

    kinds: dict[str, str]
    any_of: dict[str, list[Any]] = field(default_factory=dict)
    compared: list[tuple[str, str, Any]] = field(default_factory=list)
    sorted_by: list[tuple[str, bool]] = field(default_factory=list)
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE

    def select(self, rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
        """The rows of the page and how many match in all."""
        matching = [row for row in rows if self._matches(row)]
        for name, descending in reversed(self.sorted_by):
            matching.sort(key=lambda row: self._sort_key(row, name), reverse=descending)
        start = (self.page - 1) * self.page_size
        return matching[start : start + self.page_size], len(matching)

    def _value(self, row: dict[str, Any], name: str) -> Any:
        value = row.get(name)
        return None if value is None else _convert(value, self.kinds[name])

    def _sort_key(self, row: dict[str, Any], name: str) -> tuple[bool, Any]:
        value = self._value(row, name)
        return (value is not None, value if value is not None else 0)

    def _matches(self, row: dict[str, Any]) -> bool:
        return all(
            self._value(row, name) in wanted for name, wanted in self.any_of.items()
        ) and all(
            # A prefix is one of the text that the answer shows.
            COMPARISONS[mark](row.get(name) if mark == "_start" else self._value(row, name), wanted)
            for name, mark, wanted in self.compared
        )


def read_listing(query: Iterable[tuple[str, str]], *, kinds: dict[str, str]) -> Listing:
    """Read the query of a list; ``kinds`` maps each key to ``text``, ``number`` or ``moment``."""
    listing = Listing(kinds)
    for key, text in query:
        if key in ("page", "_page"):
            listing.page = _count(key, text, 10**6)
        elif key in ("pageSize", "_pageSize"):
            listing.page_size = _count(key, text, LARGEST_PAGE_SIZE)
        elif key.startswith("_order"):
            listing.sorted_by.append(_sorting(key, text, kinds))
        else:
            _add_filter(listing, key, text)
    return listing


def _count(key: str, text: str, largest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 0 < int(text) <= largest:
        raise _refused(key)
    return int(text)


def _sorting(key: str, text: str, kinds: dict[str, str]) -> tuple[str, bool]:
    match = SORT.fullmatch(key)
    if not match or match["name"] not in kinds or text.lower() not in ("asc", "desc"):
        raise _refused(key)
    return match["name"], text.lower() == "desc"


def _add_filter(listing: Listing, key: str, text: str) -> None:
    match = KEY.fullmatch(key)
    if not match or match["name"] not in listing.kinds:
        raise _refused(key)
    name, mark = match["name"], match["mark"] or ""
    try:
        value = _convert(text, "text" if mark == "_start" else listing.kinds[name])
    except ValueError as error:
        raise _refused(key) from error
    if mark in COMPARISONS:
        listing.compared.append((name, mark, value))
    elif mark == "_eq" or not mark.startswith("_"):
        listing.any_of.setdefault(name, []).append(value)
    else:
        raise _refused(key)


def _convert(value: Any, kind: str) -> Any:
    if kind == "moment":
        # A plus that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(str(value).replace(" ", "+"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if kind == "number":
        return _number(str(value))
    return str(value)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{text!r} cannot be compared")
    return number


def _refused(key: str) -> Refusal:
    fault = Fault(key, "wrong_value", "Not understood")
    return unprocessable("wrong_value", f"The parameter {key} is not understood", fault)
