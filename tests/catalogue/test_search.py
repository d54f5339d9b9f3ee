"""Places found by what travellers type."""

import time
from datetime import datetime
from gettext import NullTranslations

import pytest

from miniapp.base import i18n
from miniapp.base.i18n import Text
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.catalogue.models import Kind, Lounge, Place
from miniapp.catalogue.place_index import PlaceIndex
from miniapp.catalogue.queries import Catalogue, current
from miniapp.catalogue.search import find_places, served_places


@pytest.fixture
def found(sqlite: None, now: datetime) -> Catalogue:
    """The demonstration catalogue."""
    import_file(DEMO_FILE, now=now)
    return current()


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
        ("нижнийновгород", "GOJ"),
        ("sabiha gokcen", "SAW"),
        ("шере метьево", "SVO"),
        ("Москва Октябрьская (Ленинградский вокзал)", "2006004"),
        ("Санкт-Петербург-Главный (Московский вокзал)", "2004001"),
        ("Moscow Kievskyi", "2000007"),
        ("St. Petersburg Central", "2004001"),
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
    served = ["KZN", "SVO", "2006004", "LED", "2004001", "AER", "IST"]
    assert sorted(codes(found, " ")) == sorted(served)
    assert codes(found, "", limit=3) == codes(found, "")[:3]


def test_served_cities_stand_in_the_order_of_the_language(found: Catalogue) -> None:
    def cities() -> list[str]:
        return [str(served.city) for served in served_places(found)]

    assert cities() == ["Istanbul", "Kazan", "Moscow", "Sochi", "St Petersburg"]
    with i18n.speaking(i18n.Language("ru", NullTranslations())):
        assert cities() == ["Казань", "Москва", "Санкт-Петербург", "Сочи", "Стамбул"]
    moscow = served_places(found)[2]
    assert [(hit.place.code, hit.lounges) for hit in moscow.hits] == [("SVO", 3), ("2006004", 1)]


def test_at_ten_thousand_places_an_answer_takes_less_than_a_millisecond() -> None:
    syllables = ["ка", "ро", "мо", "сан", "пе", "тер", "бург", "ви", "ло", "не"]
    pairs = [first + second for first in syllables for second in syllables]
    names = {f"R-{n:05}": f"Аэропорт {pairs[n % 100]} {n}" for n in range(10_000)}
    catalogue = catalogue_of(names, served=[])
    texts = ["м", "мо", "аэропорт", "эроп", "петербург", "0012", "аэропорт 00123", "нетакого"]
    for text in texts:
        times = []
        for _ in range(9):
            before = time.perf_counter()
            find_places(catalogue, text)
            times.append(time.perf_counter() - before)
        assert min(times) < 0.001, text


def catalogue_of(names: dict[str, str], *, served: list[str]) -> Catalogue:
    """A catalogue in memory, with a lounge at each of the served places."""
    places = {
        code: Place(
            code=code,
            kind=Kind.AIRPORT,
            name=Text(ru=name, en=name),
            city=Text(ru="Город", en="City"),
            country="RU",
            zone="UTC",
            synonyms=[],
            walks={},
        )
        for code, name in names.items()
    }
    at_place = {code: (Lounge(slug=code.lower()),) for code in served}
    return Catalogue(
        number=1,
        operators={},
        places=places,
        lounges={},
        index=PlaceIndex(places.values(), dict.fromkeys(served, 1)),
        _at_place=at_place,
        _by_shop={},
    )
