"""6 Voucher: the PDF that is printed, or shown without a network.

One A4 sheet. Its upper half is folded along the dashed lines to A6: in front the picture, the
code, the place and the hours, behind it who comes and how to get there. The lower half has
what is read before the visit or in trouble, and goes on to a second sheet when it must.
"""

from miniapp.base import i18n
from miniapp.base.i18n import gettext
from miniapp.base.signing import SigningKey
from miniapp.orders import signed_code
from miniapp.orders.models import Voucher
from miniapp.papers import voucher_sheet
from miniapp.papers.page import GREY, HEIGHT, MARGIN, SHADE, WIDTH, YELLOW, Column, Page, Type
from miniapp.papers.voucher_sheet import Section, Sheet

_FOLD_X, _FOLD_Y, _CLEAR = WIDTH / 2, HEIGHT / 2, 7.0
_FRONT = Column(MARGIN, _FOLD_X - MARGIN - _CLEAR)
_BACK = Column(_FOLD_X + _CLEAR, WIDTH - MARGIN - _FOLD_X - _CLEAR)
_BELOW = Column(MARGIN, WIDTH - 2 * MARGIN)
_BOX = Column(MARGIN + 4, WIDTH - 2 * MARGIN - 8)
# The picture is as big as what stands around it allows; smaller ones are hard to scan.
_BIGGEST, _SMALLEST = 66.0, 35.0

_TITLE, _NAME = Type(15, bold=True), Type(13, bold=True)
_HEAD, _TEXT, _SMALL = Type(9.5, bold=True), Type(9.5), Type(8, colour=GREY)
_LABEL, _TIME, _CODE = Type(8.5, colour=GREY), Type(22, bold=True), Type(21, bold=True)
_DAY, _LINK = Type(11, bold=True), Type(9.5, colour="#1F6FB5")
_GAP = 2.6


class VoucherIsVoid(Exception):
    """The voucher opens no door any more, so it is not put on paper."""


def make(
    voucher: Voucher, *, key: SigningKey, page_url: str, order_url: str = "", booking: str = ""
) -> bytes:
    """The PDF of a voucher in its order's language; the same rows and key give the same bytes.

    ``page_url`` is the voucher's page, for reading. ``order_url`` is the buyer's own page, where
    a visit is changed or cancelled: give it for the buyer's copy only, whoever has the paper has
    the right. ``booking`` is the number of the ticket's booking. Raises VoucherIsVoid.
    """
    if voucher.voided_at is not None:
        raise VoucherIsVoid
    locale = voucher.visit.order.locale
    picture = signed_code.sign(signed_code.contents_of(voucher), key=key)
    with i18n.speaking(i18n.product()[locale]):
        sheet = voucher_sheet.of_voucher(voucher, booking=booking)
        page = Page(
            title=sheet.title, author=sheet.seller, locale=locale, made_at=voucher.issued_at
        )
        _front(page, sheet, picture)
        rest = _back(page, sheet)
        links = {gettext("The voucher on the screen"): page_url}
        if order_url:
            links[gettext("Change or cancel the order")] = order_url
        _below(page, sheet, [*rest, *sheet.below], links)
        _desk(page, sheet.desk)
        return bytes(page.output())


def _front(page: Page, sheet: Sheet, picture: str) -> None:
    page.bar(_FRONT.x, MARGIN, width=_FRONT.width, height=1.6, colour=YELLOW)
    page.set_y(MARGIN + 3.6)
    page.write_in(_FRONT, sheet.seller, _SMALL, lines=1)
    page.write_in(_FRONT, sheet.heading, _TITLE)
    page.ln(_GAP / 2)
    page.write_in(_FRONT, sheet.lounge, _NAME, lines=3)
    page.write_in(_FRONT, sheet.where, _TEXT, lines=3)
    page.ln(_GAP)
    page.write_in(_FRONT, sheet.day, _DAY)
    _hours(page, sheet)
    page.write_in(_FRONT, sheet.clocks, _LABEL, lines=2)
    foot = [(sheet.code, _CODE), (sheet.say, _LABEL), (sheet.guests, _DAY)]
    height = sum(page.height_in(_FRONT, text, kind) for text, kind in foot)
    top = page.get_y()
    side = min(_BIGGEST, max(_SMALLEST, _FOLD_Y - _CLEAR - height - top))
    page.picture(picture, x=_FRONT.x + (_FRONT.width - side) / 2, y=top, side=side)
    page.set_y(top + side)
    for text, kind in foot:
        page.write_in(_FRONT, text, kind, align="C")


