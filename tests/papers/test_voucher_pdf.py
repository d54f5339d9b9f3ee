"""The printed voucher says all, in reading order, and its picture opens the door."""

import io
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from miniapp.catalogue.models import Kind, RefundStep, Zone
from miniapp.orders.models import Guest, GuestKind, GuestState, Voucher
from miniapp.orders.signed_code import contents_of, verify
from miniapp.papers import voucher_pdf
from miniapp.papers.voucher_pdf import VoucherIsVoid
from tests.builders import make_place, text
from tests.papers.vouchers import ENTRY, ISSUED, KEY, ORDER, PAGE, make_long_voucher, make_voucher

RUSSIAN = """\
Бриз Лаунж
Ваучер в бизнес-зал
Бриз
Курумоч, Самара, терминал 1, 2-й этаж, внутр. рейсы,
после досмотра
14 декабря 2026, понедельник
Вход с
17:15
Выйти до
19:35
местное время, Самара, UTC+4
ACE23-45HKP
Покажите QR-код или назовите код вслух
1 взрослый, 1 ребёнок
Гости
Вера Заречная, взрослый
Ребёнок
Рейс
XX 417, 20:15
Бронирование 7QF3KD
Заказ LNG-23456789A
Как пройти
1. Пройдите досмотр.
2. Поверните налево к выходу 7.
Ориентир
синяя дверь у кофейни
Возьмите с собой
Посадочный талон
Сложите по пунктиру — поместится в карман.
Оплачено дополнительно
Душ
Правила входа
Дети только со взрослым.
Если вы отмените
до 17:15, 13 декабря, воскресенье: вернём 7 350,50 ₽
позже: деньги не возвращаются
Если зал не сможет вас принять или рейс (поезд)
отменят, вернём всё.
Помощь
+7 846 000-00-00, help@briz-lounge.example
Ваучер на экране
Изменить или отменить заказ
Сотруднику зала: если код не считывается
1. Прибавьте яркость экрана или разгладьте бумагу, поднесите код ближе.
2. Введите код ACE23-45HKP; регистр, дефис и раскладка не важны.
3. Найдите визит по имени гостя или по заказу LNG-23456789A.
4. Без сети подлинность ваучера видна по самому QR-коду; отметка о входе уйдёт позже.
5. Если сомневаетесь, позвоните +7 846 000-00-00, прежде чем отказать гостю."""

ENGLISH = """\
Briz Lounge
Voucher to the business lounge
Briz
Kurumoch, Samara, terminal 1, floor 2, domestic flights,
after the security check
Monday, 14 December 2026
Entry from
17:15
Leave by
19:35
local time, Samara, UTC+4
ACE23-45HKP
Show the QR code or read the code aloud
1 adult, 1 child
Guests
Вера Заречная, adult
Child
Flight
XX 417, 20:15
Booking 7QF3KD
Order LNG-23456789A
How to get there
1. Pass the security check.
2. Turn left to gate 7.
Landmark
the blue door by the coffee shop
Bring with you
Your boarding pass
Fold along the dashed lines: it fits a pocket.
Paid extras
Shower
Rules of entry
Children only with an adult.
If you cancel
until 17:15, Sunday, 13 December: RUB 7,350.50 back
later: nothing comes back
If the lounge cannot admit you, or your flight or train is
cancelled, everything comes back.
Help
+7 846 000-00-00, help@briz-lounge.example
The voucher on the screen
Change or cancel the order
For the staff: if the QR code does not scan
1. Turn the screen to full brightness, smooth out the paper, come closer.
2. Type the code ACE23-45HKP; capitals, hyphen and alphabet do not matter.
3. Look for the visit by the guest's name or by the order LNG-23456789A.
4. Without a network the QR code alone proves that the voucher is genuine; the entry is sent later.
5. In doubt call +7 846 000-00-00 before you turn anybody away."""

FOLD = 297 / 2 / 25.4 * 72


