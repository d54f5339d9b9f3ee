"""Places found by what travellers type."""

import shutil
from datetime import UTC, datetime
from gettext import NullTranslations
from pathlib import Path

import pytest
from flask import Flask

from miniapp.base import i18n
from miniapp.base.db import connect, db
from miniapp.base.i18n import Text
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.catalogue.models import Kind, Lounge, Place
from miniapp.catalogue.place_index import EMPTY, PlaceIndex
from miniapp.catalogue.queries import Catalogue, current
from miniapp.catalogue.search import (
    PlaceHit,
    ServedCity,
    find_places,
    most_served,
    served_places,
)
from miniapp.catalogue.world import Over, Row, world


@pytest.fixture(scope="module")
def found(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The demonstration catalogue, read once: nothing here changes it."""
    app = Flask("miniapp")
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("found") / "demo.sqlite3")
    connect(app, f"sqlite:///{file}")
    with app.app_context():
        import_file(DEMO_FILE, now=datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
        catalogue = current()
        db.session.remove()
        db.engine.dispose()
    return catalogue


def codes(catalogue: Catalogue, text: str, limit: int = 20) -> list[str]:
    return [hit.place.code for hit in find_places(catalogue, text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("SVO", "SVO"),
        ("svo", "SVO"),
        ("2006004", "2006004"),
        ("Шереметьево", "SVO"),
        ("шеремет", "SVO"),
        ("sheremet", "SVO"),
        ("шарик", "SVO"),
        ("питер", "LED"),
        ("спб", "LED"),
        ("st petersburg", "LED"),
        ("Saint-Petersburg", "LED"),
        ("санкт петербург", "LED"),
        ("санктпетербург", "LED"),
        ("САНКТ-ПЕТЕР", "LED"),
        ("пулково санкт", "LED"),
        ("стамбул", "IST"),
        ("İstanbul", "IST"),
        ("istanbul", "IST"),
        ("ростов на дону", "ROV"),
        ("толмачево", "OVB"),
        ("Толмачёво", "OVB"),
        ("нижнийновгород", "2060001"),
        ("sabiha gokcen", "SAW"),
        ("шере метьево", "SVO"),
        ("Москва Октябрьская (Ленинградский вокзал)", "2006004"),
        ("Санкт-Петербург-Главный (Московский вокзал)", "2004001"),
        ("Moscow Kievskyi", "2000007"),
        ("St. Petersburg Central", "2004001"),
        ("аэропорт самара", "KUF"),
        ("вокзал тверь", "R-tver"),
        ("FRU", "BSZ"),
        ("челны", "2024525"),
        ("бали", "DPS"),
        ("сайгон", "SGN"),
        ("лондон", "LHR"),
        ("нью-йорк", "JFK"),
        ("орел", "R-oryol"),
        ("богашево", "TOF"),
    ],
)
def test_a_place_is_found_by_its_names(found: Catalogue, text: str, first: str) -> None:
    assert codes(found, text)[0] == first


def test_the_exact_code_comes_before_names_that_begin_so() -> None:
    catalogue = catalogue_of({"UFA": "Уфа", "KZN": "Казань", "XXX": "Ufaley"}, served=["XXX"])
    assert codes(catalogue, "ufa") == ["UFA", "XXX"]


def test_beginnings_come_before_middles_and_places_with_lounges_first() -> None:
    names = {"AAA": "Новобург", "BBB": "Бургас", "CCC": "Бургундия", "DDD": "Альбург"}
    catalogue = catalogue_of(names, served=["CCC", "DDD"])
    assert codes(catalogue, "бург") == ["CCC", "BBB", "DDD", "AAA"]
    assert codes(catalogue, "бург", limit=2) == ["CCC", "BBB"]


def test_every_word_must_be_found(found: Catalogue) -> None:
    assert codes(found, "москва курская") == ["2000001"]
    assert codes(found, "москва казань") == []


@pytest.mark.parametrize("text", ["zzzz", "%", "ъ", "'; --", "\x00", "щщ", "🛫"])
def test_what_nobody_bears_finds_nothing_or_what_an_empty_text_does(
    found: Catalogue, text: str
) -> None:
    assert codes(found, text) in ([], codes(found, ""))


def test_an_empty_text_gives_the_places_with_lounges(found: Catalogue) -> None:
    served = {lounge.place_code for lounge in found.lounges.values() if lounge.is_public}
    assert sorted(codes(found, " ", limit=1000)) == sorted(served)
    assert codes(found, "", limit=3) == codes(found, "")[:3]


def test_served_cities_stand_in_the_order_of_the_language(found: Catalogue) -> None:
    def cities(*some: str) -> list[str]:
        return [city for served in served_places(found) if (city := str(served.city)) in some]

    assert cities("Kazan", "Yerevan", "Ufa", "Moscow") == ["Kazan", "Moscow", "Ufa", "Yerevan"]
    with i18n.speaking(i18n.Language("ru", NullTranslations())):
        assert cities("Казань", "Ереван", "Уфа", "Москва") == ["Ереван", "Казань", "Москва", "Уфа"]
    [moscow] = [served for served in served_places(found) if str(served.city) == "Moscow"]
    assert [(hit.place.code, hit.lounges) for hit in moscow.hits] == [
        ("SVO", 3),
        ("2000003", 1),
        ("2006004", 1),
    ]


def test_most_served_places_come_first_and_of_equal_ones_those_in_the_larger_city() -> None:
    def city(name: str, *lounges: int) -> ServedCity:
        places = [Place(code=f"{name}{n}") for n in range(len(lounges))]
        hits = tuple(map(PlaceHit, places, lounges))
        return ServedCity(Text(ru=name, en=name), hits)

    cities = [city("A", 1), city("B", 2), city("C", 2, 1), city("D", 1)]

    ranked = [hit.place.code for hit in most_served(cities, limit=4)]

    assert ranked == ["C0", "B0", "C1", "A0"]


def test_where_the_world_has_namesakes_russia_comes_first(found: Catalogue) -> None:
    moscow = codes(found, "мос")
    assert moscow[:4] == ["SVO", "2000003", "2006004", "2004001"]
    assert {"VKO", "DME", "ZIA"} <= set(moscow[:8])
    petersburg = codes(found, "petersburg")
    assert petersburg[:3] == ["LED", "2004006", "2004001"]
    assert petersburg.index("2004005") < petersburg.index("PIE")


def test_a_place_of_the_catalogue_hides_its_namesake_of_the_world() -> None:
    catalogue = catalogue_of({"KUF": "Смышляевка"}, served=[], beneath=world().index)
    assert codes(catalogue, "смышл") == ["KUF"]
    assert "KUF" not in codes(catalogue, "курумоч")


def catalogue_of(
    names: dict[str, str], *, served: list[str], beneath: PlaceIndex = EMPTY
) -> Catalogue:
    """A catalogue in memory, with a lounge at each of the served places."""
    city = Text(ru="Город", en="City")
    places = {
        code: Row(code, Kind.AIRPORT, Text(ru=name, en=name), city, "RU", "UTC", 0.0, 0.0, [], 1)
        for code, name in names.items()
    }
    at_place = {code: (Lounge(slug=code.lower()),) for code in served}
    return Catalogue(
        number=1,
        operators={},
        places=Over(places, world()),
        lounges={},
        index=PlaceIndex(places.values(), dict.fromkeys(served, 1)),
        _at_place=at_place,
        _by_shop={},
        beneath=beneath,
    )
