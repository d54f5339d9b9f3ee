"""The marketplace: what the shops have published, and the ways into it."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from miniapp.sandbox import SandboxSettings
from tests.sandbox.conftest import Shop, Webhook, serving

SHOP_URL = "http://app.example/l/briz"
APP_PAGE = """<!doctype html><title>app</title><script>
const id = new URLSearchParams(location.search).get("id");
const heard = [];
addEventListener("message", (event) => heard.push(event.data));
const send = (action, data) => parent.postMessage({id, action, data}, "*");
send("init");
</script>"""


def published(shop: Shop, **changes: Any) -> int:
    body = {"title": "Бриз, терминал C", "description": "Зал <b>внутренних</b> рейсов"}
    answer = shop.call("POST", "/marketplace/api/shop", json=body)
    shop_id: int = answer.json()["data"]["id"]
    fields = {"shopUrl": SHOP_URL, "registrationAddress": "Химки, терминал C"} | changes
    shop.call("POST", f"/marketplace/api/shop/{shop_id}", json=fields)
    return shop_id


def test_empty_listing_says_so() -> None:
    with serving(SandboxSettings(notification_url="")) as url:
        page = requests.get(f"{url}/marketplace", timeout=10).text
    assert 'data-testid="no-shops"' in page
    assert "Пока ничего не опубликовано." in page


def test_point_of_sale_is_listed_with_its_texts_and_ways_in(shop: Shop) -> None:
    shop_id = published(shop)
    page = requests.get(f"{shop.url}/marketplace", timeout=10).text
    assert f'data-shop="{shop_id}"' in page
    assert "Химки, терминал C" in page
    assert "Зал &lt;b&gt;внутренних&lt;/b&gt; рейсов" in page
    assert f'href="{SHOP_URL}" data-testid="shop-open"' in page
    for host in ("showcase", "app"):
        assert f'href="/{host}?miniapp=http://app.example/l/briz&amp;shopId={shop_id}' in page


def test_offer_that_does_not_run_now_is_marked(shop: Shop) -> None:
    for number, active in (("on", True), ("off", False)):
        offer = {"merchantId": "m", "externalId": number, "name": f"Скидка {number}"}
        shop.call("POST", "/marketplace/api/special-offer", json=offer | {"active": active})
    page = requests.get(f"{shop.url}/marketplace", timeout=10).text
    assert page.index("Скидка off") < page.index("Сейчас не действует") < page.index("Скидка on")


@pytest.mark.journey
def test_showcase_is_an_order_whose_payment_takes_the_whole_page(
    page: Page, shop: Shop, webhook: Webhook
) -> None:
    shop_id = published(shop)
    page.context.route(
        "http://app.example/**",
        lambda route: route.fulfill(body=APP_PAGE, content_type="text/html"),
    )
    page.goto(f"{shop.url}/marketplace")
    page.locator(f"[data-shop='{shop_id}']").get_by_test_id("shop-showcase").click()
    expect(page.get_by_role("heading", name="Бриз, терминал C")).to_be_visible()
    frame = page.get_by_test_id("miniapp-frame")
    app = frame.element_handle().content_frame()
    assert app
    app.wait_for_function("() => heard.length")
    public = app.evaluate("heard[0].data.public")
    assert (public["minappType"], public["fullHeight"]) == ("order", False)
    assert (public["shopId"], public["userEmail"]) == (shop_id, "")
    app.evaluate("send('height', 411.5)")
    expect(frame).to_have_attribute("height", "412")
    order = shop.ordered(successUrl="http://app.example/back/ok")
    app.evaluate("(url) => send('checkout', url)", order["paymentUrl"])
    expect(page).to_have_url(order["paymentUrl"])
    page.get_by_test_id("pay").click()
    page.get_by_test_id("return-to-shop").click()
    expect(page).to_have_url("http://app.example/back/ok")
    webhook.next()


@pytest.mark.journey
def test_old_showcase_drops_checkout_and_leaves_on_done(page: Page, shop: Shop) -> None:
    page.context.route(
        "http://app.example/**",
        lambda route: route.fulfill(body=APP_PAGE, content_type="text/html"),
    )
    page.goto(f"{shop.url}/showcase?miniapp={SHOP_URL}&protocol=1")
    app = page.get_by_test_id("miniapp-frame").element_handle().content_frame()
    assert app
    app.wait_for_function("() => heard.length")
    order = shop.ordered()
    app.evaluate("(url) => send('checkout', url)", order["paymentUrl"])
    app.evaluate("send('init')")
    app.wait_for_function("() => heard.length > 1")
    app.evaluate("(url) => send('done', url)", order["paymentUrl"])
    expect(page).to_have_url(order["paymentUrl"])