def make(voucher: Voucher, **changes: Any) -> bytes:
    values = {"key": KEY, "page_url": PAGE, "order_url": ORDER, "booking": "7QF3KD"}
    return voucher_pdf.make(voucher, **values | changes)


def read(pdf: bytes) -> str:
    """The words of all sheets in the order of the file, spaces of a sum as ordinary ones."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    words = "\n".join(page.extract_text() for page in pages)
    return words.replace("\u00a0", " ")


def seen(pdf: bytes, *, dots_per_inch: int) -> list[Image.Image]:
    """The sheets as a viewer shows them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        scale = dots_per_inch / 72
        return [page.render(scale=scale, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def written_where(pdf: bytes) -> list[tuple[str, float, float]]:
    """Every piece of text of the first sheet and where it stands, in points from below left."""
    pieces: list[tuple[str, float, float]] = []

    def note(piece: str, _cm: Any, matrix: list[float], _font: Any, _size: Any) -> None:
        if piece.strip():
            pieces.append((piece.strip(), matrix[4], matrix[5]))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return pieces


@pytest.mark.parametrize(("locale", "words"), [("ru", RUSSIAN), ("en", ENGLISH)])
def test_it_says_all_there_is_in_the_order_in_which_it_is_read(locale: str, words: str):
    assert read(make(make_voucher(locale=locale))).splitlines() == words.splitlines()


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize(
    "make_one", [lambda locale: make_voucher(locale=locale), make_long_voucher]
)
@pytest.mark.parametrize("dots_per_inch", [96, 150])
def test_whoever_has_the_public_key_reads_the_voucher_from_its_picture(
    make_one: Any, locale: str, dots_per_inch: int
):
    voucher = make_one(locale)

    (sheet,) = seen(make(voucher), dots_per_inch=dots_per_inch)

    (found,) = zxingcpp.read_barcodes(sheet)
    assert verify(found.text, keys=[KEY.public], now=ENTRY) == contents_of(voucher)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_long_texts_and_a_party_of_nine_stay_on_one_sheet_and_above_the_fold(locale: str):
    pdf = make(make_long_voucher(locale))

    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    words = read(pdf)
    assert all(f"Константинопольская-Преображенская {n}-я" in words for n in range(1, 10))
    heights = {piece: y for piece, _x, y in written_where(pdf)}
    assert heights["ACE23-45HKP"] > FOLD
    assert heights["1 взрослый, 8 детей" if locale == "ru" else "1 adult, 8 children"] > FOLD


def test_what_one_sheet_cannot_hold_goes_on_to_the_next_and_is_not_lost():
    much = text("слово " * 60 + "конец", "word " * 60 + "end")
    voucher = make_voucher(
        names=tuple(f"{'Щ' * 90} {n}" for n in range(50)),
        name=text("Преображенский " * 40, "Preobrazhensky " * 40),
        way=[much] * 5,
        rules=[much] * 20,
        bring=[much] * 10,
    )

    pdf = make(voucher)

    words = read(pdf)
    sheets = PdfReader(io.BytesIO(pdf)).pages
    assert len(sheets) > 1
    assert words.count("конец") == 35
    assert [sheet.extract_text()[0] for sheet in sheets[1:]] == [
        str(number) for number in range(2, len(sheets) + 1)
    ]
    assert "1 взрослый, 49 детей" in words
    front = [piece for piece in written_where(pdf) if piece[0] == "1 взрослый, 49 детей"]
    assert front[0][2] > FOLD
    assert "5. Если сомневаетесь" in sheets[-1].extract_text()
    assert any(zxingcpp.read_barcodes(sheet) for sheet in seen(pdf, dots_per_inch=150))


def test_the_same_voucher_and_key_make_the_same_file():
    assert make(make_voucher()) == make(make_voucher())


@pytest.mark.parametrize("make_one", [make_voucher, lambda: make_long_voucher("ru")])
def test_it_is_small_enough_for_a_letter(make_one: Any):
    assert len(make(make_one())) < 120_000


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("ru", "Ваучер ACE23-45HKP, бизнес-зал «Бриз»"),
        ("en", "Voucher ACE23-45HKP, business lounge “Briz”"),
    ],
)
def test_a_screen_reader_is_told_the_language_and_the_title(locale: str, title: str):
    document = PdfReader(io.BytesIO(make(make_voucher(locale=locale))))

    assert document.metadata is not None
    assert document.metadata.title == title
    assert document.metadata.creation_date == ISSUED
    assert document.trailer["/Root"]["/Lang"] == locale
    assert document.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"] is not None


