"""Which origins may speak to a page, worked out from who may frame it."""

import re

import pytest

from miniapp.base import framing

ANCESTORS = "'self' https://*.invoicebox.ru http://localhost:* https://Pay.stand.example:8443"


@pytest.mark.parametrize(
    "origin",
    [
        "self",
        "https://pay.invoicebox.ru",
        "https://a.b.invoicebox.ru",
        "http://localhost",
        "http://localhost:8001",
        "https://pay.stand.example:8443",
    ],
)
def test_origin_that_may_frame_us_may_speak_to_us(origin: str):
    assert re.search(framing.origins(ANCESTORS), origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://invoicebox.ru",
        "http://pay.invoicebox.ru",
        "https://pay.invoicebox.ru:8443",
        "https://pay-invoicebox.ru",
        "https://payXinvoicebox.ru",
        "https://pay.invoicebox.ru.example",
        "https://evil.example#.invoicebox.ru",
        "https://evil.example:443.invoicebox.ru",
        "https://localhost:8001",
        "http://localhost.example",
        "https://pay.stand.example",
        "https://pay.stand.example:84430",
        "myself",
    ],
)
def test_any_other_origin_may_not(origin: str):
    assert not re.search(framing.origins(ANCESTORS), origin)


def test_port_that_goes_without_saying_is_in_no_origin():
    assert re.search(framing.origins("https://pay.example:443"), "https://pay.example")


@pytest.mark.parametrize("ancestors", ["'none'", "'none' 'none'"])
def test_where_nobody_may_frame_us_nobody_may_speak(ancestors: str):
    for origin in ("", "self", "null", "https://pay.invoicebox.ru"):
        assert not re.search(framing.origins(ancestors), origin)
