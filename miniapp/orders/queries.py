"""Reading orders: one for changing it, one for a screen."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from miniapp.base.db import reading
from miniapp.catalogue.models import Lounge
from miniapp.orders.errors import OrderNotFound
from miniapp.orders.models import Order, Visit, Voucher

# What our numbers look like at the provider: an order, its later attempts, its refunds and
# their corrections.
_NUMBER = re.compile(r"(LNG-[0-9A-Z]+)(?:-([2-9]|[1-9][0-9]+)|-(R[0-9]+)(-K)?)?")


def order_number(merchant_order_id: str) -> str:
    """Our order that the provider's ``merchantOrderId`` stands for."""
    known = _NUMBER.fullmatch(merchant_order_id)
    return known[1] if known else merchant_order_id


def is_correction(merchant_order_id: str) -> bool:
    """Whether it is the order of a withheld fee."""
    known = _NUMBER.fullmatch(merchant_order_id)
    return known is not None and known[4] is not None


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
