"""The carrier's own order, opened together with its payment page.

The tickets carry no prices, so the carrier of the sandbox has one fare for flights and one for
trains. Its shop belongs to nobody who uses the API.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from miniapp.base import i18n
from miniapp.sandbox import basket, wire
from miniapp.sandbox.itinerary import Itinerary, Trip
from miniapp.sandbox.state import Draft, Line, Order, State

CARRIER_SHOP = "0192c0de-0000-7000-8000-00000000ca00"
FARE_KOPECKS = {"air": 1_240_000, "rail": 489_000, "service": 450_000}
VAT_CODE = "RUS_VAT10"
TIME_TO_PAY = timedelta(hours=3)


def open_booking(
    state: State, ticket: dict[str, Any], itinerary: Itinerary, *, now: datetime
) -> Order:
    """Place the carrier's order for a ticket, in a fresh container."""
    lines = _lines(ticket, itinerary)
    return state.place(
        Draft(
            merchant_id=CARRIER_SHOP,
            merchant_order_id=f"TKT-{uuid.uuid4().hex[:12].upper()}",
            description=itinerary.carrier,
            amount=sum(line.total_amount for line in lines),
            vat_amount=sum(line.total_vat_amount for line in lines),
            currency="RUB",
            expires_at=now + TIME_TO_PAY,
            lines=lines,
            of_host=True,
        ),
        now=now,
    )


def _lines(ticket: dict[str, Any], itinerary: Itinerary) -> tuple[Line, ...]:
    fare = FARE_KOPECKS["rail" if itinerary.rail else "air"]
    items = ticket["private"].get("basketItems") or []
    if items:
        return tuple(_line(item["sku"], item["name"], _price(item["sku"], fare)) for item in items)
    return tuple(
        _line(f"TKT-{index}", _name(trip), fare * max(len(itinerary.passengers), 1))
        for index, trip in enumerate(itinerary.trips, start=1)
    )


def _name(trip: Trip) -> str:
    kind = i18n.gettext("Train ticket") if trip.rail else i18n.gettext("Air ticket")
    return f"{kind} {trip.origin} — {trip.destination}, {trip.number}"


def _price(sku: str, fare: int) -> int:
    return FARE_KOPECKS["service"] if sku.startswith("LNG") else fare


def _line(sku: str, name: str, price: int) -> Line:
    vat = basket.included_vat(Decimal(price), basket.VAT_RATES[VAT_CODE])
    shown = {
        "sku": sku,
        "name": name,
        "quantity": 1,
        "amount": wire.money(price),
        "amountWoVat": wire.money(price - vat),
        "totalAmount": wire.money(price),
        "totalVatAmount": wire.money(vat),
        "vatCode": VAT_CODE,
    }
    return Line(sku, name, Decimal(1), price, vat, shown)
