"""Understanding an answer: the data in it, or the refusal (Invoicebox API reference, section 2).

A refusal is only what the provider itself wrote, a JSON error with a 4xx status. Anything else
than that and 2xx with ``data`` comes from somewhere between us and says nothing about what was
done: a proxy's page, a redirect, a crash.

Data are checked to be about what was asked: a list that ignored our filter, or an order that is
not ours, is never taken for an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from miniapp.invoicebox.errors import (
    BadToken,
    Duplicate,
    FieldFault,
    OutcomeUnknown,
    Refused,
    Unavailable,
    WrongStatus,
)
from miniapp.invoicebox.transport import Answer
from miniapp.invoicebox.wire.reading import Fields, Unreadable, as_object, json_object

_T = TypeVar("_T")
_P = ParamSpec("_P")

_CLASSES = {"merchant_order_id_duplicate": Duplicate, "wrong_order_status": WrongStatus}
# Ours, so they come back letter by letter; ids of the provider may change their case.
_EXACT = {"merchantOrderId", "documentNumber", "externalId", "vatNumber"}


@dataclass(frozen=True)
class Listing:
    """One page of a list; ``total`` over all pages is None where the answer does not tell it."""

    rows: Sequence[object]
    total: int | None


def object_of(answer: Answer) -> Fields:
    """The one object of an answer."""
    return understood(answer, as_object, _document_of(answer)["data"], "data")


def about(answer: Answer, parse: Callable[[Fields], _T], wanted: Mapping[str, str]) -> _T:
    """The one object of an answer, if it is the one that has these values."""
    fields = object_of(answer)
    if not _is_about(fields, wanted):
        raise OutcomeUnknown("the answer is about something else", request_id=answer.request_id)
    return understood(answer, parse, fields)


def listing_of(answer: Answer) -> Listing:
    """The rows of an answer, whatever they are about."""
    document = _document_of(answer)
    rows = document.get("data")
    if not isinstance(rows, list):
        raise OutcomeUnknown("answer: data is not a list", request_id=answer.request_id)
    meta = document.get("metaData")
    total = meta.get("totalCount") if isinstance(meta, dict) else None
    return Listing(rows, total if isinstance(total, int) else None)


def matching(
    answer: Answer, rows: Sequence[object], parse: Callable[[Fields], _T], wanted: Mapping[str, str]
) -> list[_T]:
    """The rows that are what we asked for.

    Rows, but only foreign ones, mean that the filter was ignored; then "there is none" would be
    a guess, and a guess here lets go of an order that may be paid.
    """
    found = [row for row in rows if isinstance(row, dict) and _is_about(row, wanted)]
    if rows and not found:
        raise OutcomeUnknown("the list ignored the filter", request_id=answer.request_id)
    return [understood(answer, parse, row) for row in found]


def understood(answer: Answer, read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What ``read`` makes of a part of the answer; ``Unreadable`` leaves us without knowledge."""
    try:
        return read(*args, **kwargs)
    except Unreadable as fault:
        raise OutcomeUnknown(f"answer: {fault}", request_id=answer.request_id) from None


def _document_of(answer: Answer) -> Fields:
    """The envelope with its ``data``; raises the ``ProviderError`` the answer stands for."""
    if answer.status in (425, 429):
        raise Unavailable(
            f"HTTP {answer.status}", retry_after=answer.retry_after, request_id=answer.request_id
        )
    if answer.status == 408 or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
        raise OutcomeUnknown(f"HTTP {answer.status}", request_id=answer.request_id)
    try:
        document = json_object(answer.body)
    except Unreadable as fault:
        raise OutcomeUnknown(f"answer: {fault}", request_id=answer.request_id) from None
    if answer.status >= 400:
        raise _refusal(document, answer)
    if "data" not in document:
        raise OutcomeUnknown("the answer has no data", request_id=answer.request_id)
    return document


def _is_about(fields: Fields, wanted: Mapping[str, str]) -> bool:
    return all(_is_same(name, fields.get(name), value) for name, value in wanted.items())


def _is_same(name: str, given: object, wanted: str) -> bool:
    if isinstance(given, bool) or not isinstance(given, str | int):
        return False
    return str(given) == wanted or (name not in _EXACT and str(given).lower() == wanted.lower())


def _refusal(document: Fields, answer: Answer) -> Refused:
    """The error of an answer, in ``error`` or at the top level (D2)."""
    error = document.get("error")
    source: Fields = error if isinstance(error, dict) else document
    code = _words(source.get("code"), 64) or f"http_{answer.status}"
    kind = BadToken if answer.status in (401, 403) else _CLASSES.get(code, Refused)
    return kind(
        code, _words(source.get("message"), 500), _fields(source.get("fields")), answer.request_id
    )


def _fields(given: object) -> tuple[FieldFault, ...]:
    rows = given if isinstance(given, list) else []
    return tuple(
        FieldFault(
            name=_words(row.get("name"), 64),
            code=_words(row.get("code"), 64),
            message=_words(row.get("message"), 500),
        )
        for row in rows[:100]
        if isinstance(row, dict)
    )


def _words(value: object, limit: int) -> str:
    """The beginning of a text without what could forge a line of a log; else empty."""
    if not isinstance(value, str):
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in value[:limit])
