"""Find places by what a traveller types: a city, an airport, a station or a code.

Words may be begun, stand in any order, be joined or parted by hyphens and spaces, and be written
in Russian, English or as the synonyms have it. First the place with exactly this code, then
those where every word is the beginning of one, then those where it stands within one; in each
of these, places with lounges come first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby, islice

from miniapp.base.i18n import Text
from miniapp.catalogue.models import Place
from miniapp.catalogue.place_index import words_of
from miniapp.catalogue.queries import Catalogue

# What is typed beyond this is not looked at.
_LONGEST_TEXT = 80
_MOST_WORDS = 6


@dataclass(frozen=True)
class PlaceHit:
    """A place found, with the number of its public lounges."""

    place: Place
    lounges: int


@dataclass(frozen=True)
class ServedCity:
    """A city with its places that have lounges."""

    city: Text
    hits: tuple[PlaceHit, ...]


def find_places(catalogue: Catalogue, text: str, *, limit: int = 20) -> list[PlaceHit]:
    """The best places for a text, at most ``limit``; for an empty one those with lounges."""
    words = words_of(text[:_LONGEST_TEXT])[:_MOST_WORDS]
    if not words:
        hits = chain.from_iterable(city.hits for city in served_places(catalogue))
        return list(islice(hits, limit))
    numbers = islice(_once(_numbers(catalogue, words)), limit)
    return [_hit(catalogue, catalogue.index.places[number]) for number in numbers]


def served_places(catalogue: Catalogue) -> list[ServedCity]:
    """The places with lounges by city, cities in the order of the language spoken now."""
    hits = []
    # They stand at the front of the index.
    for place in catalogue.index.places:
        hit = _hit(catalogue, place)
        if not hit.lounges:
            break
        hits.append(hit)
    cities = [
        ServedCity(city, tuple(group)) for city, group in groupby(hits, lambda hit: hit.place.city)
    ]
    return sorted(cities, key=lambda served: words_of(str(served.city)))


def _numbers(catalogue: Catalogue, words: list[str]) -> Iterator[int]:
    index = catalogue.index
    exact = index.by_code("".join(words))
    if exact is not None:
        yield exact
    yield from index.beginning(words)
    yield from index.containing(words)


def _once(numbers: Iterator[int]) -> Iterator[int]:
    seen: set[int] = set()
    for number in numbers:
        if number not in seen:
            seen.add(number)
            yield number


def _hit(catalogue: Catalogue, place: Place) -> PlaceHit:
    return PlaceHit(place, len(catalogue.lounges_at(place.code)))
