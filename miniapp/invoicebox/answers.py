"""Understanding an answer: the data in it, or the refusal (Invoicebox API reference, section 2).

A refusal is only what the provider itself wrote, a JSON error with a 4xx status. Anything else
than that and 2xx with ``data`` comes from somewhere between us and says nothing about what was
done: a proxy's page, a redirect, a crash.
"""

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
from miniapp.invoicebox.wire.reading import Fields, Unreadable, json_object

_CLASSES = {"merchant_order_id_duplicate": Duplicate, "wrong_order_status": WrongStatus}


def data_of(answer: Answer) -> object:
    """The ``data`` of the envelope; raises the ``ProviderError`` the answer stands for."""
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
    return document["data"]


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
