"""The carrier's page: what it hands to its script, and that nobody gets a script into it."""

import json
from typing import Any

import pytest
import requests

from miniapp.sandbox import tickets
from miniapp.sandbox.visit import web_origin
from tests.sandbox.conftest import open_airline


def get(url: str, path: str) -> requests.Response:
    return requests.get(f"{url}{path}", timeout=10)


def host_data(page: str) -> dict[str, Any]:
    block = page.partition('id="host-data">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(block)
    return data


@pytest.mark.parametrize("name", tickets.names())
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_ticket_opens(sandbox_url: str, name: str, language: str) -> None:
    response = get(sandbox_url, f"/airline?ticket={name}&lang={language}")
    assert response.status_code == 200
    data = host_data(response.text)
    assert data["init"]["public"]["locale"] == language
    if data["init"]["public"]["minappType"] == "suborder":
        container = data["init"]["public"]["orderContainerId"]
        assert data["bill"].startswith(f"/hosts/{container}.json")
    else:
        assert "orderContainerId" not in data["init"]["public"]


def test_railway_has_a_train_and_a_look_of_its_own(sandbox_url: str) -> None:
    page = get(sandbox_url, "/railway").text
    assert ("754А Сапсан" in page, 'data-look="rail"' in page) == (True, True)
    assert 'data-look="air"' in get(sandbox_url, "/airline?ticket=rail-day-train").text


def test_each_visit_opens_a_container_of_its_own(sandbox_url: str) -> None:
    assert open_airline(sandbox_url) != open_airline(sandbox_url)


def test_first_protocol_knows_no_basket(sandbox_url: str) -> None:
    old = host_data(get(sandbox_url, "/airline?protocol=1").text)
    new = host_data(get(sandbox_url, "/airline?protocol=2").text)
    assert "basketItems" not in old["init"]["private"]
    assert new["init"]["private"]["basketItems"]


def test_only_the_opened_app_may_be_framed(sandbox_url: str) -> None:
    ours = get(sandbox_url, "/airline").headers["Content-Security-Policy"]
    theirs = get(sandbox_url, "/airline?miniapp=https://app.example:8443/x?y=1").headers
    assert "frame-src http://127.0.0.1:8000;" in ours
    assert "frame-src https://app.example:8443;" in theirs["Content-Security-Policy"]
    assert "unsafe" not in ours


@pytest.mark.parametrize(
    ("miniapp", "shown"),
    [
        ("http://127.0.0.1:8000", "/"),
        ("HTTP://127.0.0.1:8000/l/briz?a=1%26b", "/l/briz?a=1&b"),
    ],
)
def test_phone_shows_any_address_of_the_app_in_its_webview(
    sandbox_url: str, miniapp: str, shown: str
) -> None:
    data = host_data(get(sandbox_url, f"/app?miniapp={miniapp}").text)
    assert data["miniapp"] == f"{data['webview']}{shown}"
    assert data["webview"] == f"http://app.localhost:{sandbox_url.rpartition(':')[2]}"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//app.example",
        "http://",
        "http://a.example;script-src *",
        "http://a.example%3bscript-src",
        "http://[::1",
        "http://a.example:99999/",
        "http://*/",
        "http://a b/",
    ],
)
def test_address_that_is_none_is_not_framed(address: str) -> None:
    assert web_origin(address) is None


def test_hostile_query_stays_text(sandbox_url: str) -> None:
    attack = "%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E"
    page = get(sandbox_url, f"/airline?miniapp=http://a.example/{attack}&x={attack}").text
    assert "<script>alert" not in page
    assert host_data(page)["miniapp"] == "http://a.example/</script><script>alert(1)</script>"
    missing = get(sandbox_url, f"/airline?ticket={attack}")
    assert (missing.status_code, "<script>alert" in missing.text) == (404, False)


@pytest.mark.parametrize(
    "path",
    ["/", "/log", "/mail", "/faults", "/app", "/marketplace", "/order/none", "/hosts/none.json"],
)
def test_pages_answer_in_both_languages(sandbox_url: str, path: str) -> None:
    status = 404 if "none" in path else 200
    assert "Песочница" in get(sandbox_url, path).text
    english = get(sandbox_url, f"{path}?lang=en")
    assert ("Sandbox" in english.text, english.status_code) == (True, status)
