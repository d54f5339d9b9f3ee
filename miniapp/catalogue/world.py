"""The airports of the world and the larger stations of Russia, beneath every catalogue.

They belong to the program, not to the database: ``data/places.csv`` and ``data/stations.csv``,
made and reviewed as ``data/README.md`` tells. A place of the database hides its namesake here,
and the place of a lounge is copied into the database when the lounge is taken in (``loading``).

Eight thousand places as objects of the database would cost every process 30 MB, so they are
kept as the lines they were read from, and made into objects for whoever asks.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from miniapp.base.i18n import Text
from miniapp.catalogue.models import Kind, Place
from miniapp.catalogue.place_index import Named, PlaceIndex

FOLDER = Path(__file__).parent / "data"
AIRPORTS, STATIONS = FOLDER / "places.csv", FOLDER / "stations.csv"

LAST_RANK = 7
# Of a place that is not here: as an ordinary one of its country.
_RANK_AT_HOME = 3
# So many places are kept as objects: those of the last searches.
_AT_HAND = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A place as the files have it; ``rank`` is 1 for Moscow, ``LAST_RANK`` for an airstrip."""

    code: str
    kind: Kind
    name: Text
    city: Text
    country: str
    zone: str
    lat: float
    lon: float
    synonyms: list[str]
    rank: int


class World(Mapping[str, Place]):
    """The places by code. What is given out is shared, and nobody may write to it."""

    def __init__(self, *files: Path) -> None:
        self._lines = {
            line.partition(",")[0]: line
            for file in files
            for line in file.read_text(encoding="utf-8").splitlines()[1:]
        }
        self._at_hand = lru_cache(_AT_HAND)(self.copy)
        self.index = PlaceIndex(_rows(self._lines.values()), {}, rank=self.rank)

    def __getitem__(self, code: str) -> Place:
        if code not in self._lines:
            raise KeyError(code)
        return self._at_hand(code)

    def __contains__(self, code: object) -> bool:
        return code in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def copy(self, code: str) -> Place:
        """A place of one's own, to be kept in a database; raises KeyError."""
        [row] = _rows([self._lines[code]])
        return Place(
            code=row.code,
            kind=row.kind,
            name=row.name,
            city=row.city,
            country=row.country,
            zone=row.zone,
            lat=row.lat,
            lon=row.lon,
            synonyms=row.synonyms,
            walks={},
        )

    def rank(self, place: Named) -> int:
        """How far in front a place stands among others, 1 to ``LAST_RANK``."""
        line = self._lines.get(place.code)
        if line is None:
            return _RANK_AT_HOME if place.country == "RU" else LAST_RANK
        return int(line.rpartition(",")[2])


@cache
def world() -> World:
    """The world, read once by every process."""
    return World(AIRPORTS, STATIONS)


class Over(Mapping[str, Place]):
    """The places of a database over those of the world."""

    def __init__(self, own: Mapping[str, Place], beneath: World) -> None:
        self._own = own
        self._beneath = beneath

    def __getitem__(self, code: str) -> Place:
        own = self._own.get(code)
        return self._beneath[code] if own is None else own

    def __contains__(self, code: object) -> bool:
        return code in self._own or code in self._beneath

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (code for code in self._beneath if code not in self._own)

    def __len__(self) -> int:
        return len(self._beneath) + sum(code not in self._beneath for code in self._own)


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    for cells in csv.reader(lines, strict=True):
        code, name_ru, name_en, city_ru, city_en, country, zone, lat, lon, synonyms, rank = cells
        yield Row(
            code=code,
            kind=Kind.AIRPORT if len(code) == 3 else Kind.STATION,
            # A name nobody writes in Russian letters stands in Latin ones.
            name=Text(ru=name_ru or name_en, en=name_en),
            city=Text(ru=city_ru or city_en, en=city_en),
            country=country,
            zone=zone,
            lat=float(lat),
            lon=float(lon),
            synonyms=synonyms.split("|") if synonyms else [],
            rank=int(rank),
        )
