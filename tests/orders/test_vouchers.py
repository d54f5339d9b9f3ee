"""A code that is read aloud, typed in a hurry, and never means another's visit."""

import pytest

from miniapp.orders.vouchers import ALPHABET, new_code, spaced, understood

CODES = [new_code() for _ in range(30)] + ["2222222222", "23456789AE"]
VALID = [code for code in CODES if understood(code)]


def test_a_new_code_is_understood_as_it_is_shown_and_said():
    for _ in range(200):
        code = new_code()
        assert understood(code) == code
        assert understood(spaced(code)) == code
        assert understood(f"  {' '.join(code.lower())}\n") == code


def test_no_single_wrong_character_makes_another_code():
    for code in VALID:
        for place, right in enumerate(code):
            for wrong in ALPHABET.replace(right, ""):
                assert understood(code[:place] + wrong + code[place + 1 :]) is None


def test_no_two_swapped_neighbours_make_another_code():
    for code in VALID:
        for place in range(9):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert understood(swapped) == (code if swapped == code else None)


def test_cyrillic_letters_that_look_alike_are_understood():
    twins = str.maketrans("ACEHKMPTXY", "АСЕНКМРТХУ")
    for code in VALID:
        assert understood(code.translate(twins)) == code
        assert understood(code.translate(twins).lower()) == code


@pytest.mark.parametrize("typed", ["", " ", "-", "2", "2" * 100_000, "2222\x0022222", "ЖЖЖЖЖЖЖЖЖЖ"])
def test_what_is_no_code_is_none(typed: str):
    assert understood(typed) is None
