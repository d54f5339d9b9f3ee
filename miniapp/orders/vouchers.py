"""Vouchers: the code a guest shows, types or reads aloud.

The alphabet has no two characters that look or sound alike in either script, and a prime number
of them, so one check character catches every wrong character and every swapped pair.
"""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.orders.models import Visit, Voucher

ALPHABET = "23456789ACEFHJKMNPRTWXY"
_RANDOM = 9
# What people type when they read Cyrillic letters off a screen.
_CYRILLIC = str.maketrans("АСЕНКМРТХУ", "ACEHKMPTXY")


def issue(session: Session, visit: Visit, *, now: datetime) -> Voucher:
    """Issue the voucher of a paid visit, in the caller's transaction."""
    voucher = Voucher(visit_id=visit.id, code=new_code(), generation=0, issued_at=now)
    session.add(voucher)
    return voucher


def void(session: Session, visit: Visit, *, now: datetime) -> None:
    """Make the voucher of a visit void, in the caller's transaction."""
    session.execute(
        sa.update(Voucher)
        .where(Voucher.visit_id == visit.id, Voucher.voided_at.is_(None))
        .values(voided_at=now)
    )


def new_code() -> str:
    """A fresh code of ten characters, the last of which checks the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The character that completes a code."""
    weighted = sum(
        weight * ALPHABET.index(character) for weight, character in enumerate(body, start=1)
    )
    return ALPHABET[weighted % len(ALPHABET)]


def spaced(code: str) -> str:
    """The code as it is shown and read aloud: ``ACE23-45HKM``."""
    return f"{code[:5]}-{code[5:]}"


def understood(typed: str) -> str | None:
    """The code somebody typed, whatever the case, script and spacing; None when it is wrong."""
    letters = typed.upper().translate(_CYRILLIC)
    code = "".join(
        character for character in letters if not character.isspace() and character != "-"
    )
    if len(code) != _RANDOM + 1 or any(character not in ALPHABET for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None