def _hours(page: Page, sheet: Sheet) -> None:
    """The two moments beside each other, each under its label."""
    half, top = _FRONT.width / 2, page.get_y() + 1
    bottom = top
    for x, (label, time) in ((_FRONT.x, sheet.enter), (_FRONT.x + half, sheet.leave)):
        page.set_y(top)
        page.write_in(Column(x, half - 1), label, _LABEL)
        page.write_in(Column(x, half - 1), time, _TIME)
        bottom = max(bottom, page.get_y())
    page.set_y(bottom)


def _back(page: Page, sheet: Sheet) -> list[Section]:
    """Write what fits behind the front; gives the sections that do not, for below."""
    page.rule(_FOLD_X, MARGIN, to_x=_FOLD_X, to_y=_FOLD_Y, dashed=True)
    page.rule(MARGIN, _FOLD_Y, to_x=WIDTH - MARGIN, to_y=_FOLD_Y, dashed=True)
    page.set_y(MARGIN + 3.6)
    sections = list(sheet.beside)
    while sections and page.get_y() + _height(page, _BACK, sections[0]) <= _FOLD_Y - _CLEAR:
        _write(page, _BACK, sections.pop(0))
    return sections


def _below(page: Page, sheet: Sheet, sections: list[Section], links: dict[str, str]) -> None:
    """The lower half, in two columns while the sheet has room for them and for the staff."""
    page.set_y(_FOLD_Y + 1)
    page.write_in(_BELOW, gettext("Fold along the dashed lines: it fits a pocket."), _SMALL)
    page.ln(_GAP)
    cut, high = _halves([_height(page, _FRONT, section) for section in sections])
    top, rest = page.get_y(), len(links) * _LINK.line + _GAP + _desk_height(page, sheet.desk)
    if top + high + rest <= HEIGHT - MARGIN:
        _write_all(page, _FRONT, sections[:cut])
        page.set_y(top)
        _write_all(page, _BACK, sections[cut:])
        page.set_y(top + high)
    else:
        _write_all(page, _BELOW, sections)
    for text, address in links.items():
        page.write_in(_BELOW, text, _LINK, link=address)
    page.ln(_GAP)


def _halves(heights: list[float]) -> tuple[int, float]:
    """How many go into the left column for the lowest two, and how high they are."""
    highs = [max(sum(heights[:cut]), sum(heights[cut:])) for cut in range(len(heights) + 1)]
    return highs.index(min(highs)), min(highs)


def _desk(page: Page, section: Section) -> None:
    """The block for the staff, whole on one sheet, on a ground of its own."""
    height = _desk_height(page, section)
    if page.get_y() + height > HEIGHT - MARGIN:
        page.add_page()
    page.bar(_BELOW.x, page.get_y(), width=_BELOW.width, height=height, colour=SHADE)
    page.bar(_BELOW.x, page.get_y(), width=1.2, height=height, colour=YELLOW)
    page.ln(_GAP)
    _write(page, _BOX, section)


def _desk_height(page: Page, section: Section) -> float:
    return _height(page, _BOX, section) + _GAP


def _write_all(page: Page, column: Column, sections: list[Section]) -> None:
    for section in sections:
        _write(page, column, section)


def _write(page: Page, column: Column, section: Section) -> None:
    if page.get_y() + _HEAD.line + _TEXT.line > HEIGHT - MARGIN:
        page.add_page()
    page.write_in(column, section.title, _HEAD)
    for line in _lines(section):
        page.write_in(column, line, _TEXT)
    page.ln(_GAP)


def _height(page: Page, column: Column, section: Section) -> float:
    lines = sum(page.height_in(column, line, _TEXT) for line in _lines(section))
    return page.height_in(column, section.title, _HEAD) + lines + _GAP


def _lines(section: Section) -> list[str]:
    if not section.numbered:
        return list(section.lines)
    return [f"{number}. {line}" for number, line in enumerate(section.lines, start=1)]
