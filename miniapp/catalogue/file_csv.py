"""Places as a table: read them from CSV and write them.

One row is one place. Commas or semicolons part the cells, as the spreadsheet of the reader's
country does it; synonyms are parted by ``|``, walks are written ``B-C=8m|B-D=12m``. An empty
cell says nothing.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from miniapp.base.i18n import gettext
from miniapp.catalogue.file_source import Source, fatal, read_text

# The columns of a text in two languages are named for both: name_ru, name_en.
COLUMNS = (
    "code", "kind", "name_ru", "name_en", "city_ru", "city_en",
    "country", "zone", "lat", "lon", "synonyms", "walks",
)  # fmt: skip

_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,12})?", re.ASCII)


def read(path: Path) -> Source:
    """Read a CSV file of places; raises CatalogueFault when its header names no columns."""
    text = read_text(path)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = _rows(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    line, header = next(rows, (1, []))
    source = Source(str(path), data={"places": []})
    source.lines[("places",)] = line
    columns = [cell.strip() for cell in header]
    for wrong in sorted({name for name in columns if name not in COLUMNS}):
        raise fatal(path, line, gettext("unknown column: %(name)s") % {"name": wrong or "?"})
    if len(set(columns)) < len(columns) or "code" not in columns:
        raise fatal(path, line, gettext("the header names each column once, code among them"))
    for line, cells in rows:
        _read_row(source, line, columns, cells)
    return source


def write(places: Iterable[dict[str, Any]]) -> str:
    """The places, each as a file's entry, as CSV with a header."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    for place in places:
        table.writerow(_cells(place))
    return out.getvalue()


def _rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on."""
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise fatal(path, line, str(error)) from error


def _read_row(source: Source, line: int, columns: list[str], cells: list[str]) -> None:
    index = len(source.data["places"])
    source.lines[("places", index)] = line
    values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    source.data["places"].append(_entry({name: cell for name, cell in values.items() if cell}))
    if len(cells) > len(columns):
        source.blame(("places", index), gettext("has more cells than the header names"))


def _entry(cells: dict[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, cell in cells.items():
        field, _, language = name.partition("_")
        if language:
            entry.setdefault(field, {})[language] = cell
        elif name in ("lat", "lon"):
            entry[name] = Decimal(cell) if _DEGREES.fullmatch(cell) else cell
        elif name == "synonyms":
            entry[name] = [part.strip() for part in cell.split("|") if part.strip()]
        elif name == "walks":
            entry[name] = _walks(cell)
        else:
            entry[name] = cell
    return entry


def _walks(cell: str) -> dict[str, str]:
    parts = (part.partition("=") for part in cell.split("|"))
    return {pair.strip(): walk.strip() for pair, _, walk in parts}


def _cells(place: dict[str, Any]) -> dict[str, Any]:
    cells = {name: place[name] for name in ("code", "kind", "country", "zone")}
    cells |= {name: place.get(name, "") for name in ("lat", "lon")}
    for field in ("name", "city"):
        cells |= {f"{field}_{language}": text for language, text in place[field].items()}
    cells["synonyms"] = "|".join(place.get("synonyms", ()))
    cells["walks"] = "|".join(f"{pair}={walk}" for pair, walk in place.get("walks", {}).items())
    return cells
