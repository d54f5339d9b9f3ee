"""A faulty file: every fault with file, line and field, and nothing written."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from miniapp.base import i18n
from miniapp.base.db import reading
from miniapp.catalogue.errors import CatalogueFault
from miniapp.catalogue.file_entries import read
from miniapp.catalogue.loading import import_file
from miniapp.catalogue.models import Edition, Lounge, Place
from miniapp.operators.models import Operator
from tests.catalogue.conftest import ENGLISH, SMALL
from tests.catalogue.faulty import FAULTS, UNREADABLE

Write = Callable[..., Path]
Found = list[tuple[int, str, str]]


def faults_of(path: Path, now: datetime) -> Found:
    with pytest.raises(CatalogueFault) as raised:
        import_file(path, now=now)
    assert str(raised.value).startswith(f"{path}:{raised.value.faults[0].line}: ")
    return [(fault.line, fault.field, fault.sentence) for fault in raised.value.faults]


def rows() -> int:
    models = (Operator, Place, Lounge, Edition)
    counts = [reading().scalar(sa.select(sa.func.count()).select_from(model)) for model in models]
    return sum(count or 0 for count in counts)


@pytest.mark.parametrize(("right", "wrong", "field", "sentence"), FAULTS)
def test_a_fault_is_named_with_its_line_and_field(
    sqlite: None, written: Write, now: datetime, right: str, wrong: str, field: str, sentence: str
) -> None:
    marked = SMALL.replace(right, wrong, 1)
    line = marked[: marked.index("§")].count("\n") + 1
    path = written(marked.replace("§", ""))
    assert faults_of(path, now) == [(line, field, sentence)]
    assert rows() == 0


def test_all_faults_of_a_file_are_told_at_once(
    database: str, written: Write, now: datetime
) -> None:
    text = SMALL
    for right, wrong in (
        ("vat_code: RUS_VAT22", "vat_code: VAT"),
        ("country: RU", "country: Russia"),
        ("operator: volna", "operator: priboy"),
        ("capacity: 6", "capacity: 0"),
        ("as_of: 2026-11-01", "as_of: 2030-11-01"),
        ("directions: [departure]\n        stay", "directions: [transfer]\n        stay"),
    ):
        text = text.replace(right, wrong)
    found = faults_of(written(text), now)
    assert [field for _, field, _ in found] == [
        "operators[volna].vat_code",
        "places[KUF].country",
        "lounges[volna-kuf].operator",
        "lounges[volna-kuf].directions[#1]",
        "lounges[volna-kuf].capacity",
        "lounges[volna-kuf].as_of",
        "lounges[volna-kuf].rates[standard].directions[#1]",
    ]
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)
    assert rows() == 0


def test_entries_that_stand_twice_are_named(sqlite: None, written: Write, now: datetime) -> None:
    entries = SMALL[SMALL.index("places:") :]
    twice = entries[: entries.index("lounges:")].replace("places:\n", "")
    text = SMALL.replace("lounges:", twice + "lounges:")
    (found,) = faults_of(written(text), now)
    assert found[1:] == ("places[KUF].code", "“KUF” is in the file already")


def test_a_rate_may_follow_itself_but_not_overlap(
    sqlite: None, written: Write, now: datetime
) -> None:
    rate = SMALL[SMALL.index("      - code: standard") : SMALL.index("    extras:")]
    later = rate.replace("2026-01-01", "2027-01-01").replace("        valid_to: 2026-12-31\n", "")
    overlapping = later.replace("2027-01-01", "2026-12-31")
    (found,) = faults_of(written(SMALL.replace(rate, rate + overlapping)), now)
    assert found[1:] == (
        "lounges[volna-kuf].rates[standard].valid_from",
        "the same rate is already valid on some of these days",
    )
    assert import_file(written(SMALL.replace(rate, rate + later)), now=now).changed


def test_a_shop_number_belongs_to_one_lounge(sqlite: None, written: Write, now: datetime) -> None:
    numbered = SMALL.replace("capacity: 6", "shop_id: 4821")
    import_file(written(numbered), now=now)
    other = numbered.replace("volna-kuf", "volna-two")
    (found,) = faults_of(written(other), now)
    assert found[1:] == (
        "lounges[volna-two].shop_id",
        "the shop number belongs to the lounge “volna-kuf”",
    )


BOMB = "a: &a [x]\nb: &b [*a, *a, *a, *a]\n" + "".join(
    f"c{step}: &c{step} [{', '.join(['*b' if step == 0 else f'*c{step - 1}'] * 9)}]\n"
    for step in range(40)
)


@pytest.mark.parametrize(("text", "name", "line", "sentence"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    sqlite: None, written: Write, now: datetime, text: str, name: str, line: int, sentence: str
) -> None:
    assert faults_of(written(text, name), now) == [(line, "file", sentence)]


def test_aliases_do_not_grow(sqlite: None, written: Write, now: datetime) -> None:
    found = faults_of(written(BOMB), now)
    assert len(found) < 500
    assert all("anchors" in said or "not known" in said for _, _, said in found)


def test_a_wrong_row_of_a_table_is_named(sqlite: None, written: Write, now: datetime) -> None:
    table = (
        "code;kind;name_ru;name_en;city_ru;city_en;country;zone;lat;lon;walks\r\n"
        "KUF;airport;Курумоч;Kurumoch;Самара;Samara;RU;Europe/Samara;53,5;50.16;\r\n"
        "\r\n"
        'SVO;airport;"Шереметьево\r\nB";Sheremetyevo;Москва;Moscow;RU;Europe/Moscow;;;B-C\r\n'
        "LED;airport;Пулково;Pulkovo;Петербург;;RU;Europe/Moscow;;;;;\r\n"
    )
    assert faults_of(written(table.encode("utf-8-sig"), "places.csv"), now) == [
        (2, "places[KUF].lat", "degrees are a number such as 55.9726"),
        (4, "places[SVO].name", "the text stands on one line"),
        (4, "places[SVO].walks.B-C", "a span is written with its units: 3h, 45m or 1h30m"),
        (6, "places[LED]", "has more cells than the header names"),
        (6, "places[LED].city.en", "is missing"),
    ]


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"any-{threading.get_ident()}"
    folder.mkdir(exist_ok=True)
    for name in ("any.yaml", "any.csv"):
        (folder / name).write_bytes(content)
        with i18n.speaking(ENGLISH), suppress(CatalogueFault):
            read(folder / name)
