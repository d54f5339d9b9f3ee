"""The kinds of values a catalogue file has: each checks one value and says what it should be.

The value inside is what the database keeps (kopecks, minutes); written to a file it takes the
file's notation again.
"""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from miniapp.base.i18n import Text, marked
from miniapp.catalogue import notation
from miniapp.catalogue.models import Direction, Kind, Side, Zone
from miniapp.invoicebox.wire.vat import VAT_RATES
from miniapp.operators.requisites import is_inn, is_kpp

_ZONES = frozenset(available_timezones())
# A name on a receipt has room for the lounge's, the place and the day (section 7.4).
_NAME_LENGTH = 60


def _demand(holds: Callable[[Any], object], sentence: str) -> AfterValidator:
    """A check that a value passes or is refused with the sentence."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _pattern(pattern: str, sentence: str) -> AfterValidator:
    return _demand(re.compile(pattern, re.ASCII).fullmatch, sentence)


def _texts(value: str | Text) -> tuple[str, ...]:
    return (value.ru, value.en) if isinstance(value, Text) else (value,)


def _is_one_line(value: str | Text) -> bool:
    return not any(unicodedata.category(char) == "Cc" for text in _texts(value) for char in text)


def _is_prose(value: Text) -> bool:
    chars = (char for text in _texts(value) for char in text)
    return not any(unicodedata.category(char) == "Cc" and char != "\n" for char in chars)


def _is_plain_cell(value: str | Text) -> bool:
    # A spreadsheet would take such a cell of the exported table for a formula.
    return not any(text.startswith(("=", "+", "-", "@")) or "|" in text for text in _texts(value))


def _is_short(value: Text) -> bool:
    return all(len(text) <= _NAME_LENGTH for text in _texts(value))


def _is_email(value: str) -> bool:
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _degrees(value: Any) -> float:
    if type(value) not in (int, Decimal):
        raise ValueError(marked("degrees are a number such as 55.9726"))
    # Four digits are some ten metres.
    return round(float(value), 4)


_one_line = _demand(_is_one_line, marked("the text stands on one line"))
_plain_cell = _demand(_is_plain_cell, marked("the text holds no | and begins with none of = + - @"))
_unique = _demand(
    lambda items: all(item not in items[:index] for index, item in enumerate(items)),
    marked("the list names something twice"),
)

Slug = Annotated[
    str, _pattern(r"[a-z0-9-]{2,40}", marked("2 to 40 of the characters a-z, 0-9 and -"))
]
PlaceCode = Annotated[
    str,
    _pattern(
        r"[A-Z]{3}|\d{7}|R-[a-z0-9-]{2,40}",
        marked("an IATA code SVO, an Express-3 code 2006004, or R- and a slug"),
    ),
]
Country = Annotated[str, _pattern(r"[A-Z]{2}", marked("a country is written with two letters: RU"))]
ZoneName = Annotated[
    str, _demand(_ZONES.__contains__, marked("an IANA time zone is needed: Europe/Moscow"))
]
Terminal = Annotated[str, _pattern(r"[A-Z0-9]{1,4}", marked("a terminal is written A, 1 or 2D"))]
Photo = Annotated[
    str,
    _pattern(
        r"[a-z0-9_-]{1,80}\.(?:jpg|png|webp|avif|svg)",
        marked("a photo is the name of a picture file, without a folder"),
    ),
]

Line = Annotated[Text, _one_line]
Name = Annotated[Text, _one_line, _demand(_is_short, marked("a name has at most 60 characters"))]
PlaceName = Annotated[Name, _plain_cell]
Prose = Annotated[Text, _demand(_is_prose, marked("the text holds characters that do not print"))]
Synonyms = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100), _one_line, _plain_cell]],
    Field(max_length=60),
    _unique,
]

LegalName = Annotated[str, Field(min_length=1, max_length=300), _one_line]
Inn = Annotated[str, _demand(is_inn, marked("an INN has 10 or 12 digits, the last ones check"))]
Kpp = Annotated[str, _demand(is_kpp, marked("a KPP has nine characters: 770401001"))]
VatCode = Annotated[
    str, _demand(VAT_RATES.__contains__, marked("a VAT code is needed, such as RUS_VAT22"))
]
Phone = Annotated[
    str,
    _pattern(
        r"\+(?:[ ()-]*\d){7,15}", marked("a phone number is written with its country: +7 800 …")
    ),
]
Email = Annotated[str, _demand(_is_email, marked("an e-mail address is needed"))]

Kopecks = Annotated[
    int,
    BeforeValidator(notation.kopecks),
    PlainSerializer(notation.roubles, return_type=int | str),
]
Price = Annotated[Kopecks, Field(gt=0)]
Minutes = Annotated[
    int, BeforeValidator(notation.minutes), PlainSerializer(notation.span, return_type=str)
]
LastingMinutes = Annotated[Minutes, Field(gt=0)]
Latitude = Annotated[float, BeforeValidator(_degrees), Field(ge=-90, le=90)]
Longitude = Annotated[float, BeforeValidator(_degrees), Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=1, le=10_000)]
ShopId = Annotated[int, Field(ge=1, le=2**31 - 1)]

# The database keeps them as words, and strict reading would demand the members themselves.
KindName = Annotated[Kind, Field(strict=False)]
ServedZone = Annotated[Zone, Field(strict=False)]
SideName = Annotated[Side, Field(strict=False)]
Directions = Annotated[
    list[Annotated[Direction, Field(strict=False)]], Field(min_length=1), _unique
]
