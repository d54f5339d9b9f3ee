"""The lines of an order, a refund or a shipment: their fields, and whether the sums add up.

Invoicebox API reference, section 6.3. Where the reference leaves two readings, both are
accepted: the VAT of a line from its total or per unit times quantity (D8), ``floor`` and
``ceil`` to a whole kopeck or a whole rouble.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, Refusal, unprocessable
from miniapp.sandbox.state import Line

VAT_RATES = {"RUS_VAT0": 0, "VATNONE": 0} | {
    f"RUS_VAT{rate}{added}": rate for rate in (22, 20, 10, 7, 5) for added in ("", "_ADDED")
}
PAYMENT_TYPES = ("full_prepayment", "prepayment", "advance", "full_payment")
# Values of the fiscal tag 1212, section 7.3.
ITEM_TYPES: tuple[object, ...] = ("service", "commodity", *range(1, 34))
ROUND_POLICIES = ("strict", "none", "floor", "ceil", "halfUp", "halfDown")
ROUNDINGS = {
    "strict": ROUND_HALF_UP,
    "floor": ROUND_FLOOR,
    "ceil": ROUND_CEILING,
    "halfUp": ROUND_HALF_UP,
    "halfDown": ROUND_HALF_DOWN,
}


@dataclass(frozen=True)
class Claim:
    """A line as it was sent; its unit price with and without VAT in kopecks, not yet checked."""

    line: Line
    amount: int
    amount_wo_vat: int
    vat_code: str


def read_claims(request: Fields) -> list[Claim]:
    """Read ``basketItems``; what is missing or misshapen is noted as a fault."""
    return [_read_claim(item) for item in request.records("basketItems")]


def _read_claim(item: Fields) -> Claim:
    sku = item.text("sku", limit=500, required=True)
    name = item.text("name", limit=500, required=True)
    _read_measure(item)
    quantity = item.quantity("quantity")
    amount = item.money("amount")
    amount_wo_vat = item.money("amountWoVat")
    total = item.money("totalAmount")
    vat = item.money("totalVatAmount")
    vat_code = item.one_of("vatCode", VAT_RATES, required=True)
    item.one_of("type", ITEM_TYPES, required=True)
    item.one_of("paymentType", PAYMENT_TYPES, required=True)
    _read_optional(item)
    line = Line(sku, name, quantity, total, vat, item.kept)
    return Claim(line, amount, amount_wo_vat, vat_code or "")


def _read_measure(item: Fields) -> None:
    measure = item.text("measure", limit=10, required=True)
    if measure:
        # The provider stores its own spelling: what was sent as «шт.» comes back as «шт».
        item.kept["measure"] = measure.rstrip(".")
    item.text("measureCode", limit=4, required=True, pattern="[0-9]{3,4}")


def _read_optional(item: Fields) -> None:
    item.text("groupName", limit=500)
    item.day("serviceDate")
    for name in ("excise", "grossWeight", "netWeight"):
        item.measurement(name)
    item.text("originCountry", limit=20)
    item.text("originCountryCode", limit=4)
    kind = item.one_of("categoryType", ("merchantHonestSignMap", "honestSign"))
    if item.text("category", limit=500) and kind is None:
        item.fault("categoryType", "required", "Required with category")
    item.document("metaData")


def checked(
    claims: Iterable[Claim], *, policy: str = "strict", left_vat: Mapping[str, int] | None = None
) -> tuple[Line, ...]:
    """The lines, when every total, VAT and price without VAT follows from the price.

    ``left_vat`` is the VAT in kopecks that is left of a line, by sku: it came about by
    subtraction, so no formula gives it, and it is accepted beside the formulas.
    """
    return tuple(
        _checked(claim, policy=policy, left_vat=left_vat or {}, index=index)
        for index, claim in enumerate(claims)
    )


def _checked(claim: Claim, *, policy: str, left_vat: Mapping[str, int], index: int) -> Line:
    line, rate = claim.line, VAT_RATES[claim.vat_code]
    if not _total_fits(claim.amount * line.quantity, line.total_amount, policy):
        raise _wrong("wrong_basket_item_total_amount", index, "totalAmount")
    unit_vat = included_vat(Decimal(claim.amount), rate)
    accepted = {
        included_vat(Decimal(line.total_amount), rate),
        _rounded(unit_vat * line.quantity, ROUND_HALF_UP),
        left_vat.get(line.sku),
    }
    if line.total_vat_amount not in accepted:
        raise _wrong("wrong_basket_item_total_vat_amount", index, "totalVatAmount")
    unit_vats = {unit_vat, line.total_vat_amount} if line.quantity == 1 else {unit_vat}
    if claim.amount - claim.amount_wo_vat not in unit_vats:
        raise _wrong("wrong_basket_item_amount_wo_vat", index, "amountWoVat")
    return line


def check_totals(lines: tuple[Line, ...], *, amount: int, vat_amount: int) -> None:
    """Refuse a header whose sums are not those of its lines."""
    if amount != sum(line.total_amount for line in lines):
        fault = Fault("amount", "wrong_value", "Not the sum of the lines")
        raise unprocessable("wrong_total_amount", "amount is not the sum of the lines", fault)
    if vat_amount != sum(line.total_vat_amount for line in lines):
        fault = Fault("vatAmount", "wrong_value", "Not the sum of the lines")
        raise unprocessable(
            "wrong_total_vat_amount", "vatAmount is not the sum of the lines", fault
        )


def included_vat(amount: Decimal, rate: int) -> int:
    """The VAT inside a sum of kopecks, rounded half up: ``amount · r / (100 + r)``."""
    return _rounded(amount * rate / (100 + rate), ROUND_HALF_UP)


def _rounded(value: Decimal, rounding: str) -> int:
    return int(value.quantize(Decimal(1), rounding=rounding))


def _total_fits(exact: Decimal, total: int, policy: str) -> bool:
    if policy == "none":
        return exact <= total
    rounding = ROUNDINGS[policy]
    whole_kopecks = _rounded(exact, rounding)
    if policy == "strict":
        return total == whole_kopecks
    return total in {whole_kopecks, _rounded(exact / 100, rounding) * 100}


def _wrong(code: str, index: int, field: str) -> Refusal:
    return unprocessable(code, f"basketItems[{index}].{field} does not match the line")
