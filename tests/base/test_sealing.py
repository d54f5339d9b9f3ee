"""What is sealed is readable with the data key, for its purpose, and in no other way."""

import pytest

from miniapp.base.sealing import CannotOpen, Sealer

OLD, NEW = "o" * 32, "n" * 32
PLAIN = "Вера Заречная, vera@zarechnaya.example".encode()
SEALED = Sealer([OLD]).seal(PLAIN, purpose="notification")


@pytest.mark.parametrize("keys", [[OLD], [NEW, OLD], [OLD, NEW]])
def test_whoever_has_the_key_reads_what_was_sealed(keys: list[str]):
    assert Sealer(keys).open(SEALED, purpose="notification") == PLAIN


def test_the_first_key_seals_so_that_the_old_one_can_be_dropped_some_day():
    while_changing = Sealer([NEW, OLD])

    again = while_changing.seal(PLAIN, purpose="notification")

    assert Sealer([NEW]).open(again, purpose="notification") == PLAIN
    assert (while_changing.is_newest(again), while_changing.is_newest(SEALED)) == (True, False)


def test_nothing_of_the_plain_text_shows_and_equal_texts_are_sealed_differently():
    assert not any(word in SEALED for word in PLAIN.split())
    assert Sealer([OLD]).seal(PLAIN, purpose="notification") != SEALED


@pytest.mark.parametrize("place", range(0, len(SEALED), 5))
def test_a_value_altered_anywhere_does_not_open(place: int):
    altered = bytearray(SEALED)
    altered[place] ^= 1

    with pytest.raises(CannotOpen):
        Sealer([OLD]).open(bytes(altered), purpose="notification")


@pytest.mark.parametrize(
    ("keys", "sealed", "purpose"),
    [
        pytest.param([NEW], SEALED, "notification", id="another key"),
        pytest.param([OLD], SEALED, "secret of a webhook", id="another purpose"),
        pytest.param([OLD], SEALED[:-1], "notification", id="its end is missing"),
        pytest.param([OLD], SEALED[:12], "notification", id="only its head"),
        pytest.param([OLD], b"", "notification", id="nothing"),
        pytest.param([OLD], PLAIN, "notification", id="never sealed"),
    ],
)
def test_nothing_else_opens(keys: list[str], sealed: bytes, purpose: str):
    with pytest.raises(CannotOpen):
        Sealer(keys).open(sealed, purpose=purpose)