def links(pdf: bytes) -> list[str]:
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    return [note.get_object()["/A"]["/URI"] for note in page.get("/Annots", [])]


def test_only_the_buyers_copy_carries_the_link_that_changes_the_order():
    assert links(make(make_voucher())) == [PAGE, ORDER]
    assert links(make(make_voucher(), order_url="")) == [PAGE]


def test_a_void_voucher_is_not_printed():
    voucher = make_voucher()
    voucher.voided_at = ISSUED

    with pytest.raises(VoucherIsVoid):
        make(voucher)


def test_guests_who_left_are_neither_expected_nor_counted_in_the_sums():
    voucher = make_voucher()
    voucher.visit.guests[1].state = GuestState.WITHDRAWN
    voucher.visit.order.lines[1].refund_id = 1

    words = read(make(voucher)).splitlines()

    assert "1 взрослый" in words
    assert "Ребёнок" not in words
    assert "до 17:15, 13 декабря, воскресенье: вернём 5 100 ₽" in words


def test_each_age_is_counted_by_its_own_word():
    voucher = make_voucher(names=("",) * 6)
    voucher.visit.guests.append(Guest(kind=GuestKind.INFANT, name="", state=GuestState.EXPECTED))

    assert "1 взрослый, 5 детей, 1 младенец" in read(make(voucher)).splitlines()


def test_a_visit_into_the_night_says_on_which_day_it_ends():
    voucher = make_voucher()
    voucher.visit.leave_by = ENTRY + timedelta(hours=8)

    words = read(make(voucher))

    assert "Выйти до, 15 декабря,\nвторник\n01:15" in words


def test_a_railway_lounge_speaks_of_a_train_and_not_of_controls():
    station = make_place(code="2000003", kind=Kind.STATION, name=text("Казанский", "Kazansky"))
    voucher = make_voucher(place=station, terminal=None, zone_served=Zone.ANY)

    words = read(make(voucher)).splitlines()

    assert "Казанский, Самара, 2-й этаж" in words
    assert "Поезд" in words
    assert "Рейс" not in words


NOTHING = "незадолго до посещения деньги уже не\nвозвращаются"
LATER = "позже: деньги не возвращаются"


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        ([], [NOTHING]),
        ([(500, 100)], [NOTHING]),
        ([(500, 100), (24, 50), (0, 0)], ["до 17:15, 13 декабря, воскресенье: ", LATER]),
        (
            [(6, 30), (48, 100)],
            ["до 17:15, 12 декабря, суббота: ", "до 11:15, 14 декабря, понедельник: ", LATER],
        ),
    ],
)
def test_only_the_rungs_that_were_still_ahead_at_the_sale_are_promised(
    ladder: list[tuple[int, int]], said: list[str]
):
    steps = [RefundStep(hours=hours, percent=percent) for hours, percent in ladder]

    words = read(make(make_voucher(refund_ladder=steps)))

    promised = words.partition("Если вы отмените\n")[2].partition("\nЕсли зал")[0]
    assert re.sub(r"вернём .*", "", promised) == "\n".join(said)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("李小龙", "□□□, взрослый"),
        ("Вера\x00\u202e\u200b Заречная", "Вера Заречная, взрослый"),
        ("**Вера** <b>&amp;", "**Вера** <b>&amp;, взрослый"),
        ("И\u0306осиф Ғани Ünsal", "Йосиф Ғани Ünsal, взрослый"),
    ],
)
def test_a_name_from_a_strangers_hand_breaks_nothing(name: str, printed: str):
    assert printed in read(make(make_voucher(names=(name,))))
