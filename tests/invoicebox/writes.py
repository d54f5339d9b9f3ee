"""Everything a shop can ask the provider to do: the call, its request, and a good answer.

One row a call, so that what must hold for every write is told once and tried for each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.wire import (
    Customer,
    Line,
    NewCorrection,
    NewOrder,
    NewRefund,
    NewShipment,
    NewShop,
    OrderChange,
    RefundLine,
    ShopDetails,
    SpecialOffer,
)

SHOP = "0192c0de-0000-7000-8000-0000000000ff"
ORDER_ID = "0192c0de-0000-7000-8000-00000000a001"
REFUND_ID = "0192c0de-0000-7000-8000-00000000b001"
VISIT = date(2026, 12, 14)
NOON = datetime(2026, 12, 14, 12, 30, tzinfo=UTC)
_NAME = "Посещение бизнес-зала «Бриз», аэропорт KUF, внутр. рейсы, 14.12.2026, 1 "

ADULT = Line("LNG-000417-1", _NAME + "взрослый", 450_000, "RUS_VAT22", VISIT)
CHILD = Line("LNG-000417-2", _NAME + "ребёнок", 225_050, "RUS_VAT22", VISIT)

# The order of order_create_request.json as the product says it.
NEW_ORDER = NewOrder(
    merchant_order_id="LNG-000417",
    description="Бизнес-зал «Бриз», аэропорт KUF, 14.12.2026",
    lines=(ADULT, CHILD),
    expires_at=NOON,
    customer=Customer("Вера Заречная", "vera@zarechnaya.example", "+7 (900) 123-45-67"),
    language="ru",
    order_container_id="0192c0de-0000-7000-8000-00000000c001",
    shop_id=5121,
    notification_url="https://lounge.example/invoicebox/notification",
    success_url="https://lounge.example/back/r-417/success",
    fail_url="https://lounge.example/back/r-417/fail",
    return_url="https://lounge.example/back/r-417/return",
)
NEW_REFUND = NewRefund(
    number="LNG-000417-R1",
    order_id=ORDER_ID,
    lines=(RefundLine.whole(ADULT), RefundLine(CHILD, 100_000, 18_033)),
    description="Возврат по желанию клиента",
)
NEW_CORRECTION = NewCorrection(
    refund_id=REFUND_ID,
    order=replace(
        NEW_ORDER,
        merchant_order_id="LNG-000417-F1",
        description="Удержание при возврате",
        lines=(replace(ADULT, sku="LNG-000417-F1-1", price=90_000),),
        order_container_id=None,
    ),
)
NEW_SHIPMENT = NewShipment(
    order_id=ORDER_ID,
    document_number="LNG-000417-S1",
    document_date=VISIT,
    lines=(ADULT,),
    final=False,
)
CHANGE = OrderChange(expires_at=NOON, lines=(ADULT,), description="Бизнес-зал «Бриз»")
DETAILS = ShopDetails(
    description="Тихий зал у выхода 7",
    shop_url="https://lounge.example/l/briz-kuf",
    registration_address="Самарская область, аэропорт Курумоч",
    latitude=53.5049,
    longitude=50.1643,
    notification_email="hall@briz.example",
    delivery_info="Ваучер приходит на почту",
)
OFFER = SpecialOffer(
    external_id="briz-kuf-winter",
    name="Зимой дешевле",
    description="Посещение со скидкой",
    active=True,
    starts_at=datetime(2026, 12, 1, tzinfo=UTC),
    finishes_at=datetime(2027, 3, 1, tzinfo=UTC),
    tags=("lounge", "KUF"),
)


def order_row(**changes: Any) -> dict[str, Any]:
    """An order as an answer has it."""
    return {
        "id": ORDER_ID,
        "status": "created",
        "merchantId": SHOP,
        "merchantOrderId": "LNG-000417",
        "amount": 6750.5,
        "currencyId": "RUB",
        "createdAt": "2026-12-13T10:00:00+00:00",
    } | changes


def refund_row(**changes: Any) -> dict[str, Any]:
    """A refund as an answer has it."""
    return {
        "id": REFUND_ID,
        "parentId": ORDER_ID,
        "merchantOrderId": "LNG-000417-R1",
        "merchantId": SHOP,
        "amount": 5500,
        "vatAmount": 991.81,
        "currencyId": "RUB",
        "status": "created",
        "createdAt": "2026-12-14T10:00:00+00:00",
    } | changes


def shipment_row(**changes: Any) -> dict[str, Any]:
    """A shipment as an answer has it."""
    return {
        "id": 91,
        "orderId": ORDER_ID,
        "merchantId": SHOP,
        "documentNumber": "LNG-000417-S1",
        "documentDate": "2026-12-14",
        "amount": 4500,
        "vatAmount": 811.48,
        "final": False,
        "status": "pending",
        "createdAt": "2026-12-14T10:00:00+00:00",
    } | changes


@dataclass(frozen=True)
class Write:
    """``foreign``: changes of the good answer that make it about something else."""

    name: str
    call: Callable[[Merchant], Any]
    method: str
    path: str
    answer: dict[str, Any]
    foreign: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return self.name


OTHER_ID = "0192c0de-0000-7000-8000-00000000a002"
_OTHER_ORDER = ({"merchantOrderId": "LNG-000418"}, {"merchantId": OTHER_ID}, {"merchantId": None})

WRITES = (
    Write(
        "create order",
        lambda shop: shop.create_order(NEW_ORDER),
        "POST",
        "/v3/billing/api/order/order",
        order_row(),
        (*_OTHER_ORDER, {"merchantOrderId": "lng-000417"}),
    ),
    Write(
        "update order",
        lambda shop: shop.update_order(ORDER_ID, CHANGE),
        "PUT",
        f"/v3/billing/api/order/order/{ORDER_ID}",
        order_row(amount=4500),
        ({"id": OTHER_ID}, {"merchantId": OTHER_ID}),
    ),
    Write(
        "cancel order",
        lambda shop: shop.cancel_order(ORDER_ID),
        "DELETE",
        f"/v3/billing/api/order/order/{ORDER_ID}",
        order_row(status="canceled"),
        ({"id": OTHER_ID}, {"id": True}),
    ),
    Write(
        "create refund",
        lambda shop: shop.create_refund(NEW_REFUND),
        "POST",
        "/v3/billing/api/order/refund-order",
        refund_row(),
        ({"parentId": OTHER_ID}, {"merchantOrderId": "LNG-000417-R2"}, {"merchantId": OTHER_ID}),
    ),
    Write(
        "create correction",
        lambda shop: shop.create_correction(NEW_CORRECTION),
        "POST",
        "/v3/billing/api/order/correction-order",
        order_row(merchantOrderId="LNG-000417-F1", amount=900, status="completed"),
        ({"merchantOrderId": "LNG-000417"}, {"merchantId": OTHER_ID}),
    ),
    Write(
        "create shipment",
        lambda shop: shop.create_shipment(NEW_SHIPMENT),
        "POST",
        "/v3/billing/api/order/shipment",
        shipment_row(),
        ({"orderId": OTHER_ID}, {"documentNumber": "lng-000417-s1"}, {"documentNumber": None}),
    ),
    Write(
        "create shop",
        lambda shop: shop.create_shop(NewShop("Бизнес-зал «Бриз»", "Тихий зал")),
        "POST",
        "/v3/marketplace/api/shop",
        {"id": 5121, "title": "Бизнес-зал «Бриз»", "alias": "briz", "token": "t" * 64},
        ({"id": None}, {"id": "briz"}, {"id": -1}, {"id": True}, {"id": 51.21}),
    ),
    Write(
        "update shop",
        lambda shop: shop.update_shop(5121, DETAILS),
        "POST",
        "/v3/marketplace/api/shop/5121",
        {"id": 5121, "title": "Бизнес-зал «Бриз»", "shopUrl": "https://lounge.example/l/briz-kuf"},
        ({"id": 5122}, {"id": None}),
    ),
    Write(
        "put special offer",
        lambda shop: shop.put_special_offer(OFFER),
        "POST",
        "/v3/marketplace/api/special-offer",
        {"id": 7, "externalId": "briz-kuf-winter"},
        ({"externalId": "briz-kuf-summer"}, {"externalId": "BRIZ-KUF-WINTER"}, {"id": None}),
    ),
)
