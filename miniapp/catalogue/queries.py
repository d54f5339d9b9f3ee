"""The catalogue in memory, renewed when its edition changes.

A request asks the database for one number. Whoever changes the catalogue raises it in the same
transaction (``loading``), so every process sees a change at its next request. What is given out
is loaded in full and belongs to no session: it is shared by all threads, and nobody may write
to it.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from miniapp.base.db import db
from miniapp.catalogue.models import Lounge, Place
from miniapp.catalogue.place_index import EMPTY, PlaceIndex
from miniapp.catalogue.world import Over, world
from miniapp.operators.models import Operator

_NUMBER = "SELECT number FROM catalogue_edition WHERE id = 1"


@dataclass(frozen=True)
class Catalogue:
    """One edition: operators and places by code, lounges by slug in the order they came in.

    ``places`` are those of the database and all of the world; ``index`` knows the former,
    ``beneath`` the latter.
    """

    number: int
    operators: Mapping[str, Operator]
    places: Mapping[str, Place]
    lounges: Mapping[str, Lounge]
    index: PlaceIndex = field(repr=False)
    _at_place: Mapping[str, tuple[Lounge, ...]] = field(repr=False)
    _by_shop: Mapping[int, Lounge] = field(repr=False)
    beneath: PlaceIndex = field(default=EMPTY, repr=False)
    # What others make of this edition and keep as long as it lasts; whoever does sees to its size.
    kept: dict[Any, str] = field(default_factory=dict, repr=False, compare=False)

    def lounges_at(self, place_code: str) -> tuple[Lounge, ...]:
        """The public lounges of a place, also those closed for sale; none for an unknown one."""
        return self._at_place.get(place_code, ())

    def lounge_of_shop(self, shop_id: int) -> Lounge | None:
        """The lounge that a point of sale of the marketplace stands for."""
        return self._by_shop.get(shop_id)


_kept: WeakKeyDictionary[sa.Engine, Catalogue] = WeakKeyDictionary()
_renewing = Lock()


def current() -> Catalogue:
    """The catalogue of now; one statement as long as the edition is the one in memory."""
    engine = db.engine
    number, kept = _edition(engine), _kept.get(engine)
    if kept is not None and kept.number == number:
        return kept
    with _renewing:
        kept = _kept.get(engine)
        if kept is None or kept.number != number:
            kept = _kept[engine] = _read(engine)
    return kept


def _edition(engine: sa.Engine) -> int:
    """The number of the edition, asked of the driver itself.

    Every request asks, and the way through a session costs as much as a bare Flask request.
    """
    try:
        return _asked(engine)
    except engine.dialect.loaded_dbapi.Error:
        # After a restart of the database all connections of the pool are lost: begin with new ones.
        engine.dispose()
        return _asked(engine)


def _asked(engine: sa.Engine) -> int:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(_NUMBER)
        row = cursor.fetchone()
    return row[0] if row else 0


def _read(engine: sa.Engine) -> Catalogue:
    """Read everything in a session of its own, so that the reader's own rows stay untouched."""
    with Session(engine) as session:
        # Read first: if an import ends meanwhile, the next request finds a newer number.
        number = session.scalar(sa.text(_NUMBER)) or 0
        sellers = session.scalars(sa.select(Operator).order_by(Operator.code))
        operators = {seller.code: seller for seller in sellers}
        places = {
            spot.code: spot for spot in session.scalars(sa.select(Place).order_by(Place.code))
        }
        parts = (selectinload(Lounge.rates), selectinload(Lounge.extras))
        lounges = list(session.scalars(sa.select(Lounge).options(*parts).order_by(Lounge.id)))
        for lounge in lounges:
            set_committed_value(lounge, "operator", operators[lounge.operator_code])
            set_committed_value(lounge, "place", places[lounge.place_code])
        session.expunge_all()
    return _catalogue(number, operators, places, lounges)


def _catalogue(
    number: int,
    operators: Mapping[str, Operator],
    places: Mapping[str, Place],
    lounges: Iterable[Lounge],
) -> Catalogue:
    by_slug = {lounge.slug: lounge for lounge in lounges}
    at_place: dict[str, tuple[Lounge, ...]] = {}
    for lounge in by_slug.values():
        if lounge.is_public:
            at_place[lounge.place_code] = (*at_place.get(lounge.place_code, ()), lounge)
    return Catalogue(
        number=number,
        operators=operators,
        places=Over(places, world()),
        lounges=by_slug,
        index=PlaceIndex(
            places.values(), {code: len(of) for code, of in at_place.items()}, rank=world().rank
        ),
        _at_place=at_place,
        _by_shop={one.shop_id: one for one in by_slug.values() if one.shop_id is not None},
        beneath=world().index,
    )
