"""The index of the places' names: made once for an edition of the catalogue, then only read.

Places stand in order of weight, those with lounges first. What few words match is looked up and
sorted; what many match is read off in order of weight until enough is found, from one text that
holds the words of all places. So an answer is quick at a hundred places and at a hundred
thousand, whether the letters typed are rare or common.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain

from miniapp.catalogue.models import Kind, Place

# Up to so many entries are sorted; above it, reading in order of weight is quicker.
_RARE = 500
# Up to so many words are looked through for a part that they may contain.
_LOOKED_THROUGH = 5000
_GRAM = 3

_WORD = re.compile(r"[^\W_]+")
# Letters that look like an accented one but are not taken apart.
_ALIKE = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d"})


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: without case and accents, ё as е."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return _WORD.findall(plain.translate(_ALIKE))


def weight(place: Place, lounges: int) -> tuple[bool, str, bool, str]:
    """What places are ordered by: with lounges first, then by city, airports before stations."""
    return not lounges, place.city.ru, place.kind is not Kind.AIRPORT, place.name.ru


class PlaceIndex:
    """Finds places by the words of their names, cities, synonyms and codes.

    ``places`` are in order of weight; a place is meant by its number in that order.
    """

    def __init__(self, places: Iterable[Place], lounges: Mapping[str, int]) -> None:
        self.places = sorted(places, key=lambda place: weight(place, lounges.get(place.code, 0)))
        words_at = [_words_of_place(place) for place in self.places]
        self._codes = {
            "".join(words_of(place.code)): number for number, place in enumerate(self.places)
        }
        # The words of each place on a line, every word after a space.
        lines = [f" {' '.join(words)}\n" for words in words_at]
        self._text = "".join(lines)
        self._line_starts = [0, *accumulate(map(len, lines))]
        numbers = _numbers_of_words(words_at)
        self._words = sorted(numbers)
        # The places of all words one after another, and where those of each word begin.
        self._numbers = array("I", chain.from_iterable(numbers[word] for word in self._words))
        self._firsts = [0, *accumulate(len(numbers[word]) for word in self._words)]
        self._grams = _grams_of(self._words)

    def by_code(self, code: str) -> int | None:
        """The place with exactly this code."""
        return self._codes.get(code)

    def beginning(self, parts: Sequence[str]) -> Iterator[int]:
        """Places where each part begins a word, in order of weight."""
        entries = {part: self._entries_beginning(part) for part in parts}
        rarest = min(parts, key=lambda part: len(entries[part]))
        found = self._in_order(entries[rarest], f" {rarest}")
        others = [f" {part}" for part in parts if part != rarest]
        return (number for number in found if self._stand_in(number, others))

    def containing(self, parts: Sequence[str]) -> Iterator[int]:
        """Places where each part stands within a word; one of them has three letters or more."""
        candidates = {part: self._candidates(part) for part in parts if len(part) >= _GRAM}
        if not candidates:
            return iter(())
        rarest = min(candidates, key=lambda part: len(candidates[part]))
        entries = self._entries_containing(rarest, candidates[rarest])
        others = [part for part in parts if part != rarest]
        found = self._in_order(entries, rarest)
        return (number for number in found if self._stand_in(number, others))

    def _entries_beginning(self, part: str) -> range:
        first = bisect_left(self._words, part)
        last = bisect_left(self._words, f"{part}\U0010ffff", lo=first)
        return range(self._firsts[first], self._firsts[last])

    def _candidates(self, part: str) -> Sequence[int]:
        """The words that share the rarest three letters of the part."""
        return min((self._grams.get(gram, ()) for gram in _gram_set(part)), key=len)

    def _entries_containing(self, part: str, candidates: Sequence[int]) -> Sequence[int]:
        if len(candidates) > _LOOKED_THROUGH:
            return candidates
        words = [word for word in candidates if part in self._words[word]]
        return [
            entry for word in words for entry in range(self._firsts[word], self._firsts[word + 1])
        ]

    def _in_order(self, entries: Sequence[int], written: str) -> Iterator[int]:
        """Places of these entries, or when they are many those where the text is written."""
        if len(entries) > _RARE:
            return self._reading(written)
        return iter(sorted({self._numbers[entry] for entry in entries}))

    def _reading(self, written: str) -> Iterator[int]:
        at = self._text.find(written)
        while at >= 0:
            number = bisect_right(self._line_starts, at) - 1
            yield number
            at = self._text.find(written, self._line_starts[number + 1])

    def _stand_in(self, number: int, parts: list[str]) -> bool:
        bounds = self._line_starts[number], self._line_starts[number + 1]
        return all(self._text.find(part, *bounds) >= 0 for part in parts)


def _words_of_place(place: Place) -> tuple[str, ...]:
    """All words of a place; a name of several words also as one: «нижнийновгород»."""
    texts = (place.name.ru, place.name.en, place.city.ru, place.city.en, *place.synonyms)
    words: dict[str, None] = dict.fromkeys(["".join(words_of(place.code))])
    for parts in map(words_of, texts):
        words.update(dict.fromkeys([*parts, "".join(parts)]))
    return tuple(word for word in words if word)


def _numbers_of_words(words_at: list[tuple[str, ...]]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, words in enumerate(words_at):
        for word in words:
            numbers.setdefault(word, []).append(number)
    return numbers


def _grams_of(words: list[str]) -> dict[str, list[int]]:
    grams: dict[str, list[int]] = {}
    for index, word in enumerate(words):
        for gram in _gram_set(word):
            grams.setdefault(gram, []).append(index)
    return grams


def _gram_set(word: str) -> set[str]:
    return {word[start : start + _GRAM] for start in range(len(word) - _GRAM + 1)}
