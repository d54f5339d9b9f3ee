"""INN and KPP as section 11 of the Invoicebox API reference checks them."""

import pytest

from miniapp.operators.requisites import is_inn, is_kpp


@pytest.mark.parametrize("right", ["9900000017", "990000001246"])
def test_an_inn_with_a_wrong_digit_is_no_inn(right: str) -> None:
    assert is_inn(right)
    for place in range(len(right)):
        other = str((int(right[place]) + 1) % 10)
        assert not is_inn(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("wrong", ["", "990000001", "99000000017", "990000001７", " 9900000017"])
def test_other_lengths_and_characters_are_no_inn(wrong: str) -> None:
    assert not is_inn(wrong)


def test_a_kpp_has_its_pattern() -> None:
    assert is_kpp("9900AZ001")
    assert not any(map(is_kpp, ["99000100", "9900az001", "9900010011", "990001001\n"]))
