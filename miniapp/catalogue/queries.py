"""The catalogue in memory, renewed when its edition changes.

A request asks the database for one number. Whoever changes the catalogue raises it in the same
transaction (``loading``), so every process sees a change at its next request. What is given out
is loaded in full and belongs to no session: it is shared by all threads, and nobody may write
to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from miniapp.base.db import reading
from miniapp.catalogue.models import Edition, Lounge, Place
from miniapp.catalogue.place_index import PlaceIndex
from miniapp.operators.models import Operator

_NUMBER = sa.select(Edition.number).where(Edition.id == 1)


@dataclass(frozen=True)
class Catalogue:
    """One edition: operators and places by code, lounges by slug in the order they came in."""

    number: int
    operators: Mapping[str, Operator]
    places: Mapping[str, Place]
    lounges: Mapping[str, Lounge]
    index: PlaceIndex = field(repr=False)
    _at_place: Mapping[str, tuple[Lounge, ...]] = field(repr=False)
    _by_shop: Mapping[int, Lounge] = field(repr=False)

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
    session = reading()
    number = session.scalar(_NUMBER) or 0
    engine = session.get_bind().engine
    kept = _kept.get(engine)
    if kept is not None and kept.number == number:
        return kept
    with _renewing:
        kept = _kept.get(engine)
        if kept is None or kept.number != number:
            kept = _kept[engine] = _read(engine)
    return kept


def _read(engine: sa.Engine) -> Catalogue:
    """Read everything in a session of its own, so that the reader's own rows stay untouched."""
    with Session(engine) as session:
        # Read first: if an import ends meanwhile, the next request finds a newer number.
        number = session.scalar(_NUMBER) or 0
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
        places=places,
        lounges=by_slug,
        index=PlaceIndex(places.values(), {code: len(of) for code, of in at_place.items()}),
        _at_place=at_place,
        _by_shop={one.shop_id: one for one in by_slug.values() if one.shop_id is not None},
    )
