"""The basket: one piece of one thing a line, as it travels in orders, refunds and shipments.

A line is always one piece of one thing: only then do all methods of computing VAT agree
(Invoicebox API reference, section 6.3), and each guest can be refunded or shipped alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from miniapp.invoicebox.wire.checks import demand, demand_length
from miniapp.invoicebox.wire.vat import VAT_RATES, vat_of


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
        demand_length(self.sku, 36, "sku")
        demand_length(self.name, 128, "the name of a line")
        demand(type(self.price) is int and self.price >= 0, "a price is kopecks, not negative")
        demand(self.vat_code in VAT_RATES, "unknown VAT code")
        demand_length(self.measure, 10, "measure")
        demand(re.fullmatch("[0-9]{3,4}", self.measure_code), "measure_code is an OKEI code")

    @property
    def vat(self) -> int:
        """The VAT inside the price, kopecks."""
        return vat_of(self.price, self.vat_code)


def demand_skus(skus: Sequence[str]) -> None:
    """One to a hundred lines, told apart by their sku."""
    demand(1 <= len(skus) <= 100, "a basket has 1-100 lines")
    demand(len(set(skus)) == len(skus), "a sku is used twice")


def roubles(amount: int) -> int | float:
    """Kopecks as the JSON number of the wire: ``4500``, ``811.48`` (section 2).

    The nearest float of a sum with two decimals is written with these two decimals again.
    """
    return amount // 100 if amount % 100 == 0 else amount / 100


def basket_item(
    line: Line, *, price: int | None = None, vat: int | None = None
) -> dict[str, object]:
    """The line as it travels, whole or for a part of its sum; kopecks."""
    price = line.price if price is None else price
    vat = line.vat if vat is None else vat
    return {
        "sku": line.sku,
        "name": line.name,
        "measure": line.measure,
        "measureCode": line.measure_code,
        "quantity": 1,
        "amount": roubles(price),
        "amountWoVat": roubles(price - vat),
        "totalAmount": roubles(price),
        "totalVatAmount": roubles(vat),
        "vatCode": line.vat_code,
        "type": "service",
        "paymentType": "full_prepayment",
        "serviceDate": line.service_date.strftime("%Y-%m-%d"),
    }
