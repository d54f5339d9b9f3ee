"""Reading orders: one for changing it, one for a screen."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from miniapp.base.db import reading
from miniapp.catalogue.models import Lounge
from miniapp.orders.errors import OrderNotFound
from miniapp.orders.models import Order, Visit, Voucher


def locked(session: Session, number: str) -> Order | None:
    """The order for changing it: others who want to change it wait until this one is done."""
    return session.scalars(
        sa.select(Order).where(Order.number == number).with_for_update(of=Order)
    ).first()


def by_number(number: str) -> Order:
    """The order with all that its screens show; raises OrderNotFound."""
    order = reading().scalars(_whole().where(Order.number == number)).unique().first()
    if order is None:
        raise OrderNotFound
    return order


def voucher(code: str) -> Voucher:
    """A voucher with its visit, order and lounge; raises OrderNotFound."""
    found = (
        reading()
        .scalars(
            sa.select(Voucher)
            .where(Voucher.code == code)
            .options(
                joinedload(Voucher.visit).options(
                    *_visit_parts(), joinedload(Visit.order).joinedload(Order.operator)
                )
            )
        )
        .first()
    )
    if found is None:
        raise OrderNotFound
    return found


def _whole() -> sa.Select[Order]:
    return sa.select(Order).options(
        joinedload(Order.operator),
        selectinload(Order.lines),
        selectinload(Order.visits).options(*_visit_parts(), joinedload(Visit.voucher)),
    )


def _visit_parts() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Visit.lounge).options(joinedload(Lounge.place), joinedload(Lounge.operator)),
        selectinload(Visit.guests),
    )
