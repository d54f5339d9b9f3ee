"""What a request may contain: every field that is wrong is named, and nothing is done."""

from typing import Any

import pytest

from tests.sandbox.conftest import Shop, line, order_body, refund_body

ORDER = "/billing/api/order/order"
AGENT = "/adapter/api/subagent/order"
SHOP = "/marketplace/api/shop"
OFFER = "/marketplace/api/special-offer"
ADDRESS_OF_1001 = "http://x.example/" + "y" * 984

ORDER_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"description": None}, "description"),
    ({"description": "x" * 1001}, "description"),
    ({"merchantId": ""}, "merchantId"),
    ({"merchantId": "x" * 37}, "merchantId"),
    ({"merchantOrderId": 17}, "merchantOrderId"),
    ({"merchantOrderId": "x" * 257}, "merchantOrderId"),
    ({"merchantOrderIdVisible": "x" * 257}, "merchantOrderIdVisible"),
    ({"amount": "4500"}, "amount"),
    ({"amount": 4500.001}, "amount"),
    ({"amount": True}, "amount"),
    ({"amount": -1}, "amount"),
    ({"amount": 10**40}, "amount"),
    ({"vatAmount": None}, "vatAmount"),
    ({"currencyId": None}, "currencyId"),
    ({"expirationDate": None}, "expirationDate"),
    ({"customer": None}, "customer"),
    ({"customer": {"type": "person"}}, "customer.type"),
    ({"customer": {"name": "x" * 501}}, "customer.name"),
    ({"customer": {"phone": "+79000000017"}}, "customer.phone"),
    ({"customer": {"email": "nobody"}}, "customer.email"),
    ({"customer": {"email": "x" * 92 + "@y.example"}}, "customer.email"),
    ({"customer": {"vatNumber": "9" * 21}}, "customer.vatNumber"),
    ({"customer": {"taxRegistrationReasonCode": "12345"}}, "customer.taxRegistrationReasonCode"),
    ({"customer": {"registrationAddress": "x" * 1001}}, "customer.registrationAddress"),
    ({"successUrl": "javascript:alert(1)"}, "successUrl"),
    ({"failUrl": "/back"}, "failUrl"),
    ({"returnUrl": ADDRESS_OF_1001}, "returnUrl"),
    ({"notificationUrl": ADDRESS_OF_1001}, "notificationUrl"),
    ({"parentId": "x" * 37}, "parentId"),
    ({"orderContainerId": "x" * 37}, "orderContainerId"),
    ({"userAccountId": "x" * 37}, "userAccountId"),
    ({"shopId": [1]}, "shopId"),
    ({"metaData": []}, "metaData"),
    ({"processable": "yes"}, "processable"),
    ({"orderSetting": {"roundPolicy": "up"}}, "orderSetting.roundPolicy"),
    ({"invoiceSetting": {"customerLocked": 1}}, "invoiceSetting.customerLocked"),
    ({"invoiceSetting": {"customerLockedFields": ["inn"]}}, "invoiceSetting.customerLockedFields"),
    ({"basketItems": []}, "basketItems"),
    ({"basketItems": ["x"]}, "basketItems[0]"),
]
LINE_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"sku": None}, "sku"),
    ({"sku": "x" * 501}, "sku"),
    ({"name": "x" * 501}, "name"),
    ({"groupName": "x" * 501}, "groupName"),
    ({"measure": "x" * 11}, "measure"),
    ({"measureCode": 796}, "measureCode"),
    ({"measureCode": "79600"}, "measureCode"),
    ({"quantity": 0}, "quantity"),
    ({"quantity": "1"}, "quantity"),
    ({"quantity": 10**15}, "quantity"),
    ({"amount": None}, "amount"),
    ({"amountWoVat": None}, "amountWoVat"),
    ({"totalAmount": 4500.001}, "totalAmount"),
    ({"totalVatAmount": "811.48"}, "totalVatAmount"),
    ({"vatCode": "RUS_VAT18"}, "vatCode"),
    ({"type": "visit"}, "type"),
    ({"paymentType": "cash"}, "paymentType"),
    ({"serviceDate": "14.03.2026"}, "serviceDate"),
    ({"category": "x"}, "categoryType"),
    ({"metaData": "x"}, "metaData"),
]
UPDATE_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"description": "x" * 1001}, "description"),
    ({"amount": "1"}, "amount"),
    ({"customer": "somebody"}, "customer"),
    ({"customer": {"phone": "8 900"}}, "customer.phone"),
    ({"basketItems": []}, "basketItems"),
    ({"basketItems": [line(sku="")]}, "basketItems[0].sku"),
    ({"metaData": 1}, "metaData"),
    ({"shopId": "x" * 37}, "shopId"),
]
SHIPMENT_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"orderId": None}, "orderId"),
    ({"orderId": "x" * 37}, "orderId"),
    ({"basketItems": None}, "basketItems"),
    ({"basketItems": [line(vatCode=None)]}, "basketItems[0].vatCode"),
    ({"basketItems": [line(sku="unknown")]}, "basketItems[0].sku"),
    ({"documentNumber": "x" * 37}, "documentNumber"),
    ({"documentDate": "2026-02-30"}, "documentDate"),
    ({"final": "true"}, "final"),
]
REFUND_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"parentId": None}, "parentId"),
    ({"merchantOrderId": ""}, "merchantOrderId"),
    ({"merchantOrderId": "x" * 101}, "merchantOrderId"),
    ({"amount": 0}, "amount"),
    ({"description": None}, "description"),
    ({"description": "x" * 1001}, "description"),
    ({"status": "completed"}, "status"),
    ({"basketItems": [line(sku="unknown")]}, "basketItems[0].sku"),
]
SELLER = {
    "type": "counterparty",
    "countryId": "RUS",
    "vatNumber": "9900000017",
    "taxRegistrationReasonCode": "990101001",
}
SELLER_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"type": "shop"}, "seller.type"),
    ({"countryId": "KAZ"}, "seller.countryId"),
    ({"vatNumber": "990000001"}, "seller.vatNumber"),
    ({"vatNumber": "9900000994"}, "seller.vatNumber"),
    ({"taxRegistrationReasonCode": "99010100"}, "seller.taxRegistrationReasonCode"),
    ({"taxRegistrationReasonCode": "990101002"}, "seller.taxRegistrationReasonCode"),
    ({"taxRegistrationReasonCode": None}, "seller.taxRegistrationReasonCode"),
    ({"vatNumber": "990000001246"}, "seller.taxRegistrationReasonCode"),
]
SHOP_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": "x" * 51}, "title"),
    ({"description": "x" * 2001}, "description"),
    ({"brandId": "7"}, "brandId"),
    ({"merchantId": "x" * 37}, "merchantId"),
    ({"accountProgramIds": "a"}, "accountProgramIds"),
    ({"externalUpdate": 1}, "externalUpdate"),
]
SHOP_UPDATE_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"description": "x" * 2001}, "description"),
    ({"shopUrl": "https://x.example/" + "y" * 47}, "shopUrl"),
    ({"shopUrl": "javascript:alert(1)"}, "shopUrl"),
    ({"minOrderSum": "10"}, "minOrderSum"),
    ({"notificationEmail": "x" * 501}, "notificationEmail"),
    ({"yandexMetrikaId": []}, "yandexMetrikaId"),
    ({"deliveryInfo": "x" * 1001}, "deliveryInfo"),
    ({"type": "lounge"}, "type"),
    ({"registrationAddress": "x" * 201}, "registrationAddress"),
    ({"lat": 90.1}, "lat"),
    ({"lon": "37"}, "lon"),
]
OFFER_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"merchantId": None}, "merchantId"),
    ({"externalId": ""}, "externalId"),
    ({"externalId": "x" * 37}, "externalId"),
    ({"description": "x" * 1001}, "description"),
    ({"active": "yes"}, "active"),
    ({"startAt": "soon"}, "startAt"),
    ({"finishAt": "2026-03-01T00:00:00+03:00"}, "finishAt"),
    ({"tags": [1]}, "tags"),
]


