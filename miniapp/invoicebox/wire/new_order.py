"""An order to be created at the provider, and the body that asks for it.

Everything is checked when it is made (ValueError, whose sentence never quotes the value), so
that nothing impossible is sent. Where sources differ on a length, the tighter one holds (D6,
D23).

A basket line is always one piece of one thing: only then do all methods of computing VAT agree
(Invoicebox API reference, section 6.3), and each guest can be refunded or shipped alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from miniapp.invoicebox.wire.reading import is_address
from miniapp.invoicebox.wire.vat import VAT_RATES, vat_of


def _demand(holds: object, rule: str) -> None:
    if not holds:
        raise ValueError(rule)


def _demand_length(value: str, limit: int, name: str) -> None:
    _demand(value.strip() and len(value) <= limit, f"{name} must have 1-{limit} characters")


@dataclass(frozen=True)
class Line:
    """One piece of one thing in the basket; ``price`` in kopecks, VAT included."""

    sku: str
    name: str
    price: int
    vat_code: str
    service_date: date
    measure: str = "шт."
    measure_code: str = "796"

    def __post_init__(self) -> None:
        _demand_length(self.sku, 36, "sku")
        _demand_length(self.name, 128, "the name of a line")
        _demand(type(self.price) is int and self.price >= 0, "a price is kopecks, not negative")
        _demand(self.vat_code in VAT_RATES, "unknown VAT code")
        _demand_length(self.measure, 10, "measure")
        _demand(re.fullmatch("[0-9]{3,4}", self.measure_code), "measure_code is an OKEI code")

    @property
    def vat(self) -> int:
        """The VAT inside the price, kopecks."""
        return vat_of(self.price, self.vat_code)


@dataclass(frozen=True)
class Customer:
    """Who pays, as far as known: what is None or empty the payment page asks for (section 6.2).

    The phone may come in any common notation with the country code.
    """

    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    type: Literal["private", "legal"] = "private"
    inn: str | None = field(default=None, repr=False)
    kpp: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _demand(self.type in ("private", "legal"), "a customer is private or legal")
        _demand(len(self.name or "") <= 500, "the customer's name has 500 characters at most")
        _demand(len(self.email or "") <= 100, "the e-mail has 100 characters at most")
        _demand(len(self.address or "") <= 1000, "the address has 1000 characters at most")
        _demand(not self.phone or 10 <= len(self.phone_digits) <= 15, "a phone has 10-15 digits")
        _demand(re.fullmatch("([0-9]{10}|[0-9]{12})?", self.inn or ""), "INN is 10 or 12 digits")
        _demand(re.fullmatch("([0-9]{4}[0-9A-Z]{2}[0-9]{3})?", self.kpp or ""), "not a KPP")
        _demand(not self.kpp or self.has_kpp, "only an organisation has a KPP")

    @property
    def has_kpp(self) -> bool:
        """Whether such a customer can have a KPP: entrepreneurs and persons have none."""
        return self.type == "legal" and len(self.inn or "") == 10

    @property
    def phone_digits(self) -> str:
        """The phone as it travels: digits only, with the country code."""
        written = self.phone or ""
        _demand(re.fullmatch(r"\+?[0-9 ().\u00a0-]*", written), "a phone is written in digits")
        return "".join(re.findall("[0-9]", written))


@dataclass(frozen=True)
class NewOrder:
    """An order to be created. ``expires_at`` is aware and should lie in the future.

    ``shop_id`` and ``order_container_id`` are what the host handed over, unchanged (D7, D11).
    """

    merchant_order_id: str
    description: str
    lines: tuple[Line, ...]
    expires_at: datetime
    customer: Customer
    language: Literal["ru", "en"]
    order_container_id: str | None = None
    shop_id: str | int | None = None
    notification_url: str | None = field(default=None, repr=False)
    success_url: str | None = field(default=None, repr=False)
    fail_url: str | None = field(default=None, repr=False)
    return_url: str | None = field(default=None, repr=False)
    meta_data: Mapping[str, object] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        number = re.fullmatch("[!-~]{1,36}", self.merchant_order_id)
        _demand(number, "merchant_order_id must be 1-36 ASCII characters without spaces")
        _demand_length(self.description, 1000, "description")
        _demand(1 <= len(self.lines) <= 100, "an order has 1-100 lines")
        _demand(len({line.sku for line in self.lines}) == len(self.lines), "a sku is used twice")
        _demand(self.amount > 0, "an order of nothing cannot be paid")
        _demand(self.expires_at.utcoffset() is not None, "expires_at needs its offset")
        _demand(self.language in ("ru", "en"), "the language is ru or en")
        _demand(len(str(self.shop_id or "")) <= 36, "shop_id has 36 characters at most")
        if self.order_container_id is not None:
            _demand_length(self.order_container_id, 36, "order_container_id")
        for url in (self.notification_url, self.success_url, self.fail_url, self.return_url):
            _demand(url is None or is_address(url), "a URL is http(s), 1000 characters at most")

    @property
    def amount(self) -> int:
        """The sum to pay, kopecks."""
        return sum(line.price for line in self.lines)

    @property
    def vat_amount(self) -> int:
        """The VAT inside it, kopecks."""
        return sum(line.vat for line in self.lines)


def roubles(amount: int) -> int | float:
    """Kopecks as the JSON number of the wire: ``4500``, ``811.48`` (section 2).

    The nearest float of a sum with two decimals is written with these two decimals again.
    """
    return amount // 100 if amount % 100 == 0 else amount / 100


def order_body(new_order: NewOrder, merchant_id: str) -> dict[str, object]:
    """The body of the request that creates the order (sections 6.1 to 6.4)."""
    optional = {
        "orderContainerId": new_order.order_container_id,
        "shopId": new_order.shop_id,
        "notificationUrl": new_order.notification_url,
        "successUrl": new_order.success_url,
        "failUrl": new_order.fail_url,
        "returnUrl": new_order.return_url,
        "metaData": new_order.meta_data,
    }
    return {
        "merchantId": merchant_id,
        "merchantOrderId": new_order.merchant_order_id,
        "description": new_order.description,
        "amount": roubles(new_order.amount),
        "vatAmount": roubles(new_order.vat_amount),
        "currencyId": "RUB",
        "languageId": new_order.language,
        "expirationDate": new_order.expires_at.isoformat(timespec="seconds"),
        "basketItems": [_basket_item(line) for line in new_order.lines],
        "customer": _customer(new_order.customer),
        "orderSetting": {"roundPolicy": "strict"},  # D9: the default is not agreed on
        **{name: value for name, value in optional.items() if value is not None},
    }


def _basket_item(line: Line) -> dict[str, object]:
    return {
        "sku": line.sku,
        "name": line.name,
        "measure": line.measure,
        "measureCode": line.measure_code,
        "quantity": 1,
        "amount": roubles(line.price),
        "amountWoVat": roubles(line.price - line.vat),
        "totalAmount": roubles(line.price),
        "totalVatAmount": roubles(line.vat),
        "vatCode": line.vat_code,
        "type": "service",
        "paymentType": "full_prepayment",
        "serviceDate": line.service_date.strftime("%Y-%m-%d"),
    }


def _customer(customer: Customer) -> dict[str, str]:
    known = {
        "type": customer.type,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone_digits,
        "vatNumber": customer.inn,
        "taxRegistrationReasonCode": customer.kpp,
        "registrationAddress": customer.address,
    }
    return {name: value for name, value in known.items() if value}
