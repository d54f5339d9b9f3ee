"""Reading a request to create or to change an order, as strict as the reference.

Invoicebox API reference, sections 6.1 to 6.6 and 6.10. Shapes are checked first and reported
together, then the values with a code of their own, then the arithmetic. Unknown properties are
ignored.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from miniapp.sandbox import basket, wire
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, unprocessable, wrong_values
from miniapp.sandbox.state import Draft

CURRENCIES = ("RUB", "CNY", "UZS", "EUR", "GBP", "USD")
LANGUAGES = ("ru", "en")
CUSTOMER_FIELDS = ("type", "name", "phone", "email", "vatNumber", "registrationAddress")
KPP = r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}"
PHONE = r"[0-9]{10,15}"


def read_order(body: dict[str, Any], *, now: datetime) -> Draft:
    """The order asked for; Refusal when anything in it is not acceptable."""
    request = Fields(body, faults=[])
    header = _read_header(request)
    policy = _read_settings(request)
    read_customer(request, required=True)
    claims = basket.read_claims(request)
    _require(request, body, "currencyId", "expirationDate")
    if request.faults:
        raise wrong_values(request.faults)
    currency = _currency(body)
    _check_language(body, request)
    expires_at = _expiration(body, now=now)
    lines = basket.checked(claims, policy=policy)
    basket.check_totals(lines, amount=header["amount"], vat_amount=header["vat_amount"])
    return Draft(**header, currency=currency, expires_at=expires_at, lines=lines, wire=request.kept)


def read_update(body: dict[str, Any], draft: Draft, *, now: datetime) -> Draft:
    """The order with the given fields changed (section 6.10).

    What was not given stays, so a basket that comes to another sum needs the new amounts.
    """
    request = Fields(body, faults=[])
    description = request.text("description", limit=1000)
    amount = request.money("amount", required=False)
    vat_amount = request.money("vatAmount", required=False)
    if request.has("customer"):
        read_customer(request, required=True)
    request.identifier("shopId")
    request.document("metaData")
    claims = basket.read_claims(request) if request.has("basketItems") else None
    if request.faults:
        raise wrong_values(request.faults)
    policy = draft.wire.get("orderSetting", {}).get("roundPolicy", "strict")
    changed = replace(
        draft,
        description=description or draft.description,
        amount=amount if request.has("amount") else draft.amount,
        vat_amount=vat_amount if request.has("vatAmount") else draft.vat_amount,
        expires_at=_expiration(body, now=now)
        if request.has("expirationDate")
        else draft.expires_at,
        lines=draft.lines if claims is None else basket.checked(claims, policy=policy),
        wire={**draft.wire, **request.kept},
    )
    basket.check_totals(changed.lines, amount=changed.amount, vat_amount=changed.vat_amount)
    return changed


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


def read_customer(request: Fields, *, required: bool) -> Fields:
    """Read ``customer`` (section 6.2); inside it every field is optional."""
    customer = request.record("customer", required=required)
    customer.one_of("type", ("legal", "private"))
    customer.text("name", limit=500)
    customer.text("phone", limit=100, pattern=PHONE)
    customer.text("email", limit=100, pattern=r"[^@\s]+@[^@\s]+")
    customer.text("vatNumber", limit=20)
    customer.text("taxRegistrationReasonCode", limit=9, pattern=KPP)
    customer.text("registrationAddress", limit=1000)
    return customer


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
    moment = wire.read_atom(body["expirationDate"])
    if moment is None or moment <= now:
        fault = Fault("expirationDate", "wrong_value", "A future moment with an offset")
        raise unprocessable("wrong_expiration_date", "The moment is invalid or past", fault)
    return moment
