"""Who pays: the requisites typed on the payment page, checked as the reference has it.

Invoicebox API reference, sections 6.2, 6.5 and 11.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from miniapp.base import i18n
from miniapp.sandbox import registry
from miniapp.sandbox.state import Draft

KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)
LONGEST = {"name": 500, "email": 100, "inn": 20, "kpp": 9}
WEIGHTS_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
WEIGHTS_11 = (7, *WEIGHTS_10)
WEIGHTS_12 = (3, *WEIGHTS_11)
# The fields of an order's customer that the page asks for.
WIRE_NAMES = {
    "payer": "type",
    "name": "name",
    "email": "email",
    "inn": "vatNumber",
    "kpp": "taxRegistrationReasonCode",
}
KINDS = {"company": "legal", "person": "private"}


@dataclass(frozen=True)
class Payer:
    """What the form shows; ``payer`` is ``company`` or ``person``, the rest may be empty."""

    payer: str = "person"
    name: str = ""
    email: str = ""
    inn: str = ""
    kpp: str = ""

    @property
    def company(self) -> bool:
        """An organisation or an entrepreneur: it is asked for an INN."""
        return self.payer == "company"

    def of_draft(self, draft: Draft) -> Draft:
        """The order with this payer as its customer."""
        customer = dict(draft.wire.get("customer") or {})
        for field, name in WIRE_NAMES.items():
            value = KINDS[self.payer] if field == "payer" else getattr(self, field)
            if value:
                customer[name] = value
            else:
                customer.pop(name, None)
        return replace(draft, wire={**draft.wire, "customer": customer})


def payer_of(draft: Draft) -> Payer:
    """The customer that the shop has named, as far as it did."""
    customer = draft.wire.get("customer") or {}
    known = {
        field: str(customer.get(name) or "")
        for field, name in WIRE_NAMES.items()
        if field != "payer"
    }
    legal = customer.get("type") == "legal" or (not customer.get("type") and known["inn"])
    return Payer(payer="company" if legal else "person", **known)


def locked_fields(draft: Draft) -> frozenset[str]:
    """The fields that the shop does not let the buyer change (section 6.5)."""
    setting = draft.wire.get("invoiceSetting") or {}
    if setting.get("customerLocked"):
        return frozenset(WIRE_NAMES)
    locked = set(setting.get("customerLockedFields") or ())
    return frozenset(field for field, name in WIRE_NAMES.items() if name in locked)


def read_payer(form: Mapping[str, str], *, known: Payer, locked: frozenset[str]) -> Payer:
    """What was typed; a locked field keeps what the shop has named, a wrong one stays as it is."""
    typed: dict[str, Any] = {
        field: form.get(field, "").strip()[: LONGEST.get(field, 20)]
        for field in WIRE_NAMES
        if field not in locked
    }
    if typed.get("payer") not in KINDS:
        typed.pop("payer", None)
    payer = Payer(**{**asdict(known), **typed})
    if not payer.company and "inn" not in locked:
        return replace(payer, inn="", kpp="")
    return replace(payer, kpp="") if len(payer.inn) == 12 else payer


def filled_in(payer: Payer) -> Payer:
    """The payer with name and KPP of the register, where the INN is known there."""
    found = registry.find(payer.inn) if payer.company else None
    if found is None:
        return payer
    kpp = str(found.get("taxRegistrationReasonCode") or "")
    return replace(payer, name=payer.name or str(found["name"]), kpp=payer.kpp or kpp)


def problems(payer: Payer) -> dict[str, str]:
    """What has to be corrected, by field; empty when the payer may pay."""
    found: dict[str, str] = {}
    if payer.company:
        if not is_inn(payer.inn):
            found["inn"] = i18n.gettext("Check the INN: 10 digits, or 12 for an entrepreneur")
        if payer.kpp and not KPP.fullmatch(payer.kpp):
            found["kpp"] = i18n.gettext("Check the KPP: 9 characters")
        if not payer.name:
            found["name"] = i18n.gettext("Enter the name of the organisation")
    if payer.email and not re.fullmatch(r"[^@\s]+@[^@\s]+", payer.email):
        found["email"] = i18n.gettext("Check the e-mail address")
    return found


def is_inn(text: str) -> bool:
    """An INN whose check digits are right (section 11)."""
    if not re.fullmatch(registry.INN, text):
        return False
    digits = [int(sign) for sign in text]
    if len(digits) == 10:
        return _check(digits, WEIGHTS_10) == digits[9]
    return _check(digits, WEIGHTS_11) == digits[10] and _check(digits, WEIGHTS_12) == digits[11]


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10
