"""JSON as the provider writes it: money as numbers in currency units, moments in ATOM.

Invoicebox API reference, sections 2 and 6.8. Numbers are read as Decimal, so a sum is exact
from the request to the comparison.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from miniapp.sandbox.state import Order

# Digits, before or after the point; and characters of one number.
LONGEST_NUMBER = 20
LONGEST_TEXT = 50
LARGEST_SUM = 10**14
ATOM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def loads(raw: bytes) -> Any:
    """Parse a request body; ValueError when it is not JSON in UTF-8 that can be written again."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_float=_read, parse_constant=_refuse)
        # Half of a surrogate pair passes the parser, and no answer could ever show it.
        dumps(value).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _read(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number of absurd size") from error
    if len(text) > LONGEST_TEXT or abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValueError("a number of absurd length")
    return number


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def dumps(value: Any) -> str:
    """Write JSON; Decimal becomes a number."""
    return json.dumps(value, ensure_ascii=False, default=_number)


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not for the wire")
    return int(value) if value == value.to_integral_value() else float(value)


def decimal(value: object) -> Decimal | None:
    """The number as Decimal, or None when it is no number or one of absurd length."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if len(number.as_tuple().digits) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        return None
    return number


def kopecks(value: object) -> int | None:
    """A sum of at most two decimals in kopecks, or None when it is none."""
    number = decimal(value)
    if number is None or number < 0:
        return None
    scaled = number * 100
    if scaled != scaled.to_integral_value() or scaled > LARGEST_SUM:
        return None
    return int(scaled)


def money(amount: int) -> int | float:
    """Kopecks as a JSON number in currency units."""
    return amount // 100 if amount % 100 == 0 else amount / 100


def atom(moment: datetime) -> str:
    """A moment in UTC: ``2026-03-14T06:30:00+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def read_atom(value: object) -> datetime | None:
    """An aware moment from ATOM text such as ``2026-03-14T09:30:00+03:00``, else None."""
    if not isinstance(value, str) or not ATOM.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def order_answer(order: Order, *, public_url: str) -> dict[str, Any]:
    """An order as the API and the notification show it."""
    draft = order.draft
    answer = {
        **draft.wire,
        "id": order.id,
        "status": order.status,
        "merchantId": draft.merchant_id,
        "merchantOrderId": draft.merchant_order_id,
        "merchantOrderIdVisible": draft.text("merchantOrderIdVisible") or draft.merchant_order_id,
        "description": draft.description,
        "amount": money(draft.amount),
        "vatAmount": money(draft.vat_amount),
        "currencyId": draft.currency,
        "expirationDate": atom(draft.expires_at),
        "createdAt": atom(order.created_at),
        "basketItems": [line.wire for line in draft.lines],
        "orderContainerId": order.container_id,
        "paymentUrl": f"{public_url}/order/{order.container_id}",
        "subtype": "order",
        "processable": draft.processable,
        "processingStatus": None,
        "fileIds": [],
    }
    if order.paid_at is not None:
        answer["paidAt"] = atom(order.paid_at)
    return answer
