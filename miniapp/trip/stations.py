"""Names of stations to places of our catalogue.

Hosts name stations without a code, in Russian or in Latin letters and in several spellings
(mini-app protocol, section 5.1). A name means a station when it is, but for case, accents and
punctuation, one of the station's names or synonyms, and no other station's: a wrong place is
worse than none.
"""

from miniapp.catalogue.models import Kind, Place
from miniapp.catalogue.place_index import words_of
from miniapp.catalogue.queries import Catalogue


def named(name: str, catalogue: Catalogue) -> Place | None:
    """The station with this name; None when there is none, or more than one."""
    wanted = words_of(name)
    if not wanted:
        return None
    found = [
        place
        for place in catalogue.places.values()
        if place.kind is Kind.STATION and wanted in _names(place)
    ]
    return found[0] if len(found) == 1 else None


def _names(place: Place) -> list[list[str]]:
    # A station is also called by its city and its name: "Moscow Kazansky".
    names = [place.name.ru, place.name.en, *place.synonyms]
    names += [f"{place.city.ru} {place.name.ru}", f"{place.city.en} {place.name.en}"]
    return [words_of(name) for name in names]
