"""A sheet of A4 paper: our fonts, words in columns, a QR picture, lines to fold along.

What is written stands in the file in the order in which it is written, so it is read aloud and
copied in that order. Lengths are millimetres, sizes of letters are points.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences

from miniapp.base import qr

_FONTS = Path(__file__).resolve().parent / "fonts"
_REGULAR = _FONTS / "DejaVuSansCondensed-2.37.ttf"
_BOLD = _FONTS / "DejaVuSansCondensed-Bold-2.37.ttf"
_FAMILY = "DejaVu"
_UNKNOWN = "□"

HEIGHT, WIDTH = 297.0, 210.0
# Outside of this a printer may leave the paper white.
MARGIN = 10.0
INK, GREY, HAIR, YELLOW, SHADE = "#353F47", "#6B747B", "#C2C5C8", "#FAD247", "#F9F9F9"

_POINT = 25.4 / 72
_LEADING = 1.3
# Rows of a picture overlap by this much, or a viewer shows light between them.
_OVERLAP = 0.02


@dataclass(frozen=True)
class Type:
    """A size of letters, whether they are bold, and their colour."""

    size: float
    bold: bool = False
    colour: str = INK

    @property
    def line(self) -> float:
        """The height of a line."""
        return self.size * _POINT * _LEADING


@dataclass(frozen=True)
class Column:
    """Where words are put: the left edge and the width."""

    x: float
    width: float


class Page(FPDF):
    """A document of such sheets, the same bytes for the same words and the same ``made_at``."""

    def __init__(self, *, title: str, author: str, locale: str, made_at: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        self.add_font(_FAMILY, "", _REGULAR)
        self.add_font(_FAMILY, "B", _BOLD)
        fonts = [font for font in self.fonts.values() if isinstance(font, TTFFont)]
        self._printable = frozenset.intersection(*(frozenset(font.cmap) for font in fonts))
        self._running_head = title
        self.set_title(self.plain(title))
        self.set_author(self.plain(author))
        self.set_lang(locale)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_creation_date(made_at)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.c_margin = 0
        self.add_page()

    def header(self) -> None:
        """Begin every sheet after the first with the title and its number."""
        if self.page_no() > 1:
            whole = Column(MARGIN, WIDTH - 2 * MARGIN)
            kind = Type(8, colour=GREY)
            self.write_in(whole, f"{self.page_no()} · {self._running_head}", kind, lines=1)
            self.ln(3)

    def write_in(
        self,
        column: Column,
        text: str,
        kind: Type,
        *,
        align: str = "L",
        link: str = "",
        lines: int | None = None,
    ) -> None:
        """Write a paragraph from here down, or no more than its first ``lines``.

        What does not fit goes on the next sheet.
        """
        shown = self.plain(text) if lines is None else self._cut(column, text, kind, lines)
        self._take(kind)
        self.set_x(column.x)
        self.multi_cell(
            column.width, kind.line, shown, align=align, new_x="LEFT", new_y="NEXT", link=link
        )

    def height_in(self, column: Column, text: str, kind: Type) -> float:
        """How high a paragraph would be."""
        return len(self._lines_in(column, text, kind)) * kind.line

    def _lines_in(self, column: Column, text: str, kind: Type) -> list[str]:
        """The lines into which a paragraph would fall."""
        self._take(kind)
        lines = self.multi_cell(
            column.width,
            kind.line,
            self.plain(text),
            align="L",
            dry_run=True,
            output=MethodReturnValue.LINES,
        )
        assert isinstance(lines, list)  # noqa: S101 - the library's answer to the line above
        return lines

    def picture(self, text: str, *, x: float, y: float, side: float) -> None:
        """A QR picture with its quiet zone, ``side`` in all; it must stand on white."""
        rows = qr.modules(text)
        module = side / (len(rows) + 2 * qr.BORDER)
        self.set_fill_color(0)
        for number, row in enumerate(rows):
            top = y + (number + qr.BORDER) * module
            for start, length in qr.runs(row):
                left = x + (start + qr.BORDER) * module
                self.rect(left, top, length * module, module + _OVERLAP, style="F")

    def rule(self, x: float, y: float, *, to_x: float, to_y: float, dashed: bool = False) -> None:
        """A hairline."""
        self.set_draw_color(HAIR)
        self.set_line_width(0.2)
        if dashed:
            self.set_dash_pattern(dash=1.5, gap=1.5)
        self.line(x, y, to_x, to_y)
        self.set_dash_pattern()

    def bar(self, x: float, y: float, *, width: float, height: float, colour: str) -> None:
        """A filled rectangle, drawn before what stands on it."""
        self.set_fill_color(colour)
        self.rect(x, y, width, height, style="F")

    def _cut(self, column: Column, text: str, kind: Type, lines: int) -> str:
        whole = self._lines_in(column, text, kind)
        if len(whole) <= lines:
            return self.plain(text)
        last = whole[lines - 1].rstrip()
        return "\n".join([*whole[: lines - 1], f"{last[:-2]}…"])

    def _take(self, kind: Type) -> None:
        self.set_font(_FAMILY, "B" if kind.bold else "", kind.size)
        self.set_text_color(kind.colour)

    def plain(self, text: str) -> str:
        """The text on one line, without what the fonts cannot print and what nobody sees."""
        line = " ".join(unicodedata.normalize("NFC", text).split())
        seen = (char for char in line if not unicodedata.category(char).startswith("C"))
        return "".join(char if ord(char) in self._printable else _UNKNOWN for char in seen)
