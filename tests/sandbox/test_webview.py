"""The WebView's way to the mini-app: what is changed on it, and that nothing else is."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from miniapp.sandbox.webview import Webviews
from tests.sandbox.mini_app import MiniApp, standing

HERE = "http://app.localhost:8001"


@pytest.fixture(scope="module")
def mini_app() -> Iterator[MiniApp]:
    with standing() as app:
        yield app


def opened(sandbox_url: str, mini_app: MiniApp) -> str:
    """The origin of the WebView in which the phone shows the mini-app."""
    page = requests.get(f"{sandbox_url}/app?miniapp={mini_app.url}/start", timeout=10).text
    return page.partition('"webview": "')[2].partition('"')[0]


def through(sandbox_url: str, webview: str, path: str, **options: object) -> requests.Response:
    """A request to a WebView, sent to this machine whatever its resolver knows."""
    headers = {"Host": urlsplit(webview).netloc, **options.pop("headers", {})}  # type: ignore[dict-item]
    return requests.request(
        str(options.pop("method", "GET")),
        f"{sandbox_url}{path}",
        headers=headers,
        timeout=10,
        allow_redirects=False,
        **options,  # type: ignore[arg-type]
    )


def test_page_gets_the_bridge_before_its_own_scripts(sandbox_url: str, mini_app: MiniApp) -> None:
    webview = opened(sandbox_url, mini_app)
    page = through(sandbox_url, webview, "/start?id=1")
    own = page.text.index('src="/app.js"')
    assert 0 < page.text.index('<script src="/.sandbox/webview.js"></script>') < own
    assert "ReactNativeWebView" in through(sandbox_url, webview, "/.sandbox/webview.js").text
    assert "Приложение" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' {webview}/.sandbox/webview.js" in policy
    assert f"frame-ancestors {sandbox_url}" in policy
    assert "form-action 'self'" in policy
    assert "X-Frame-Options" not in page.headers


def test_links_of_the_app_stay_in_the_webview(sandbox_url: str, mini_app: MiniApp) -> None:
    webview = opened(sandbox_url, mini_app)
    page = through(sandbox_url, webview, "/start").text
    assert f'<a href="{webview}/next">' in page
    assert f"</a> {mini_app.url}</body>" in page
    away = through(sandbox_url, webview, "/away")
    assert (away.status_code, away.headers["Location"]) == (303, f"{webview}/there?a=1")


def test_fragment_and_data_come_as_they_are(sandbox_url: str, mini_app: MiniApp) -> None:
    webview = opened(sandbox_url, mini_app)
    fragment = through(sandbox_url, webview, "/fragment").text
    assert fragment == f'<header href="{webview}/x">'
    assert through(sandbox_url, webview, "/data").json() == {"url": f"{mini_app.url}/x"}


def test_app_sees_a_browser_with_nothing_around_it(sandbox_url: str, mini_app: MiniApp) -> None:
    webview = opened(sandbox_url, mini_app)
    through(
        sandbox_url,
        webview,
        "/orders/%D0%B0?a=%2F&b",
        method="POST",
        data="x=%D0%B1",
        headers={
            "Origin": webview,
            "HX-Current-URL": f"{webview}/start",
            "Sec-Fetch-Dest": "iframe",
            "Sec-Fetch-Site": "cross-site",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    method, path, headers, body = mini_app.asked[-1]
    assert (method, path, body) == ("POST", "/orders/%D0%B0?a=%2F&b", "x=%D0%B1")
    assert headers["host"] == urlsplit(mini_app.url).netloc
    assert headers["origin"] == mini_app.url
    assert headers["hx-current-url"] == f"{mini_app.url}/start"
    assert (headers["sec-fetch-dest"], headers["sec-fetch-site"]) == ("document", "none")


def test_silent_app_is_a_bad_gateway(sandbox_url: str) -> None:
    webview = opened(sandbox_url, MiniApp("http://127.0.0.1:9"))
    assert through(sandbox_url, webview, "/").status_code == 502


def test_only_what_was_opened_is_shown() -> None:
    webviews = Webviews(public_url="http://localhost:8001", miniapp_origin="http://127.0.0.1:8000")
    assert webviews.open("http://127.0.0.1:8000") == HERE
    other = webviews.open("https://lounge.example")
    assert other != HERE
    assert webviews.origin_of(urlsplit(other).netloc) == "https://lounge.example"
    assert webviews.origin_of("app.localhost:8001") == "http://127.0.0.1:8000"
    for host in ("localhost:8001", "app.localhost", "app.evil.example", "app-0.localhost:8001", ""):
        assert webviews.origin_of(host) is None
