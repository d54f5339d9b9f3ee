"""A partner invites a shop, and the shop activates itself (section 13)."""

import requests

from tests.sandbox.conftest import Shop, order_body, refused

ACTIVATION = "/billing/api/merchant/merchant-integration-setting/activation"


def invited(shop: Shop, email: str) -> str:
    body = {"partnerId": "p-17", "type": "email", "identifier": email}
    assert shop.call("POST", "/notification/api/invite", json=body).json()["data"]["id"]
    letters = requests.get(f"{shop.url}/mail.json", timeout=10).json()
    text = next(letter["text"] for letter in letters if letter["to"] == [email])
    code: str = text.split()[-1]
    return code


def test_invited_shop_gets_a_token_that_works(shop: Shop) -> None:
    code = invited(shop, "owner@shop.example")
    body = {"partnerId": "p-17", "activationCode": code}
    foreign = shop.call("POST", ACTIVATION, json=body | {"partnerId": "p-18"})
    assert refused(foreign) == (422, "wrong_value")
    given = shop.call("POST", ACTIVATION, json=body).json()["data"]
    assert given["token"] not in requests.get(f"{shop.url}/log.json", timeout=10).text
    order = order_body(merchantId=given["merchantId"])
    assert Shop(shop.url, given["token"]).create(order).status_code == 200
    assert refused(shop.call("POST", ACTIVATION, json=body)) == (422, "wrong_value")
