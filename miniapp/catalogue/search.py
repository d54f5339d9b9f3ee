"""Find places by what a traveller types: a city, an airport, a station or a code.

Words may be begun, stand in any order, be joined or parted by hyphens and spaces, and be written
in Russian, English or as the synonyms have it. First the places where every word is the beginning
of one, then those where it stands within one; in each of these, places with lounges come first,
then the others of the catalogue, then the rest of the world; of either of the last, the place with
exactly this code leads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, filterfalse, islice, takewhile

from miniapp.base.i18n import Text
from miniapp.catalogue.models import Place
from miniapp.catalogue.place_index import PlaceIndex, words_of
from miniapp.catalogue.queries import Catalogue

# What is typed beyond this is not looked at.
_LONGEST_TEXT = 80
_MOST_WORDS = 6
_KINDS = frozenset({"аэропорт", "airport", "вокзал", "станция", "station", "railway"})


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
    # Nobody is called so: the kind of a place says nothing beside its name.
    words = [word for word in words if word not in _KINDS] or words
    codes = islice(_once(_codes(catalogue, words)), limit)
    return [_hit(catalogue, catalogue.places[code]) for code in codes]


def served_places(catalogue: Catalogue) -> list[ServedCity]:
    """The places with lounges by city, cities in the order of the language spoken now."""
    # They stand at the front of the index.
    hits = takewhile(
        lambda hit: hit.lounges,
        (_hit(catalogue, catalogue.places[code]) for code in catalogue.index.codes),
    )
    by_city: dict[Text, list[PlaceHit]] = {}
    for hit in hits:
        by_city.setdefault(hit.place.city, []).append(hit)
    cities = [ServedCity(city, tuple(of_city)) for city, of_city in by_city.items()]
    return sorted(cities, key=lambda served: words_of(str(served.city)))


def most_served(cities: list[ServedCity], *, limit: int) -> list[PlaceHit]:
    """The places with most lounges; of equal ones those in the city with more, else as given."""
    of_city = [(hit, sum(one.lounges for one in city.hits)) for city in cities for hit in city.hits]
    of_city.sort(key=lambda hit: (-hit[0].lounges, -hit[1]))
    return [hit for hit, _ in of_city[:limit]]


def _codes(catalogue: Catalogue, words: list[str]) -> Iterator[str]:
    """The codes of the places found, the best first, some of them twice."""
    for found in (_beginning, PlaceIndex.containing):
        for index in (catalogue.index, catalogue.beneath):
            codes: Iterator[str] = (index.codes[number] for number in found(index, words))
            if index is catalogue.beneath:
                # A place of the catalogue hides its namesake, also when it is called otherwise.
                codes = filterfalse(catalogue.index.has, codes)
            yield from codes


def _beginning(index: PlaceIndex, words: list[str]) -> Iterator[int]:
    exact = index.by_code("".join(words))
    if exact is not None:
        yield exact
    yield from index.beginning(words)


def _once(codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code not in seen:
            seen.add(code)
            yield code


def _hit(catalogue: Catalogue, place: Place) -> PlaceHit:
    return PlaceHit(place, len(catalogue.lounges_at(place.code)))
