"""The fonts are the ones their README names, and print what people and places are called."""

import base64
import hashlib
import io
from pathlib import Path

import pytest
from pypdf import PdfReader

import miniapp.papers
from miniapp.papers.page import Column, Page, Type
from tests.papers.vouchers import ISSUED

FONTS = Path(miniapp.papers.__file__).parent / "fonts"


def listed() -> dict[str, dict[str, str]]:
    """The rows of the table by file name; each row by the heading of the column."""
    lines = (FONTS / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    head, _rule, *body = rows
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def test_the_fonts_are_the_listed_ones_unchanged_and_with_their_licence():
    digests = {
        font.name: base64.b64encode(hashlib.sha384(font.read_bytes()).digest()).decode()
        for font in FONTS.glob("*.ttf")
    }

    assert digests == {name: row["SHA-384"] for name, row in listed().items()}
    for name, row in listed().items():
        assert row["Version"] in name
        assert (FONTS / row["Licence"].split(", ")[1]).is_file()


@pytest.mark.parametrize(
    "words",
    [
        "Съешь же ещё этих мягких французских булок, да выпей чаю № 7 — 4 500 ₽ «…»",
        "“Quoted”, it’s 5 × 3 − 2 • €12 →",
        "Ғани Әлия Өмір Ұлан Ыдырыс Қыз Һиджран Ўладзімір Їжак Єва Ґалаґан Ӯктам Ҷамшед",
        "Ünsal Şükrü Öğretmen İpek Łódź Žižka Győző Ørsted Þór Nguyễn",
        "Ελένη Παπαδοπούλου",
    ],
)
def test_names_and_signs_of_the_languages_of_our_guests_are_printed(words: str):
    page = Page(title="", author="", locale="ru", made_at=ISSUED)
    for bold in (False, True):
        page.write_in(Column(10, 190), words, Type(8, bold=bold))

    document = PdfReader(io.BytesIO(bytes(page.output())))

    assert document.pages[0].extract_text().splitlines() == [words, words]
