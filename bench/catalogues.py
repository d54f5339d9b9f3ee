"""Catalogues larger than the demo's, made up the same way at every run.

They are written in the format that operators use and taken in by the same command.
"""

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from miniapp.base.i18n import Text
from miniapp.catalogue.loading import DEMO_FILE
from miniapp.catalogue.models import Kind, Place

_HEADS = (
    "мо",
    "ка",
    "но",
    "се",
    "пе",
    "во",
    "ир",
    "ом",
    "ту",
    "аз",
    "са",
    "кур",
    "вол",
    "тиг",
    "бал",
)
_MIDDLES = ("ре", "ло", "ни", "та", "ва", "ми", "зо", "лу", "да", "ке", "пу", "рон", "бор", "сал")
_TAILS = ("во", "ск", "град", "ево", "ино", "бург", "поль", "омск", "ня", "рь", "ута", "ово")
_COLUMNS = ("code", "kind", "name_ru", "name_en", "city_ru", "city_en", "country", "zone")
_LATIN = str.maketrans(
    {"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "з": "z", "и": "i", "к": "k",
     "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
     "ф": "f", "ч": "ch", "ш": "sh", "ы": "y", "ь": "", "я": "ya"}
)  # fmt: skip


def names(count: int) -> Iterator[str]:
    """So many names that sound like towns."""
    chance = random.Random(418)  # noqa: S311  the same towns at every run, nothing secret
    for number in range(count):
        parts = (chance.choice(_HEADS), chance.choice(_MIDDLES), chance.choice(_TAILS))
        yield f"{''.join(parts).capitalize()} {number}" if number % 7 else "".join(parts).title()


def places(count: int) -> list[Place]:
    """So many stations that no database knows."""
    return [
        Place(
            code=f"R-t{number}",
            kind=Kind.STATION,
            name=Text(ru=name, en=name.translate(_LATIN)),
            city=Text(ru=name, en=name.translate(_LATIN)),
            country="RU",
            zone="Europe/Moscow",
            synonyms=[],
            walks={},
        )
        for number, name in enumerate(names(count))
    ]


def stations_csv(count: int) -> str:
    """So many stations as an operator's CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for place in places(count):
        names_of = (place.name.ru, place.name.en, place.city.ru, place.city.en)
        writer.writerow((place.code, place.kind, *names_of, place.country, place.zone))
    return text.getvalue()


def more_lounges(at: list[str]) -> str:
    """The demo's first lounge once more at each of these places, as a catalogue file."""
    demo = _demo()
    pattern = next(lounge for lounge in demo["lounges"] if lounge["slug"] == "briz-svo-c")
    copies = [
        pattern | {"slug": f"bench-{number}", "place": place, "walk": "5m"}
        for number, place in enumerate(at)
    ]
    text, yaml = io.StringIO(), YAML(typ="safe")
    # Everything is written out: a catalogue file has no references.
    yaml.representer.ignore_aliases = lambda _value: True
    yaml.dump({"lounges": copies}, text)
    return text.getvalue()


def demo_lounges() -> int:
    """How many lounges the demo has."""
    return len(_demo()["lounges"])


def _demo() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(Path(DEMO_FILE).read_text(encoding="utf-8"))
    return loaded
