"""The reference data: every fact holds against a second source, every Russian name is written."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import tzfpy

from miniapp.catalogue import file_csv, file_entries, world
from miniapp.catalogue.file_checks import Known, check_places, check_references
from miniapp.catalogue.file_shape import PlaceEntry
from miniapp.catalogue.place_index import words_of

Row = dict[str, str]
SOURCES = world.FOLDER / "sources"
# A Russian name has Russian letters; an honorary one may end in a Roman number.
RUSSIAN = re.compile(r"[А-ЯЁ][А-ЯЁа-яё0-9 .,()'—-]*(?: I{1,3}| V)?")
# Names that are always written with ё.
WITH_DOTS = re.compile(r"(?i)савеловск|толмачев|богашев|орел\b|шахтерск|березов|могилев|кишинев")


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


AIRPORTS, STATIONS = rows_of(world.AIRPORTS), rows_of(world.STATIONS)
PLACES = [*AIRPORTS, *STATIONS]


def test_every_place_is_one_that_a_file_of_an_operator_might_have(
    written: Callable[..., Path],
) -> None:
    entries = [
        {
            "code": place.code,
            "kind": place.kind.value,
            "name": place.name.model_dump(),
            "city": place.city.model_dump(),
            "country": place.country,
            "zone": place.zone,
            "lat": place.lat,
            "lon": place.lon,
            "synonyms": place.synonyms,
        }
        for place in world.world().values()
    ]
    source = file_entries.read(written(file_csv.write(entries), "places.csv"))
    check_references(source, Known(frozenset(), frozenset(), {}))
    check_places(source, file_entries.drafts(source, PlaceEntry))
    assert source.faults == []
    assert len(entries) == len(PLACES)


def test_a_line_of_the_files_is_one_place() -> None:
    for path, rows in ((world.AIRPORTS, AIRPORTS), (world.STATIONS, STATIONS)):
        assert len(path.read_text(encoding="utf-8").splitlines()) == len(rows) + 1


@cache
def offsets(zone: str) -> list[timedelta | None]:
    """What a zone's clocks show through two years."""
    days = (datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=7 * week) for week in range(105))
    return [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]


def test_the_clocks_are_those_of_the_map_but_where_settled_by_hand() -> None:
    strange = [
        row["code"]
        for row in PLACES
        if (mapped := tzfpy.get_tz(float(row["lon"]), float(row["lat"])))
        and offsets(row["zone"]) != offsets(mapped)
    ]
    assert strange == ["OKT", "SUI", "UGL", "YEU", "YNA"]
    reasons = {
        row["code"]: row["reason"]
        for row in rows_of(SOURCES / "corrections.csv")
        if row["field"] == "zone"
    }
    assert all(reasons[code] for code in strange)


def countries_of_zones() -> dict[str, set[str]]:
    """Where each zone is the law, by the zone database itself."""
    countries: dict[str, set[str]] = {}
    for table in ("zone.tab", "zone1970.tab"):
        text = resources.files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("#"):
                codes, _, zone, *_ = line.split("\t")
                countries.setdefault(zone, set()).update(codes.split(","))
    return countries


def test_a_zone_is_one_of_its_country() -> None:
    countries = countries_of_zones()
    strange = {
        row["code"]: (row["country"], row["zone"])
        for row in PLACES
        if row["country"] not in countries.get(row["zone"], ())
    }
    # Kosovo is not in the tables of the zone database; Sukhum keeps the clocks of Moscow.
    assert strange == {"PRN": ("XK", "Europe/Belgrade"), "SUI": ("GE", "Europe/Moscow")}


def test_no_two_places_share_a_code_and_no_two_passenger_places_a_spot() -> None:
    assert [
        code for code, times in Counter(row["code"] for row in PLACES).items() if times > 1
    ] == []
    spots = Counter(
        (row["lat"], row["lon"]) for row in AIRPORTS if int(row["rank"]) < world.LAST_RANK
    )
    assert [spot for spot, times in spots.items() if times > 1] == []
    assert all(row["lat"].strip("-0.") or row["lon"].strip("-0.") for row in PLACES)


def test_everything_in_russia_and_every_favourite_abroad_has_a_russian_name() -> None:
    named = [row for row in PLACES if row["country"] == "RU" or int(row["rank"]) <= 4]
    assert len([row for row in named if row["country"] != "RU"]) >= 150
    assert [row["code"] for row in named if not (row["name_ru"] and row["city_ru"])] == []
    russian = [row[field] for row in PLACES for field in ("name_ru", "city_ru") if row[field]]
    assert [name for name in russian if not RUSSIAN.fullmatch(name)] == []
    english = [row[field] for row in PLACES for field in ("name_en", "city_en")]
    assert [name for name in english if re.search("[А-яЁё]", name)] == []


def test_russian_names_are_spelt_alike() -> None:
    russian = {row[field] for row in PLACES for field in ("name_ru", "city_ru")}
    assert [name for name in russian if WITH_DOTS.search(name)] == []
    plain = Counter(re.sub("[- ]", "", name.replace("ё", "е")).casefold() for name in russian)
    assert [name for name, times in plain.items() if times > 1] == []
    cities: dict[tuple[str, str], set[str]] = {}
    for row in PLACES:
        if row["city_ru"]:
            cities.setdefault((row["country"], row["city_en"]), set()).add(row["city_ru"])
    assert {city: names for city, names in cities.items() if len(names) > 1} == {}


def test_a_city_bears_one_name_in_the_air_and_on_the_rails() -> None:
    towns = {row["city_ru"]: row["city_en"] for row in AIRPORTS if row["country"] == "RU"}
    differing = [
        row["code"]
        for row in STATIONS
        if towns.get(row["city_ru"], row["city_en"]) != row["city_en"]
    ]
    assert differing == []


# Express-3 codes seen in two public sources; all other stations have a code of ours.
EXPRESS = [
    "2000001", "2000002", "2000003", "2000005", "2000006", "2000007", "2000008", "2000009",
    "2000880", "2001025", "2004001", "2004003", "2004004", "2004005", "2004006", "2006004",
    "2010001", "2024525", "2030400", "2044700", "2050001", "2054001", "2060001", "2060500",
    "2064150", "2064188", "2064800",
]  # fmt: skip


def test_no_code_of_a_station_is_guessed_and_none_means_a_whole_city() -> None:
    assert [row["code"] for row in STATIONS if row["code"][0] != "R"] == EXPRESS
    assert not any(code.endswith("000") for code in EXPRESS)


def test_no_two_stations_share_a_name() -> None:
    index = world.world().index
    shared = [
        name
        for row in STATIONS
        for name in (row["name_ru"], row["name_en"], *row["synonyms"].split("|"))
        if name and len(index.stations_called(words_of(name))) > 1
    ]
    # Nicknames of the cities, not of their stations.
    assert set(shared) == {"Мск", "Питер", "СПб", "Ленинград", "Saint Petersburg"}
