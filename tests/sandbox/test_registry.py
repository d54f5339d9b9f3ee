"""The invented counterparties: their numbers pass the checks and belong to nobody."""

import re

from miniapp.sandbox.registry import counterparties
from tests.sandbox.conftest import Shop

LIMITS = {
    "name": 100,
    "nameFull": 300,
    "nameI18n": 300,
    "registrationAddress": 200,
    "postAddress": 200,
    "postAddressZip": 6,
}


def checked(digits: list[int], weights: list[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10


def is_inn(text: str) -> bool:
    digits = [int(sign) for sign in text]
    if len(digits) == 10:
        return checked(digits, [2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[9]
    first = checked(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[10]
    return first and checked(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[11]


def test_numbers_pass_the_checks_and_stand_in_a_region_that_is_not_issued() -> None:
    for row in counterparties():
        inn, number = row["vatNumber"], row["registrationNumber"]
        assert is_inn(inn)
        assert inn.startswith("99")
        assert number[3:5] == "99"
        assert int(number[:-1]) % (len(number) - 2) % 10 == int(number[-1])
        assert row["name"]
        assert all(len(row[name]) <= limit for name, limit in LIMITS.items())


def test_only_organisations_have_a_kpp() -> None:
    for row in counterparties():
        kpp = row["taxRegistrationReasonCode"]
        if len(row["vatNumber"]) == 12:
            assert kpp is None
        else:
            assert re.fullmatch(r"\d{4}[0-9A-Z]{2}\d{3}", kpp)


def test_inns_of_the_reference_are_among_them(shop: Shop) -> None:
    for inn in ("9900000017", "990000001246"):
        path = f"/filter/api/counterparty-detail?vatNumber={inn}"
        rows = shop.call("GET", path).json()["data"]
        assert [row["vatNumber"] for row in rows] == [inn]
