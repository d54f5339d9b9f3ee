"""Is an INN or a KPP well formed? (Invoicebox API reference, section 11.)"""

import re

_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)
_INN = re.compile(r"\d{10}|\d{12}", re.ASCII)

_COMPANY = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def is_inn(value: str) -> bool:
    """Does a company's INN of 10 digits, or a person's of 12, have the right check digits?"""
    if not _INN.fullmatch(value):
        return False
    if len(value) == 10:
        return _check_digit(value, _COMPANY) == value[9]
    return _check_digit(value, _PERSON) + _check_digit(value, (3, *_PERSON)) == value[10:]


def is_kpp(value: str) -> bool:
    """Does the value have the pattern of a KPP?"""
    return _KPP.fullmatch(value) is not None


def _check_digit(value: str, weights: tuple[int, ...]) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(weights, value, strict=False))
    return str(total % 11 % 10)
