"""Names of stations to places of our catalogue.

Hosts name stations without a code, in Russian or in Latin letters and in several spellings
(mini-app protocol, section 5.1). A name means a station when it is, but for case, accents and
punctuation, one of the station's names or synonyms, and no other station's: a wrong place is
worse than none.
"""

from miniapp.catalogue.models import Place
from miniapp.catalogue.place_index import words_of
from miniapp.catalogue.queries import Catalogue


def named(name: str, catalogue: Catalogue) -> Place | None:
    """The station with this name; None when there is none, or more than one."""
    wanted = words_of(name)
    own = catalogue.index.stations_called(wanted)
    beneath = catalogue.beneath.stations_called(wanted)
    found = [*own, *(code for code in beneath if not catalogue.index.has(code))]
    return catalogue.places[found[0]] if len(found) == 1 else None