def check_named(shop: Shop, method: str, path: str, body: object, field: str) -> None:
    response = shop.call(method, path, json=body)
    assert response.status_code == 422, response.text
    error = response.json()["error"]
    assert (error["code"], [fault["name"] for fault in error["fields"]]) == ("wrong_value", [field])


@pytest.mark.parametrize(("change", "field"), ORDER_FAULTS)
def test_faulty_field_of_an_order_is_named(shop: Shop, change: dict[str, Any], field: str) -> None:
    check_named(shop, "POST", ORDER, order_body(**change), field)


@pytest.mark.parametrize(("change", "field"), LINE_FAULTS)
@pytest.mark.parametrize("of", ["order", "shipment", "refund"])
def test_faulty_field_of_a_line_is_named(
    shop: Shop, change: dict[str, Any], field: str, of: str
) -> None:
    lines = {"basketItems": [line(), line(**change)]}
    path, body = {
        "order": (ORDER, order_body()),
        "shipment": ("/billing/api/order/shipment", {"orderId": "x"}),
        "refund": ("/billing/api/order/refund-order", refund_body("x")),
    }[of]
    check_named(shop, "POST", path, body | lines, f"basketItems[1].{field}")


@pytest.mark.parametrize(("change", "field"), UPDATE_FAULTS)
def test_faulty_field_of_an_update_is_named(shop: Shop, change: dict[str, Any], field: str) -> None:
    order = shop.ordered()
    check_named(shop, "PUT", f"{ORDER}/{order['id']}", change, field)
    assert shop.read(order["id"]) == order


