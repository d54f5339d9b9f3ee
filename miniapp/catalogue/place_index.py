"""The index of places' names: made once for an edition of the catalogue, then only read.

Places stand in order of weight: those with lounges first, then by rank. What few words match is
looked up and sorted; what many match is kept in order of weight from the beginning, for every
beginning of a word and every three letters within one. So an answer takes as long at a hundred
thousand places as at a thousand, whether the letters typed are rare or common.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, groupby
from typing import NamedTuple, Protocol, Self

from miniapp.base.i18n import Text
from miniapp.catalogue.models import Kind

# Up to so many entries are sorted when they are asked for.
_RARE = 500
# So many of the places that share some letters are kept in order, and looked through.
_KEPT = 1000
_GRAM = 3

_WORD = re.compile(r"[^\W_]+")
# Letters that look like an accented one but are not taken apart.
_ALIKE = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d"})


class Named(Protocol):
    """What the index looks at in a place."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def name(self) -> Text: ...
    @property
    def city(self) -> Text: ...
    @property
    def country(self) -> str: ...
    @property
    def synonyms(self) -> list[str]: ...


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: without case and accents, ё as е."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return _WORD.findall(plain.translate(_ALIKE))


class PlaceIndex:
    """Finds places by the words of their names, cities, synonyms and codes.

    ``codes`` are in order of weight; a place is meant by its number in that order.
    """

    def __init__(
        self,
        places: Iterable[Named],
        lounges: Mapping[str, int],
        *,
        rank: Callable[[Named], int] = lambda _place: 0,
    ) -> None:
        # Only words are kept: the places of the world are not all in memory at once.
        found = sorted(
            ((not lounges.get(place.code), rank(place), *_address(place)), _Names.of(place))
            for place in places
        )
        names = [names for _, names in found]
        self.codes = [one.code for one in names]
        self._numbers_by_code = {_as_code(code): n for n, code in enumerate(self.codes)}
        self._stations: dict[str, list[str]] = {}
        for one in names:
            for name in one.station:
                self._stations.setdefault(name, []).append(one.code)
        self._lines = [one.line for one in names]
        numbers = _numbers_of_words(self._lines)
        self._words = sorted(numbers)
        # The places of all words one after another, and where those of each word begin.
        self._numbers = array("I", chain.from_iterable(numbers[word] for word in self._words))
        self._firsts = array(
            "I", accumulate((len(numbers[word]) for word in self._words), initial=0)
        )
        self._common = dict(self._beginnings(0, len(self._words), 1))

    def by_code(self, code: str) -> int | None:
        """The place with exactly this code, as ``words_of`` writes it."""
        return self._numbers_by_code.get(code)

    def has(self, code: str) -> bool:
        """Is a place with this code among them?"""
        number = self.by_code(_as_code(code))
        return number is not None and self.codes[number] == code

    def stations_called(self, words: Sequence[str]) -> tuple[str, ...]:
        """The codes of the stations that have this very name."""
        return tuple(self._stations.get(" ".join(words), ()))

    def beginning(self, parts: Sequence[str]) -> Iterator[int]:
        """Places where each part begins a word, in order of weight.

        When all parts are common, only the weightiest that share the rarest are looked through.
        """
        entries = {part: self._entries(part) for part in parts}
        rarest = min(parts, key=lambda part: len(entries[part]))
        found: Iterable[int] = self._common.get(rarest, ())
        if len(entries[rarest]) <= _RARE:
            found = sorted({self._numbers[entry] for entry in entries[rarest]})
        return self._holding(found, [f" {part}" for part in parts if part != rarest])

    def containing(self, parts: Sequence[str]) -> Iterator[int]:
        """Places where each part stands within a word; one of them has three letters or more.

        Of the places that share the rarest three letters, the weightiest are looked through.
        """
        grams = {gram for part in parts for gram in _gram_set(part)}
        if not grams:
            return iter(())
        rarest = min((self._grams.get(gram, ()) for gram in grams), key=len)
        return self._holding(rarest, parts)

    def _entries(self, part: str) -> range:
        first = bisect_left(self._words, part)
        last = bisect_left(self._words, f"{part}\U0010ffff", lo=first)
        return range(self._firsts[first], self._firsts[last])

    def _beginnings(
        self, first: int, last: int, length: int
    ) -> Iterator[tuple[str, Sequence[int]]]:
        """The beginnings of words that are not rare, each with its weightiest places."""
        for beginning, group in groupby(range(first, last), lambda n: self._words[n][:length]):
            start, *rest = group
            end = start + len(rest) + 1
            entries = self._numbers[self._firsts[start] : self._firsts[end]]
            if len(entries) > _RARE and len(beginning) == length:
                yield beginning, array("I", sorted(set(entries))[:_KEPT])
                yield from self._beginnings(start, end, length + 1)

    @cached_property
    def _grams(self) -> Mapping[str, Sequence[int]]:
        """The weightiest places of every three letters in a row; made when first needed."""
        grams: dict[str, array[int]] = {}
        for number, line in enumerate(self._lines):
            for gram in _gram_set(line):
                numbers = grams.setdefault(gram, array("I"))
                if len(numbers) < _KEPT:
                    numbers.append(number)
        return grams

    def _holding(self, numbers: Iterable[int], parts: Sequence[str]) -> Iterator[int]:
        """Those of the places whose words hold all of the parts."""
        for part in parts:
            numbers = self._with(part, numbers)
        return iter(numbers)

    def _with(self, part: str, numbers: Iterable[int]) -> Iterator[int]:
        lines = self._lines
        return (number for number in numbers if part in lines[number])


def _address(place: Named) -> tuple[str, bool, str]:
    """Places of one rank stand by their cities, airports before stations."""
    return place.city.ru, place.kind is not Kind.AIRPORT, place.name.ru


def _as_code(code: str) -> str:
    return "".join(words_of(code))


class _Names(NamedTuple):
    """What a place is called: its words, each after a space, and as a station its whole names."""

    code: str
    line: str
    station: frozenset[str]

    @classmethod
    def of(cls, place: Named) -> Self:
        texts = dict.fromkeys(
            (place.name.ru, place.name.en, place.city.ru, place.city.en, *place.synonyms)
        )
        words = dict.fromkeys([_as_code(place.code)])
        for parts in map(words_of, texts):
            # A name of several words also as one: «нижнийновгород».
            words.update(dict.fromkeys([*parts, "".join(parts)]))
        is_station = place.kind is Kind.STATION
        return cls(
            place.code,
            "".join(f" {word}" for word in words if word),
            frozenset(_station_names(place)) if is_station else frozenset(),
        )


def _station_names(place: Named) -> Iterator[str]:
    names = [place.name.ru, place.name.en, *place.synonyms]
    # A station is also called by its city and its name: "Moscow Kazansky".
    names += [f"{place.city.ru} {place.name.ru}", f"{place.city.en} {place.name.en}"]
    return (" ".join(words_of(name)) for name in names)


def _numbers_of_words(lines: list[str]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split():
            numbers.setdefault(word, []).append(number)
    return numbers


def _gram_set(words: str) -> set[str]:
    """Every three letters that stand together in a word."""
    grams = {words[start : start + _GRAM] for start in range(len(words) - _GRAM + 1)}
    return {gram for gram in grams if " " not in gram}


EMPTY = PlaceIndex((), {})
