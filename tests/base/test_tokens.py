"""A link opens what it was made for, and nothing else."""

import pytest

from miniapp.base.tokens import BadToken, Signer

SIGNER = Signer("a key of the test, longer than thirty-two")
TOKEN = SIGNER.token(purpose="manage", subject="LNG-ACE234567", generation=3)


def test_a_link_opens_what_it_was_made_for():
    assert SIGNER.check(TOKEN, purpose="manage", generation=3) == "LNG-ACE234567"


@pytest.mark.parametrize(
    ("token", "purpose", "generation"),
    [
        (TOKEN, "return", 3),
        (TOKEN, "manage", 2),
        (TOKEN.replace("ACE", "ACF"), "manage", 3),
        (TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"), "manage", 3),
        (TOKEN[:-1], "manage", 3),
        (TOKEN + "A", "manage", 3),
        ("", "manage", 3),
        ("LNG-ACE234567.", "manage", 3),
        ("ЛНГ." + "я" * 27, "manage", 3),
    ],
)
def test_no_other_purpose_generation_subject_or_mac_opens_it(token, purpose, generation):
    with pytest.raises(BadToken):
        SIGNER.check(token, purpose=purpose, generation=generation)


def test_another_key_opens_nothing():
    with pytest.raises(BadToken):
        Signer("another key, also longer than thirty-two").check(
            TOKEN, purpose="manage", generation=3
        )
