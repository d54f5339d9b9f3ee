"""Stations by the names that hosts give them, and by no others."""

import pytest

from miniapp.catalogue.models import Kind, Place
from miniapp.catalogue.place_index import PlaceIndex
from miniapp.catalogue.queries import Catalogue
from miniapp.catalogue.world import Over, world
from miniapp.trip import stations
from tests.builders import make_place, text


def catalogue_of(*own: Place) -> Catalogue:
    """These places over those of the world."""
    places = {place.code: place for place in own}
    return Catalogue(
        number=1,
        operators={},
        places=Over(places, world()),
        lounges={},
        index=PlaceIndex(places.values(), {}),
        _at_place={},
        _by_shop={},
        beneath=world().index,
    )


def named(name: str, *own: Place) -> str | None:
    place = stations.named(name, catalogue_of(*own))
    return place.code if place else None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Москва Октябрьская (Ленинградский вокзал)", "2006004"),
        ("МОСКВА ОКТЯБРЬСКАЯ", "2006004"),
        ("Санкт-Петербург-Главный (Московский вокзал)", "2004001"),
        ("САНКТ-ПЕТЕРБУРГ-ГЛАВН.", None),
        ("Moscow Kievskyi", "2000007"),
        ("St. Petersburg Central", "2004001"),
        ("Москва, Казанский вокзал", "2000003"),
        ("Нижний Новгород Московский", "2060001"),
        ("Екатеринбург-Пассажирский", "R-yekaterinburg"),
        ("Вышний Волочек", "R-vyshny-volochyok"),
        ("Казань Пасс", "2060500"),
        ("Адлер", "2064150"),
        ("Московский вокзал", "2004001"),
    ],
)
def test_a_station_is_known_by_its_whole_name(name: str, code: str | None) -> None:
    assert named(name) == code


@pytest.mark.parametrize("name", ["Москва", "Питер", "Казань", "Шереметьево", "вокзал", "", "…"])
def test_a_city_an_airport_or_half_a_name_is_no_station(name: str) -> None:
    assert named(name) is None


def station(code: str, name: str, *synonyms: str) -> Place:
    return make_place(
        code=code,
        kind=Kind.STATION,
        name=text(name, name),
        city=text("Город", "City"),
        synonyms=list(synonyms),
    )


def test_a_name_that_two_stations_have_means_neither() -> None:
    assert named("Адлер", station("R-adler-two", "Адлер")) is None
    assert named("Узловая", station("R-one", "Узловая"), station("R-two", "Узловая")) is None


def test_a_station_of_the_catalogue_stands_for_its_namesake_of_the_world() -> None:
    own = station("2064150", "Адлер-Главный")
    assert named("Адлер-Главный", own) == "2064150"
    assert named("Вокзал Адлер", own) is None
