"""The numbers of the lounges' points of sale in the marketplace.

An edition is raised with them, so every process knows them at its next request. Its row is
written first, as by an import, so that the two wait for one another.
"""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.catalogue.models import Edition, Lounge


def keep_shop(*, slug: str, shop_id: int) -> bool:
    """Give a lounge its point of sale; False when it has one, or another lounge has this."""
    theirs = Lounge.slug == slug, Lounge.shop_id.is_(None)
    try:
        with transaction() as session:
            _raise_edition(session)
            update = sa.update(Lounge).where(*theirs).values(shop_id=shop_id)
            return session.scalar(update.returning(Lounge.id)) is not None
    except IntegrityError:
        return False


def forget_shops() -> None:
    """Take all points of sale from the lounges: the marketplace they stood in is gone."""
    with transaction() as session:
        _raise_edition(session)
        session.execute(sa.update(Lounge).values(shop_id=None))


def _raise_edition(session: Session) -> None:
    session.execute(sa.update(Edition).values(number=Edition.number + 1))
