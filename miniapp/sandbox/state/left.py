"""What is left of an order, counted by sku: to ship, or to give back (sections 9 and 10)."""

from collections import Counter
from collections.abc import Iterable, Mapping

from miniapp.sandbox.refusals import Fault, unprocessable, wrong_values
from miniapp.sandbox.state.records import Line


def by_sku(lines: Iterable[Line]) -> Counter[str]:
    """The sums of the lines in kopecks, under their sku."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.sku] += line.total_amount
    return sums


def vat_by_sku(lines: Iterable[Line]) -> Counter[str]:
    """The VAT of the lines in kopecks, under their sku."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.sku] += line.total_vat_amount
    return sums


def check_known(lines: Iterable[Line], ordered: Iterable[Line]) -> None:
    """Refuse lines that do not stand in the order."""
    known = {line.sku for line in ordered}
    faults = [
        Fault(f"basketItems[{index}].sku", "wrong_value", "No such line in the order")
        for index, line in enumerate(lines)
        if line.sku not in known
    ]
    if faults:
        raise wrong_values(faults)


def check_within(lines: Iterable[Line], available: Mapping[str, int]) -> None:
    """Refuse lines that come to more than is available under their sku."""
    wanted: Counter[str] = Counter()
    for index, line in enumerate(lines):
        wanted[line.sku] += line.total_amount
        if wanted[line.sku] > available.get(line.sku, 0):
            name = f"basketItems[{index}].totalAmount"
            fault = Fault(name, "wrong_value", "More than is left of the line")
            raise unprocessable(
                "wrong_basket_item_total_amount", f"{name} is more than is left", fault
            )
