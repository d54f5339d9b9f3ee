"""Refusals of the price list and faults of a catalogue file.

::

    PriceRefusal             the chosen visit has no price; each has a code that doors word
    ├── EmptyParty           nobody would come
    ├── PartyTooLarge        more guests than the lounge takes in one visit; carries the limit
    ├── AdultNeeded          children of this age come only with an adult; carries the age
    ├── ChildrenNotAdmitted  no children on this rate
    ├── InfantsNotAdmitted   no infants on this rate
    ├── UnknownRate          the lounge has no such rate
    ├── RateNotValid         the rate is not sold for this day or direction
    └── UnknownExtra         the lounge has no such extra

    CatalogueFault           a file was not taken; carries every fault with file, line and field
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class PriceRefusal(Exception):
    """The chosen visit has no price, and nothing was changed."""

    code: ClassVar[str]


class EmptyParty(PriceRefusal):
    code = "empty_party"


class PartyTooLarge(PriceRefusal):
    code = "party_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(self.code)
        self.limit = limit


class AdultNeeded(PriceRefusal):
    code = "adult_needed"

    def __init__(self, alone_from: int) -> None:
        super().__init__(self.code)
        self.alone_from = alone_from


class ChildrenNotAdmitted(PriceRefusal):
    code = "children_not_admitted"


class InfantsNotAdmitted(PriceRefusal):
    code = "infants_not_admitted"


class UnknownRate(PriceRefusal):
    code = "unknown_rate"


class RateNotValid(PriceRefusal):
    code = "rate_not_valid"


class UnknownExtra(PriceRefusal):
    code = "unknown_extra"


@dataclass(frozen=True)
class Fault:
    """One fault of a file; printed ``file:line: field: sentence``."""

    file: str
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.sentence}"


class CatalogueFault(Exception):
    """A file was not taken and nothing was written; ``faults`` stand in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(map(str, self.faults)))
