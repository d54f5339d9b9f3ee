"""Pages that say the same to everybody: made once, and yet each traveller's own."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from miniapp.base.db import transaction
from miniapp.base.i18n import Text
from miniapp.catalogue.models import Edition, Place
from miniapp.catalogue.queries import current
from tests.builders import make_lounge, make_place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = ["/", "/places", "/places?all=1", "/places?q=сам", "/places/found?q=сам"]


def with_id(path: str, host: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}id={host}"


def change(app: Flask, *more: object, **renamed: str) -> None:
    """Put rows into the catalogue, or give a place another name, as an import does."""
    with app.app_context(), transaction() as session:
        for code, name in renamed.items():
            session.get_one(Place, code).city = Text(ru=name, en=name)
        for row in more:
            session.add(row)
            session.flush()
        edition = session.get(Edition, 1) or Edition(id=1, number=0)
        edition.number += 1
        session.add(edition)


def make_places(app: Flask, count: int) -> None:
    """So many more places with a lounge, each in a city of its own."""
    names = [f"Город {n:02}" for n in range(count)]
    places = [
        make_place(code=f"R-t{n}", city=Text(ru=name, en=name)) for n, name in enumerate(names)
    ]
    lounges = [make_lounge(f"t{n}", place_code=f"R-t{n}", rates=[]) for n in range(count)]
    change(app, *places, *lounges)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_each_host_finds_its_own_id_and_nobody_elses(
    client: FlaskClient, path: str, headers: dict[str, str]
):
    for host in ("pg-51", "other", "a:b.c~d", "pg-51"):
        page = client.get(with_id(path, host), headers=headers).text

        told = re.findall(r'(?:id=|name="id" value="|data-host-id=")([^"&]+)', page)
        assert set(told) == {host}
        assert page == client.get(with_id(path, host), headers=headers).text


@pytest.mark.parametrize("path", PAGES)
def test_page_is_not_taken_for_that_of_another_language_or_of_no_host(
    client: FlaskClient, path: str
):
    asked = ["", "lang=ru", "lang=en", "id=pg-51", "id=pg-51&lang=en"]
    addresses = [f"{path}{'&' if '?' in path else '?'}{query}" for query in asked]

    pages = [client.get(address).text for address in addresses]

    assert len(set(pages)) == len(pages)
    assert pages == [client.get(address).text for address in addresses]


@pytest.mark.parametrize("path", PAGES)
def test_changed_catalogue_is_told_at_the_next_request(app: Flask, client: FlaskClient, path: str):
    assert "Сызрань" not in client.get(path).text

    change(app, KUF="Сызрань, бывшая Самара")

    assert "Сызрань" in client.get(path).text


def test_what_strangers_type_does_not_fill_the_memory(app: Flask, client: FlaskClient):
    for n in range(600):
        client.get(f"/places/found?q=x{n}")

    with app.app_context():
        assert 0 < len(current().kept) <= 500


@pytest.mark.parametrize("host", ["", "pg-51"])
def test_first_view_does_not_grow_with_the_catalogue(app: Flask, client: FlaskClient, host: str):
    make_places(app, 20)
    short, whole = (client.get(with_id(path, host)).text for path in ("/", "/places?all=1"))

    listed = [re.findall(r'href="/places/([^"?]+)', page) for page in (short, whole)]
    assert [len(found) for found in listed] == [8, 21]
    assert 'href="/places?all=1' in short
    assert "all=1" not in whole
    assert "21 город" in short


def test_few_places_are_all_there_at_once(client: FlaskClient):
    page = client.get("/").text

    assert re.findall(r'href="/places/([^"?]+)', page) == ["KUF"]
    assert "all=1" not in page
