"""An order to be created at the provider or changed there, and the bodies that ask for it.

Everything is checked when it is made (ValueError), so that nothing impossible is sent. Where
sources differ on a length, the tighter one holds (D6, D23).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from miniapp.invoicebox.wire.basket import Line, basket_item, demand_skus, roubles
from miniapp.invoicebox.wire.checks import demand, demand_length, demand_number
from miniapp.invoicebox.wire.reading import is_address


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
        demand(self.type in ("private", "legal"), "a customer is private or legal")
        demand(len(self.name or "") <= 500, "the customer's name has 500 characters at most")
        demand(len(self.email or "") <= 100, "the e-mail has 100 characters at most")
        demand(len(self.address or "") <= 1000, "the address has 1000 characters at most")
        demand(not self.phone or 10 <= len(self.phone_digits) <= 15, "a phone has 10-15 digits")
        demand(re.fullmatch("([0-9]{10}|[0-9]{12})?", self.inn or ""), "INN is 10 or 12 digits")
        demand(re.fullmatch("([0-9]{4}[0-9A-Z]{2}[0-9]{3})?", self.kpp or ""), "not a KPP")
        demand(not self.kpp or self.has_kpp, "only an organisation has a KPP")

    @property
    def has_kpp(self) -> bool:
        """Whether such a customer can have a KPP: entrepreneurs and persons have none."""
        return self.type == "legal" and len(self.inn or "") == 10

    @property
    def phone_digits(self) -> str:
        """The phone as it travels: digits only, with the country code."""
        written = self.phone or ""
        demand(re.fullmatch(r"\+?[0-9 ().\u00a0-]*", written), "a phone is written in digits")
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
        demand_number(self.merchant_order_id, "merchant_order_id")
        demand_length(self.description, 1000, "description")
        demand_skus([line.sku for line in self.lines])
        demand(self.amount > 0, "an order of nothing cannot be paid")
        demand(self.expires_at.utcoffset() is not None, "expires_at needs its offset")
        demand(self.language in ("ru", "en"), "the language is ru or en")
        demand(len(str(self.shop_id or "")) <= 36, "shop_id has 36 characters at most")
        if self.order_container_id is not None:
            demand_length(self.order_container_id, 36, "order_container_id")
        for url in (self.notification_url, self.success_url, self.fail_url, self.return_url):
            demand(url is None or is_address(url), "a URL is http(s), 1000 characters at most")

    @property
    def amount(self) -> int:
        """The sum to pay, kopecks."""
        return sum(line.price for line in self.lines)

    @property
    def vat_amount(self) -> int:
        """The VAT inside it, kopecks."""
        return sum(line.vat for line in self.lines)


@dataclass(frozen=True)
class OrderChange:
    """What is to be different in an unpaid order (section 6.10); None stays as it is.

    ``lines`` replace the whole basket, and both sums with it. ``expires_at`` is aware.
    """

    expires_at: datetime | None = None
    lines: tuple[Line, ...] | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        demand((self.expires_at, self.lines, self.description) != (None, None, None), "no change")
        if self.expires_at is not None:
            demand(self.expires_at.utcoffset() is not None, "expires_at needs its offset")
        if self.lines is not None:
            demand_skus([line.sku for line in self.lines])
            demand(sum(line.price for line in self.lines) > 0, "an order of nothing")
        if self.description is not None:
            demand_length(self.description, 1000, "description")


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
        "basketItems": [basket_item(line) for line in new_order.lines],
        "customer": _customer(new_order.customer),
        "orderSetting": {"roundPolicy": "strict"},  # D9: the default is not agreed on
        **{name: value for name, value in optional.items() if value is not None},
    }


def change_body(change: OrderChange) -> dict[str, object]:
    """The body of the request that changes an order (section 6.10)."""
    body: dict[str, object] = {}
    if change.description is not None:
        body["description"] = change.description
    if change.expires_at is not None:
        body["expirationDate"] = change.expires_at.isoformat(timespec="seconds")
    if change.lines is not None:
        body["amount"] = roubles(sum(line.price for line in change.lines))
        body["vatAmount"] = roubles(sum(line.vat for line in change.lines))
        body["basketItems"] = [basket_item(line) for line in change.lines]
    return body


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
