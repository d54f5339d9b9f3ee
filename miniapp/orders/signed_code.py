"""The signed code in a voucher's QR picture: a desk without network sees whether it is genuine.

It stands with the orders and not with the papers: the doors print it, the desk reads it, and
what it says is what a voucher is. A code says which voucher, which lounge, from when to when on
the clocks of the place, how many guests, and which generation of the voucher; no names. It
replaces nothing: who came already and what was cancelled since is known to the database alone.

::

    V1                 the prefix: a voucher's code, version 1
    136 characters     85 bytes in base 32 (RFC 4648), which needs no padding:

    168 bits           the name of the key and the contents, see _FIELDS
    512 bits           Ed25519 over the prefix and those 168 bits

Capitals and digits alone make the smallest picture that survives a cracked screen, and a text
that nothing changes wherever it is pasted. Each byte has one spelling: whoever changes a
character has another code, or none.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from miniapp.base.signing import NAME_BITS, SIGNATURE_BYTES, PublicKey, SigningKey
from miniapp.orders.models import Guest, GuestKind, GuestState, Visit, Voucher
from miniapp.orders.vouchers import ALPHABET, check_character, understood

PREFIX = "V1"
# What the codes of a later program may look like.
_LATER = re.compile(r"V[2-9][0-9A-Z]{60,}")

# What the first 168 bits mean, each number with its bits, the first one the highest.
_FIELDS = {
    "key": NAME_BITS,
    "code": 41,
    "lounge": 24,
    "start": 26,  # minutes since _EPOCH
    "stay": 12,  # minutes
    "offset": 7,  # of the place's clocks from UTC, in quarters of an hour, 64 is none
    "adults": 8,
    "children": 8,
    "infants": 8,
    "generation": 18,
}
_HEAD_BYTES = sum(_FIELDS.values()) // 8
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE, _QUARTER, _NO_OFFSET = timedelta(minutes=1), timedelta(minutes=15), 64
# A voucher's code without its check character.
_BODY = 9
_GONE = {GuestState.WITHDRAWN, GuestState.REFUSED, GuestState.NO_SHOW}


class Why(StrEnum):
    """Why a code lets nobody in; the last two are about a genuine one."""

    NO_CODE = "no_code"
    OTHER_VERSION = "other_version"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Contents:
    """What a code says. Both moments are whole minutes with the place's own offset from UTC."""

    code: str
    lounge: int
    starts_at: datetime
    leave_by: datetime
    adults: int
    children: int
    infants: int
    generation: int


@dataclass(frozen=True)
class Refused:
    """A code that lets nobody in now, and what it says if it is genuine."""

    why: Why
    contents: Contents | None = None


def sign(contents: Contents, *, key: SigningKey) -> str:
    """The code with these contents; ValueError when one of them does not fit in."""
    head = _packed(_numbers(contents) | {"key": key.public.name})
    whole = head + key.signature(PREFIX.encode() + head)
    return PREFIX + base64.b32encode(whole).decode()


def verify(text: str, *, keys: Sequence[PublicKey], now: datetime) -> Contents | Refused:
    """What a scanned text says, or why it lets nobody in now; any text is answered.

    ``keys`` are all that are accepted: the newest, and those before it while vouchers signed
    with them are in people's hands.
    """
    text = text.strip()
    if _LATER.fullmatch(text):
        return Refused(Why.OTHER_VERSION)
    whole = _read(text)
    if whole is None:
        return Refused(Why.NO_CODE)
    head, signature = whole[:_HEAD_BYTES], whole[_HEAD_BYTES:]
    numbers = _unpacked(head)
    known = [key for key in keys if key.name == numbers["key"]]
    if not known:
        return Refused(Why.UNKNOWN_KEY)
    if not any(key.signed(PREFIX.encode() + head, signature) for key in known):
        return Refused(Why.FORGED)
    return _judged(_contents(numbers), now)


