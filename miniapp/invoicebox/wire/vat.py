"""Value added tax inside a price, in whole kopecks."""

VAT_RATES: dict[str, int] = {
    "RUS_VAT22": 22,
    "RUS_VAT22_ADDED": 22,
    "RUS_VAT20": 20,
    "RUS_VAT20_ADDED": 20,
    "RUS_VAT10": 10,
    "RUS_VAT10_ADDED": 10,
    "RUS_VAT7": 7,
    "RUS_VAT7_ADDED": 7,
    "RUS_VAT5": 5,
    "RUS_VAT5_ADDED": 5,
    "RUS_VAT0": 0,
    "VATNONE": 0,
}
"""The rate of each VAT code in percent (section 7.1)."""


def vat_of(price: int, vat_code: str) -> int:
    """The VAT inside a price, both in kopecks, half a kopeck rounded up (section 6.3).

    Raises ValueError for a code outside section 7.1.
    """
    if vat_code not in VAT_RATES:
        raise ValueError("unknown VAT code")
    rate = VAT_RATES[vat_code]
    return (2 * price * rate + 100 + rate) // (2 * (100 + rate))
