"""Reading a request to create an order, as strict as the reference (sections 6.1 to 6.6).

Shapes are checked first and reported together, then the values with a code of their own, then
the arithmetic. Unknown properties are ignored.
"""

import re
from datetime import UTC, datetime
from typing import Any

from miniapp.sandbox import basket
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, unprocessable, wrong_values
from miniapp.sandbox.state import Draft, Line

CURRENCIES = ("RUB", "CNY", "UZS", "EUR", "GBP", "USD")
LANGUAGES = ("ru", "en")
CUSTOMER_FIELDS = ("type", "name", "phone", "email", "vatNumber", "registrationAddress")
KPP = r"\d{4}[0-9A-Z]{2}\d{3}"
PHONE = r"\d{10,15}"
ATOM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)")


def read_order(body: object, *, now: datetime) -> Draft:
    """The order asked for; Refusal when anything in it is not acceptable."""
    if not isinstance(body, dict):
        raise unprocessable("wrong_value", "The body must be an object")
    request = Fields(body, faults=[])
    header = _read_header(request)
    policy = _read_settings(request)
    _read_customer(request)
    lines = [basket.read_line(item) for item in request.records("basketItems")]
    _require(request, body, "currencyId", "expirationDate")
    if request.faults:
        raise wrong_values(request.faults)
    currency = _currency(body)
    _check_language(body, request)
    expires_at = _expiration(body, now=now)
    for index, (line, amount, amount_wo_vat, vat_code) in enumerate(lines):
        basket.check_line(
            line,
            amount=amount,
            amount_wo_vat=amount_wo_vat,
            vat_code=vat_code,
            policy=policy,
            index=index,
        )
    items = tuple(line for line, *_ in lines)
    _check_totals(items, amount=header["amount"], vat_amount=header["vat_amount"])
    return Draft(**header, currency=currency, expires_at=expires_at, lines=items, wire=request.kept)


def _read_header(request: Fields) -> dict[str, Any]:
    for name in ("notificationUrl", "successUrl", "failUrl", "returnUrl"):
        request.url(name)
    request.text("merchantOrderIdVisible", limit=256)
    request.text("parentId", limit=36)
    request.text("userAccountId", limit=36)
    request.identifier("shopId")
    request.document("metaData")
    return {
        "description": request.text("description", limit=1000, required=True),
        "merchant_id": request.text("merchantId", limit=36, required=True),
        "merchant_order_id": request.text("merchantOrderId", limit=256, required=True),
        "amount": request.money("amount"),
        "vat_amount": request.money("vatAmount"),
        "container_id": request.text("orderContainerId", limit=36) or None,
        "processable": request.flag("processable") is not False,
    }


def _read_settings(request: Fields) -> str:
    """Read both settings objects; the rounding policy is what matters here."""
    invoice = request.record("invoiceSetting")
    invoice.flag("customerLocked")
    invoice.names("customerLockedFields", CUSTOMER_FIELDS)
    invoice.names("customerHiddenFields", CUSTOMER_FIELDS)
    invoice.identifier("paymentMethodId")
    invoice.flag("paymentMethodIdLocked")
    invoice.text("deliveryAddress", limit=1000)
    policy = request.record("orderSetting").one_of("roundPolicy", basket.ROUND_POLICIES)
    return str(policy or "strict")


def _read_customer(request: Fields) -> None:
    customer = request.record("customer", required=True)
    customer.one_of("type", ("legal", "private"))
    customer.text("name", limit=500)
    customer.text("phone", limit=100, pattern=PHONE)
    customer.text("email", limit=100, pattern=r"[^@\s]+@[^@\s]+")
    customer.text("vatNumber", limit=20)
    customer.text("taxRegistrationReasonCode", limit=9, pattern=KPP)
    customer.text("registrationAddress", limit=1000)


def _require(request: Fields, body: dict[str, Any], *names: str) -> None:
    for name in names:
        if body.get(name) in (None, ""):
            request.fault(name, "required", "The field is required")


def _currency(body: dict[str, Any]) -> str:
    value = body["currencyId"]
    if not isinstance(value, str) or value not in CURRENCIES:
        fault = Fault("currencyId", "wrong_value", "Not accepted")
        raise unprocessable("wrong_currency", "The currency is not accepted", fault)
    return value


def _check_language(body: dict[str, Any], request: Fields) -> None:
    value = body.get("languageId")
    if value is None:
        return
    if not isinstance(value, str) or value not in LANGUAGES:
        fault = Fault("languageId", "wrong_value", "Not accepted")
        raise unprocessable("language_not_found", "The language is not accepted", fault)
    request.kept["languageId"] = value


def _expiration(body: dict[str, Any], *, now: datetime) -> datetime:
    moment = read_atom(body["expirationDate"])
    if moment is None or moment <= now:
        fault = Fault("expirationDate", "wrong_value", "A future moment with an offset")
        raise unprocessable("wrong_expiration_date", "The moment is invalid or past", fault)
    return moment


def read_atom(value: object) -> datetime | None:
    """An aware moment from ATOM text such as ``2026-03-14T09:30:00+03:00``, else None."""
    if not isinstance(value, str) or not ATOM.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _check_totals(lines: tuple[Line, ...], *, amount: int, vat_amount: int) -> None:
    if amount != sum(line.total_amount for line in lines):
        fault = Fault("amount", "wrong_value", "Not the sum of the lines")
        raise unprocessable("wrong_total_amount", "amount is not the sum of the lines", fault)
    if vat_amount != sum(line.total_vat_amount for line in lines):
        fault = Fault("vatAmount", "wrong_value", "Not the sum of the lines")
        raise unprocessable(
            "wrong_total_vat_amount", "vatAmount is not the sum of the lines", fault
        )