def contents_of(voucher: Voucher) -> Contents:
    """What the code of a voucher says; its visit, guests, lounge and place are loaded."""
    visit = voucher.visit
    clocks = _clocks(visit.starts_at, visit.lounge.place.zone)
    count = Counter(guest.kind for guest in party(visit))
    return Contents(
        code=voucher.code,
        lounge=visit.lounge_id,
        starts_at=_whole_minute(visit.starts_at, clocks),
        leave_by=_whole_minute(visit.leave_by, clocks),
        adults=count[GuestKind.ADULT],
        children=count[GuestKind.CHILD],
        infants=count[GuestKind.INFANT],
        generation=voucher.generation,
    )


def party(visit: Visit) -> list[Guest]:
    """Whom the voucher of a visit is for: its guests without those who left it."""
    return [guest for guest in visit.guests if guest.state not in _GONE]


def _clocks(moment: datetime, zone: str) -> timezone:
    """The clocks of a place as they go at a moment."""
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return timezone(offset // _QUARTER * _QUARTER)


def _whole_minute(moment: datetime, clocks: timezone) -> datetime:
    return moment.astimezone(clocks).replace(second=0, microsecond=0)


def _judged(contents: Contents, now: datetime) -> Contents | Refused:
    if now < contents.starts_at:
        return Refused(Why.TOO_EARLY, contents)
    if now >= contents.leave_by:
        return Refused(Why.TOO_LATE, contents)
    return contents


def _numbers(contents: Contents) -> dict[str, int]:
    offset = contents.starts_at.utcoffset() or timedelta()
    return {
        "code": _number_of(contents.code),
        "lounge": contents.lounge,
        "start": (contents.starts_at - _EPOCH) // _MINUTE,
        "stay": (contents.leave_by - contents.starts_at) // _MINUTE,
        "offset": offset // _QUARTER + _NO_OFFSET,
        "adults": contents.adults,
        "children": contents.children,
        "infants": contents.infants,
        "generation": contents.generation,
    }


def _contents(numbers: dict[str, int]) -> Contents:
    clocks = timezone((numbers["offset"] - _NO_OFFSET) * _QUARTER)
    starts_at = (_EPOCH + numbers["start"] * _MINUTE).astimezone(clocks)
    return Contents(
        code=_code_of(numbers["code"]),
        lounge=numbers["lounge"],
        starts_at=starts_at,
        leave_by=starts_at + numbers["stay"] * _MINUTE,
        adults=numbers["adults"],
        children=numbers["children"],
        infants=numbers["infants"],
        generation=numbers["generation"],
    )


def _packed(numbers: dict[str, int]) -> bytes:
    packed = 0
    for name, bits in _FIELDS.items():
        if not 0 <= numbers[name] < 1 << bits:
            raise ValueError(f"{name} is {numbers[name]}, which {bits} bits do not hold")
        packed = packed << bits | numbers[name]
    return packed.to_bytes(_HEAD_BYTES, "big")


def _unpacked(head: bytes) -> dict[str, int]:
    packed = int.from_bytes(head, "big")
    numbers = {}
    for name, bits in reversed(_FIELDS.items()):
        numbers[name] = packed & (1 << bits) - 1
        packed >>= bits
    return numbers


def _read(text: str) -> bytes | None:
    """The bytes of a code; None when it has not its length or a character that no code has."""
    try:
        whole = base64.b32decode(text.removeprefix(PREFIX))
    except (ValueError, binascii.Error):
        return None
    size = _HEAD_BYTES + SIGNATURE_BYTES
    return whole if text.startswith(PREFIX) and len(whole) == size else None


def _number_of(code: str) -> int:
    """A voucher's code without its check character, as a number."""
    if understood(code) != code:
        raise ValueError("it is no voucher's code")
    number = 0
    for character in code[:_BODY]:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return number


def _code_of(number: int) -> str:
    body = ""
    for _ in range(_BODY):
        number, digit = divmod(number, len(ALPHABET))
        body = ALPHABET[digit] + body
    return body + check_character(body)
