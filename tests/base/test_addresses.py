"""Addresses that templates put together are Flask's own."""

from typing import Any

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st

from miniapp.base.addresses import Addresses


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("miniapp")
    for rule, endpoint in (
        ("/", "entry"),
        ("/l/<slug>", "lounge"),
        ("/back/<token>/<any(success, fail):how>", "back"),
        ("/pages/<int:number>", "page"),
        ("/two", "either"),
        ("/two/<which>", "either"),
    ):
        app.add_url_rule(rule, endpoint=endpoint)

    @app.url_defaults
    def carry(_endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("id", "pg-51")

    return app


values = st.text() | st.integers(0, 9999) | st.none()
queries = st.dictionaries(st.sampled_from(["at", "adults", "id", "lang", "q"]), values)


@given(slug=st.text(min_size=1), query=queries)
def test_address_is_that_of_flask(app: Flask, slug: str, query: dict[str, Any]):
    address = Addresses(app)
    with app.test_request_context():
        for endpoint, parts in (
            ("entry", {}),
            ("lounge", {"slug": slug}),
            ("back", {"token": slug, "how": "fail"}),
            ("page", {"number": 7}),
            ("either", {"which": slug}),
        ):
            asked: dict[str, Any] = {**parts, **query}
            assert address(endpoint, **asked) == url_for(endpoint, **asked)


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [("entry", {"_external": True}), ("lounge", {"slug": "x", "_anchor": "top"}), ("either", {})],
)
def test_what_is_more_than_a_path_with_values_is_left_to_flask(
    app: Flask, endpoint: str, asked: dict[str, Any]
):
    with app.test_request_context():
        assert Addresses(app)(endpoint, **asked) == url_for(endpoint, **asked)
