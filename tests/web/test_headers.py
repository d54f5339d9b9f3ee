"""The headers of every answer: who may frame it, what it may load, who may keep it."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from miniapp.base.db import Base, db
from miniapp.orders.models import State
from tests.web.conftest import ANCESTORS, Ordered, link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MARK = "mark-of-the-request"
HOSTILE = {
    "Referer": f"https://{MARK}.example/",
    "Origin": f"https://{MARK}.example",
    "X-Forwarded-Host": f"{MARK}.example",
    "X-Forwarded-Proto": MARK,
    "X-Request-Id": MARK,
    "Cookie": f"session={MARK}",
    "HX-Current-URL": f"https://{MARK}.example/",
}


def addresses(app: Flask, number: str, code: str) -> Iterator[tuple[str, str, str]]:
    """Every rule of the URL map with values that exist: endpoint, method, path."""
    values = {
        "token": link("manage", number),
        "slug": "briz-kuf",
        "code": "KUF",
        "what": "offer",
        "how": "success",
        "filename": "app.css",
    }
    tokens = {"traveller.back": link("return", number), "traveller.voucher": link("voucher", code)}
    for rule in app.url_map.iter_rules():
        given = values | {"code": "briz"} if rule.endpoint == "traveller.terms" else dict(values)
        given["token"] = tokens.get(rule.endpoint, values["token"])
        path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda name, given=given: given[name[1]], rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


@pytest.fixture
def answers(
    app: Flask, client: FlaskClient, ordered: Ordered, voucher_code: Callable[[str], str]
) -> list[tuple[str, TestResponse]]:
    """What every address answers, to a plain and to a hostile request, with its endpoint."""
    number = ordered(State.PAID)
    found = []
    for endpoint, method, path in addresses(app, number, voucher_code(number)):
        for headers in ({}, HOSTILE, HOSTILE | {"HX-Request": "true"}):
            query = {"id": f"{MARK}\r\nX-Evil: 1", "lang": MARK, "q": MARK} if headers else {}
            answer = client.open(
                path, method=method, headers=headers, query_string=query, buffered=True
            )
            assert answer.status_code != 500, (method, path)
            found.append((endpoint, answer))
    return found


def of_traveller(endpoint: str) -> bool:
    return endpoint.startswith("traveller.")


def policy(answer: TestResponse) -> dict[str, str]:
    [told] = answer.headers.getlist("Content-Security-Policy")
    pairs = (part.strip().partition(" ") for part in told.split(";"))
    return {name: value for name, _, value in pairs}


def test_travellers_pages_alone_may_be_framed_and_only_by_the_hosts_of_the_settings(answers):
    for endpoint, answer in answers:
        expected = ANCESTORS if of_traveller(endpoint) else "'none'"
        assert policy(answer)["frame-ancestors"] == expected, (endpoint, answer.status)
    assert {of_traveller(endpoint) for endpoint, _ in answers} == {True, False}


def test_no_answer_sets_a_cookie_or_an_old_frame_header_or_loosens_its_policy(answers):
    for endpoint, answer in answers:
        assert "Set-Cookie" not in answer.headers, endpoint
        assert "X-Frame-Options" not in answer.headers, endpoint
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        told = policy(answer)
        assert told["default-src"] == "'none'"
        # A script needs no policy for scripts.
        assert told.get("script-src", "'self'") == "'self'"
        assert not re.search(
            r"unsafe|https?:(?!//)|data:|\*\s", str({**told, "frame-ancestors": ""})
        )


def test_nothing_of_a_request_gets_into_a_header(answers):
    for endpoint, answer in answers:
        assert MARK not in str(answer.headers), endpoint
        assert "X-Evil" not in answer.headers


def test_pages_with_somebodys_data_are_kept_by_nobody_and_not_compressed(client, ordered):
    token = link("manage", ordered(State.PAID))
    private = client.get(f"/orders/{token}", headers={"Accept-Encoding": "gzip"})
    assert private.headers["Cache-Control"] == "no-store"
    assert private.headers["X-Robots-Tag"] == "noindex"
    assert "Content-Encoding" not in private.headers

    public = client.get("/places", headers={"Accept-Encoding": "gzip"})

    assert public.headers["Cache-Control"] == "no-cache"
    assert public.headers["Content-Encoding"] == "gzip"
    assert "HX-Request" in public.headers["Vary"]


PRIVATE = {
    "traveller.order_page",
    "traveller.confirm",
    "traveller.change",
    "traveller.back",
    "traveller.voucher",
    "traveller.order",
    "traveller.price",
    "traveller.extend",
    "traveller.cancelling_page",
    "traveller.cancel",
    "traveller.give_back",
    "traveller.give_back_sum",
    "traveller.give_back_now",
}


def test_every_address_of_an_order_is_private(answers):
    seen = set()
    for endpoint, answer in answers:
        # A lounge has one address for two things: its page, and the form sent to it.
        if endpoint in PRIVATE:
            assert answer.headers["Cache-Control"] == "no-store", endpoint
            seen.add(endpoint)
    assert seen == PRIVATE


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page", 404),
        ("GET", "/l/no-such-lounge", 404),
        ("GET", "/places/NOWHERE", 404),
        ("GET", "/orders/LNG-1.short", 404),
        ("GET", "/v/x", 404),
        ("DELETE", "/", 405),
        ("POST", "/places", 405),
        ("POST", "/suggestion", 413),
        ("POST", "/l/briz-kuf", 413),
    ],
)
@pytest.mark.parametrize("block", [False, True])
def test_page_that_says_no_may_be_framed_like_any_other(
    client: FlaskClient, method: str, path: str, status: int, block: bool
):
    data = {"ticket": "x" * 600_000} if status == 413 else None

    answer = client.open(
        path, method=method, data=data, headers={"HX-Request": "true"} if block else {}
    )

    assert answer.status_code == status
    assert policy(answer)["frame-ancestors"] == ANCESTORS
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'data-screen="error"' in answer.text
    assert answer.text.startswith("<title>" if block else "<!doctype html>")


def test_fault_of_ours_is_a_page_that_may_be_framed_and_tells_nothing(app, client):
    with app.app_context():
        Base.metadata.drop_all(db.engine)

    answer = client.get("/l/briz-kuf")

    assert answer.status_code == 500
    assert policy(answer)["frame-ancestors"] == ANCESTORS
    assert 'data-screen="error"' in answer.text
    assert "sqlite" not in answer.text.lower()


@pytest.mark.parametrize("path", ["/static/app.css", "/healthz", "/invoicebox/notification"])
def test_what_is_no_page_of_a_traveller_is_framed_by_nobody(client: FlaskClient, path: str):
    method = "POST" if "notification" in path else "GET"

    answer = client.open(path, method=method, buffered=True)

    assert policy(answer)["frame-ancestors"] == "'none'"


OUTSIDE = re.compile(r"""(?:src|action|hx-\w+|content|srcset|poster|data-\w+)=["'](?:https?:)?//""")
LINKS = re.compile(r'<(?P<tag>\w+)[^>]*\shref="(?P<to>[^"]*)"')


def test_pages_ask_no_other_host_for_anything(answers):
    pages = [answer.text for _, answer in answers if answer.mimetype == "text/html"]
    assert len(pages) > 20
    for page in pages:
        assert not OUTSIDE.search(page)
        assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|url\((?!['\"]?#)", page)
        for found in LINKS.finditer(page):
            assert found["to"].startswith("/"), found[0]
