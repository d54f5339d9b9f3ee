"""Pages that say the same to everybody: made once for an edition of the catalogue, then only read.

The entry, the choice of a place and what the search found depend on the catalogue, the language
asked for, whether htmx asks and whether there is a host. They never depend on the clock, a trip
or an order: a page that does must not be made here. A host's session id stands in every address
of theirs and is another for each, so a page is kept with a stand-in, and every answer puts its
own id in its place.
"""

import secrets
from collections.abc import Callable, Hashable

from flask import g

from miniapp.base import htmx
from miniapp.catalogue.queries import Catalogue

# What strangers type makes pages, too: when there are so many, all are made anew.
_MOST = 500

# Nobody can type it. Like an id it stands in addresses and attributes without being escaped.
_STAND_IN = secrets.token_hex(16)


def kept(catalogue: Catalogue, about: Hashable, make: Callable[[], str]) -> str:
    """The page about this, as ``make`` made it for whoever asked first."""
    key = (about, g.lang, bool(g.host_id), htmx.asked())
    page = catalogue.kept.get(key)
    if page is None:
        page = _made(make)
        if len(catalogue.kept) >= _MOST:
            catalogue.kept.clear()
        catalogue.kept[key] = page
    return page.replace(_STAND_IN, g.host_id) if g.host_id else page


def _made(make: Callable[[], str]) -> str:
    given = g.host_id
    g.host_id = _STAND_IN if given else ""
    try:
        return make()
    finally:
        g.host_id = given
