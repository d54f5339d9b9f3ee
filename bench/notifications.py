"""Notifications by the thousand: orders that wait for their money, and the signed word of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.instance import NOTIFICATION_KEY, Instance
from bench.wrk import post
from miniapp.app import create_app
from miniapp.base.db import db, reading, transaction
from miniapp.base.i18n import Text
from miniapp.catalogue.models import Direction, Lounge
from miniapp.invoicebox.signature import sign
from miniapp.orders.models import Channel, Guest, GuestKind, Line, Order, State, Visit
from miniapp.trip.fit import Trip

_LOUNGE = "briz-svo-c"
_PRICE, _VAT = 450_000, 81_148


def numbers(count: int) -> list[str]:
    """The numbers of so many orders."""
    return [f"LNG-B{number:08}" for number in range(count)]


def place(instance: Instance, count: int) -> None:
    """So many confirmed orders of one guest, with their seats, that await payment."""
    app = create_app(instance.settings())
    now = datetime.now(UTC)
    with app.app_context():
        with transaction() as session:
            lounge = session.scalars(sa.select(Lounge).where(Lounge.slug == _LOUNGE)).one()
            rows = [_rows(n, number, lounge, now) for n, number in enumerate(numbers(count), 1)]
            for model, values in zip(
                (Order, Visit, Guest, Line), zip(*rows, strict=True), strict=True
            ):
                session.execute(sa.insert(model), list(values))
        db.engine.dispose()


def signed(instance: Instance, path: str, selection: range) -> list[str]:
    """The word that these orders are paid, as requests for wrk."""
    chosen = numbers(selection.stop)[selection.start :]
    return [_signed(instance, path, n, number) for n, number in zip(selection, chosen, strict=True)]


def paid(instance: Instance) -> int:
    """How many orders are paid and have their voucher."""
    app = create_app(instance.settings())
    with app.app_context():
        done = sa.select(sa.func.count()).select_from(Order).join(Visit).join(Visit.voucher)
        count: int = reading().scalar(done.where(Order.state == State.PAID)) or 0
        db.session.remove()
        db.engine.dispose()
    return count


def _signed(instance: Instance, path: str, n: int, number: str) -> str:
    body = json.dumps(
        {
            "id": _provider_id(n + 1),
            "status": "completed",
            "merchantId": instance.environment["MINIAPP_INVOICEBOX_MERCHANT_ID"],
            "merchantOrderId": number,
            "amount": _PRICE / 100,
            "currencyId": "RUB",
            "createdAt": "2026-11-23T12:00:00+03:00",
            "orderId": _provider_id(n + 1),
            "parentId": _provider_id(0),
        }
    )
    return post(path, signature=sign(body.encode(), NOTIFICATION_KEY, "sha1"), body=body)


def _provider_id(n: int) -> str:
    return f"0192c0de-0000-7000-8000-{n:012}"


def _rows(n: int, number: str, lounge: Lounge, now: datetime) -> tuple[dict[str, Any], ...]:
    starts_at = (now + timedelta(days=13)).replace(minute=0, second=0, microsecond=0)
    name = Text(ru="Вера Заречная", en="Vera Zarechnaya")
    order = {
        "id": n,
        "number": number,
        "operator_code": lounge.operator_code,
        "channel": Channel.ONLINE,
        "state": State.AWAITING_PAYMENT,
        "locale": "ru",
        "created_at": now,
        "confirmed_at": now,
        "deadline": now + timedelta(days=3),
        "look_at": now + timedelta(minutes=1),
        "amount": _PRICE,
        "vat": _VAT,
        "contact_name": name.ru,
        "contact_email": "vera@zarechnaya.example",
        "contact_phone": "+79001234567",
        "provider_id": _provider_id(n),
        "payment_url": "https://pay.invoicebox.example/",
        "link_generation": 0,
    }
    visit = {
        "id": n,
        "order_id": n,
        "position": 1,
        "lounge_id": lounge.id,
        "trip": Trip(direction=Direction.DEPARTURE, at=starts_at + timedelta(hours=3)),
        "rate_code": "standard",
        "rate_name": Text(ru="Стандартный", en="Standard"),
        "starts_at": starts_at,
        "leave_by": starts_at + timedelta(hours=2),
        "seats_until": starts_at + timedelta(hours=3),
        "seats": 1,
        "seats_held": True,
        "flight_number": "ZZ 418",
        "extras": [],
    }
    guest = {"visit_id": n, "position": 1, "kind": GuestKind.ADULT, "name": name.ru}
    line = {
        "order_id": n,
        "visit_id": n,
        "position": 1,
        "sku": f"{number}-1",
        "name": "Посещение бизнес-зала",
        "title": name,
        "price": _PRICE,
        "vat": _VAT,
        "vat_code": "RUS_VAT22",
        "service_date": starts_at.date(),
    }
    return order, visit, guest, line
