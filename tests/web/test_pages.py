"""The pages of the traveller: one template each, whole or as a block, in two languages."""

import re

import pytest

from miniapp.orders.models import State
from tests.web.conftest import link, visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = ["/", "/places", "/places?q=сам", "/places/KUF", "/l/briz-kuf", "/terms/briz/offer", "/no"]


def body(page: str) -> str:
    return page.partition("</title>")[2].strip()


@pytest.mark.parametrize("host", ["", "id=pg-51"])
@pytest.mark.parametrize("path", PAGES)
def test_block_for_htmx_is_a_part_of_the_whole_page(client, path, host):
    address = f"{path}{'&' if '?' in path else '?'}{host}"

    whole, block = client.get(address), client.get(address, headers={"HX-Request": "true"})

    assert whole.status_code == block.status_code
    assert body(block.text).startswith('<main id="screen"')
    assert body(block.text) in whole.text
    assert "HX-Request" in whole.headers["Vary"]


@pytest.mark.parametrize("state", list(State))
def test_block_of_an_order_is_a_part_of_its_page_in_every_state(client, ordered, state):
    token = link("manage", ordered(state))

    whole = client.get(f"/orders/{token}")
    block = client.get(f"/orders/{token}", headers={"HX-Request": "true"})

    assert whole.status_code == 200
    assert body(block.text) in whole.text


@pytest.mark.parametrize(
    ("state", "screen"),
    [
        (State.DRAFT, "confirm"),
        (State.INVOICING, "paying"),
        (State.AWAITING_PAYMENT, "paying"),
        (State.HELD, "success"),
        (State.PAID, "success"),
        (State.EXPIRED, "fail"),
        (State.CANCELLED, "fail"),
        (State.UNDELIVERABLE, "fail"),
    ],
)
def test_order_shows_the_screen_of_its_state(client, ordered, state, screen):
    token = link("manage", ordered(state))

    assert f'data-screen="{screen}"' in client.get(f"/orders/{token}").text


def test_skeleton_is_for_a_page_that_has_a_host(client):
    framed, alone = client.get("/?id=pg-51").text, client.get("/").text

    assert 'data-screen="skeleton"' in framed
    assert 'class="skeleton"' in framed
    assert 'data-screen="where"' in alone
    assert "skeleton" not in alone.partition("<body>")[2]
    for page in (framed, alone):
        assert re.search(r'<input id="q"[^>]*>', page)


@pytest.mark.parametrize("given", ["", "a b", "x" * 101, "<b>", "ключ", "a\r\nb"])
def test_id_that_can_be_none_is_taken_for_none(client, given):
    page = client.get("/", query_string={"id": given}).text

    assert 'data-host-id=""' in page
    assert 'data-screen="where"' in page


def test_id_of_the_host_is_carried_into_every_address(client, ordered, today):
    token = link("manage", ordered(State.DRAFT))
    for path in ("/", "/places?q=сам", "/places/KUF", "/l/briz-kuf", "/no", f"/orders/{token}"):
        page = client.get(f"{path}{'&' if '?' in path else '?'}id=pg-51&lang=en").text
        screen = page.partition("<main")[2]
        found = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]+)"', screen)
        inside = [one for one in found if not one.startswith("/terms/")]
        assert inside
        for address in inside:
            # A form sent by GET has the id in a field.
            assert "id=pg-51" in address or 'name="id" value="pg-51"' in screen, (path, address)
            assert "lang=en" in address, (path, address)


def test_documents_are_opened_outside_the_frame_and_know_no_host(client, ordered):
    token = link("manage", ordered(State.DRAFT))

    page = client.get(f"/orders/{token}?id=pg-51").text

    for address in re.findall(r'<a href="(/terms/[^"]+)"', page):
        assert "id=" not in address
    assert page.count('target="_blank" rel="noopener" data-link') == 2


@pytest.mark.parametrize("path", PAGES)
def test_language_is_the_one_that_is_asked_for(client, path):
    sign = "&" if "?" in path else "?"

    assert '<html lang="en">' in client.get(f"{path}{sign}lang=en").text
    for asked in ("", f"{sign}lang=ru", f"{sign}lang=de", f"{sign}lang=../en"):
        assert '<html lang="ru">' in client.get(f"{path}{asked}").text


def test_order_speaks_its_own_language_to_the_end(client, ordered, voucher_code, today):
    number = ordered(State.PAID, locale="en")
    manage, back = link("manage", number), link("return", number)
    for path in (
        f"/orders/{manage}",
        f"/back/{back}/success",
        f"/v/{link('voucher', voucher_code(number))}",
    ):
        assert '<html lang="en">' in client.get(path).text, path
        assert '<html lang="ru">' in client.get(f"{path}?lang=ru").text, path


def test_order_that_is_changed_keeps_its_language(client, ordered, today):
    token = link("manage", ordered(State.DRAFT, locale="en"))

    form = client.get(f"/orders/{token}/change").text

    assert '<html lang="en">' in form
    [address] = re.findall(r'<form id="visit"[^>]* action="([^"]+)"', form)
    answer = client.post(address, data=visit(today))
    assert '<html lang="en">' in client.get(answer.location.partition("?")[0]).text


def test_waiting_asks_again_and_the_end_asks_no_more(client, ordered):
    waiting = client.get(f"/orders/{link('manage', ordered(State.INVOICING))}").text
    paid = client.get(f"/orders/{link('manage', ordered(State.PAID, number='LNG-2'))}").text

    assert 'hx-trigger="every 2s"' in waiting
    assert 'http-equiv="refresh"' in waiting
    assert "hx-trigger" not in paid
    assert 'http-equiv="refresh"' not in paid


def test_host_is_told_of_an_order_in_its_container_and_of_no_other(client, ordered):
    ours = client.get(f"/orders/{link('manage', ordered(container_id='c-1'))}?id=pg-51").text
    other = link("manage", ordered(number="LNG-2", provider_id="p-2"))
    alone = client.get(f"/orders/{other}?id=pg-51").text

    assert 'data-host="done" data-value="https://pay.invoicebox.example/' in ours
    assert 'data-host="done"' not in alone
