"""A telephone takes the visit into its calendar, changes it there, and takes it away again."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from miniapp.orders.models import Voucher
from miniapp.papers import calendar_file
from tests.builders import make_operator, make_place, text
from tests.papers.vouchers import CODE, ENTRY, ISSUED, PAGE, make_long_voucher, make_voucher


def made(voucher: Voucher) -> tuple[Calendar, Event]:
    """The file as a calendar reads it."""
    calendar = Calendar.from_ical(calendar_file.make(voucher, page_url=PAGE))
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    assert calendar.errors == event.errors == []
    return calendar, event


def test_the_visit_is_there_with_its_hours_its_place_and_its_code():
    calendar, event = made(make_voucher())

    assert calendar["method"] == "PUBLISH"
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 2)
    assert event.start == ENTRY
    assert event.end == ENTRY + timedelta(hours=2, minutes=20)
    assert event["dtstamp"].dt == ISSUED
    assert event["summary"] == "Бизнес-зал «Бриз»"
    assert event["location"] == (
        "Курумоч, Самара, терминал 1, 2-й этаж, внутр. рейсы, после досмотра"
    )
    assert event["geo"].to_ical() == "53.505;50.164"
    assert event["x-apple-structured-location"] == "geo:53.505,50.164"
    assert event["url"] == PAGE
    assert event["description"].splitlines() == [
        "Код ваучера: ACE23-45HKP",
        "Вход с 17:15, выйти до 19:35 (местное время, Самара, UTC+4)",
        "1 взрослый, 1 ребёнок",
        "XX 417, 20:15",
        "1. Пройдите досмотр.",
        "2. Поверните налево к выходу 7.",
        "Ориентир: синяя дверь у кофейни",
        f"Ваучер с QR-кодом: {PAGE}",
        "Помощь: +7 846 000-00-00, help@briz-lounge.example",
    ]


def test_the_telephone_reminds_two_hours_before():
    _calendar, event = made(make_voucher())

    (alarm,) = event.alarms.times
    assert alarm.trigger == ENTRY - timedelta(hours=2)
    assert alarm.alarm["action"] == "DISPLAY"
    assert alarm.alarm["description"] == "Через два часа: бизнес-зал «Бриз»"


def test_it_speaks_the_language_of_the_order():
    _calendar, event = made(make_voucher(locale="en"))

    assert event["summary"] == "Business lounge “Briz”"
    assert "Entry from 17:15, leave by 19:35 (local time, Samara, UTC+4)" in event["description"]


@pytest.mark.parametrize("make_one", [make_voucher, lambda: make_long_voucher("ru")])
def test_every_line_is_one_that_a_calendar_must_take(make_one):
    file = calendar_file.make(make_one(), page_url=PAGE)

    lines = file.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert b"TZID" not in file
    assert file == calendar_file.make(make_one(), page_url=PAGE)


def test_a_changed_visit_changes_the_same_entry_and_a_void_one_takes_it_away():
    voucher = make_voucher()
    _calendar, first = made(voucher)

    voucher.generation += 1
    voucher.visit.starts_at += timedelta(hours=1)
    _calendar, changed = made(voucher)
    voucher.voided_at = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    calendar, cancelled = made(voucher)

    assert first["uid"] == changed["uid"] == cancelled["uid"]
    assert first["sequence"] < changed["sequence"] < cancelled["sequence"]
    assert calendar["method"] == calendar_file.method(voucher) == "CANCEL"
    assert cancelled["status"] == "CANCELLED"
    assert cancelled["dtstamp"].dt == voucher.voided_at
    assert CODE[:5] not in cancelled.to_ical().decode()
    assert cancelled.walk("VALARM") == []


def test_two_visits_of_an_order_are_two_entries():
    first, second = make_voucher(), make_voucher()
    second.visit.position = 2

    assert made(first)[1]["uid"] != made(second)[1]["uid"]


def test_a_place_without_coordinates_is_told_in_words_alone():
    _calendar, event = made(make_voucher(place=make_place(lat=None, lon=None)))

    assert "geo" not in event
    assert "x-apple-structured-location" not in event
    assert event["location"].startswith("Курумоч")


@pytest.mark.parametrize(
    "words",
    [
        'Зал "Бриз"; BEGIN:VALARM',
        "Бриз\r\nATTENDEE:mailto:a@b.example",
        "Бриз\nEND:VEVENT",
        "Б\\nриз,;:",
    ],
)
def test_words_of_the_catalogue_never_become_properties(words: str):
    said = text(words, words)
    voucher = make_voucher(
        name=said, floor=said, operator=make_operator(name=said), landmark=said, way=[said]
    )

    calendar, event = made(voucher)

    assert len(list(calendar.walk())) == 3
    assert "attendee" not in event
    assert event["uid"] == made(make_voucher())[1]["uid"]