@pytest.mark.parametrize(("change", "field"), SHIPMENT_FAULTS)
def test_faulty_field_of_a_shipment_is_named(
    shop: Shop, change: dict[str, Any], field: str
) -> None:
    body = {"orderId": shop.secured()["id"], "basketItems": [line()]} | change
    check_named(shop, "POST", "/billing/api/order/shipment", body, field)


@pytest.mark.parametrize(("change", "field"), REFUND_FAULTS)
def test_faulty_field_of_a_refund_is_named(shop: Shop, change: dict[str, Any], field: str) -> None:
    body = refund_body(shop.secured()["id"]) | change
    check_named(shop, "POST", "/billing/api/order/refund-order", body, field)


@pytest.mark.parametrize(("change", "field"), SELLER_FAULTS)
def test_seller_must_stand_in_the_register(shop: Shop, change: dict[str, Any], field: str) -> None:
    check_named(shop, "POST", AGENT, order_body(seller=SELLER | change), field)


@pytest.mark.parametrize(("change", "field"), SHOP_FAULTS)
def test_faulty_field_of_a_new_point_of_sale_is_named(
    shop: Shop, change: dict[str, Any], field: str
) -> None:
    check_named(shop, "POST", SHOP, {"title": "Бриз"} | change, field)


@pytest.mark.parametrize(("change", "field"), SHOP_UPDATE_FAULTS)
def test_faulty_field_of_a_changed_point_of_sale_is_named(
    shop: Shop, change: dict[str, Any], field: str
) -> None:
    shop_id = shop.call("POST", SHOP, json={"title": "Бриз"}).json()["data"]["id"]
    check_named(shop, "POST", f"{SHOP}/{shop_id}", change, field)


@pytest.mark.parametrize(("change", "field"), OFFER_FAULTS)
def test_faulty_field_of_an_offer_is_named(shop: Shop, change: dict[str, Any], field: str) -> None:
    offer = {"merchantId": "m", "externalId": "spring", "startAt": "2026-03-01T00:00:00+03:00"}
    check_named(shop, "POST", OFFER, offer | change, field)


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("PUT", "/billing/api/order/x/status", "status"),
        ("PUT", "/billing/api/order/order-merchant-move", "merchantId orderId"),
        ("POST", "/billing/api/order/x/payment-method-action/pay", "customerPaymentData"),
        ("POST", "/notification/api/invite", "partnerId type identifier"),
        (
            "POST",
            "/billing/api/merchant/merchant-integration-setting/activation",
            "partnerId activationCode",
        ),
    ],
)
def test_small_requests_name_what_they_need(shop: Shop, method: str, path: str, field: str) -> None:
    path = path.replace("/x/", f"/{shop.ordered()['id']}/")
    error = shop.call(method, path, json={}).json()["error"]
    named = [fault["name"] for fault in error["fields"] if "." not in fault["name"]]
    assert (error["code"], named) == ("wrong_value", field.split())


def test_longest_values_are_taken(shop: Shop) -> None:
    order = shop.ordered(
        description="ы" * 1000,
        merchantId="m" * 36,
        merchantOrderIdVisible="v" * 256,
        successUrl=ADDRESS_OF_1001[:-1],
        customer={"name": "ы" * 500, "vatNumber": "9" * 20},
        basketItems=[line(sku="s" * 500, name="ы" * 500)],
    )
    assert order["successUrl"] == ADDRESS_OF_1001[:-1]
