"""Opening hours on the clocks of the place, over midnight and over clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from miniapp.base.i18n import Text
from miniapp.catalogue.hours import WEEKDAYS, Closure, DayException, Hours
from miniapp.catalogue.models import Lounge
from miniapp.catalogue.queries import current

BERLIN = "Europe/Berlin"
NIGHT = Hours(week={"fri": ["22:00-04:00"], "sat": ["10:00-18:00"]})
ALWAYS = Hours(week={day: ["00:00-24:00"] for day in WEEKDAYS})
BREAK = Hours(week={"mon": ["06:00-14:00", "15:00-23:00"]})


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


FRIDAY = date(2026, 12, 4)


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    after_midnight = utc(FRIDAY + timedelta(days=1), 2, 59)  # 3:59 on Saturday in Berlin
    assert NIGHT.span_around(after_midnight, BERLIN) == (
        utc(FRIDAY, 21),
        utc(FRIDAY + timedelta(days=1), 3),
    )
    assert NIGHT.span_around(after_midnight + timedelta(minutes=1), BERLIN) is None


def test_a_break_closes_the_lounge_until_the_next_span() -> None:
    monday = date(2026, 12, 7)
    assert BREAK.span_around(utc(monday, 13, 30), BERLIN) is None
    assert BREAK.span_around(utc(monday, 14), BERLIN) == (utc(monday, 14), utc(monday, 22))


def test_round_the_clock_has_no_gap_at_midnight() -> None:
    midnight = utc(FRIDAY, 23)
    span = ALWAYS.span_around(midnight, BERLIN)
    assert span is not None
    assert span[0] <= midnight - timedelta(hours=24)
    assert span[1] >= midnight + timedelta(hours=24)


def test_a_night_is_an_hour_shorter_when_clocks_go_forward() -> None:
    hours = Hours(week={"sat": ["22:00-06:00"]})
    ((start, end),) = hours.open_spans(date(2027, 3, 27), BERLIN)
    assert (start, end) == (utc(date(2027, 3, 27), 21), utc(date(2027, 3, 28), 4))
    assert end - start == timedelta(hours=7)


def test_a_night_is_an_hour_longer_when_clocks_go_back() -> None:
    hours = Hours(week={"sat": ["22:00-06:00"]})
    ((start, end),) = hours.open_spans(date(2026, 10, 24), BERLIN)
    assert (start, end) == (utc(date(2026, 10, 24), 20), utc(date(2026, 10, 25), 5))
    assert end - start == timedelta(hours=9)


@pytest.mark.parametrize(("day", "length"), [(date(2027, 3, 28), 23), (date(2026, 10, 25), 25)])
def test_round_the_clock_is_as_long_as_the_day(day: date, length: int) -> None:
    ((start, end),) = ALWAYS.open_spans(day, BERLIN)
    assert end - start == timedelta(hours=length)


def test_a_span_within_the_skipped_hour_does_not_end_before_it_begins() -> None:
    hours = Hours(week={"sun": ["02:30-03:00"]})
    ((start, end),) = hours.open_spans(date(2027, 3, 28), BERLIN)
    assert start == end


def test_an_exception_replaces_the_spans_that_begin_that_day_but_not_the_night_before() -> None:
    closed = Hours(
        week=NIGHT.week, exceptions=[DayException(day=FRIDAY + timedelta(days=1), spans=[])]
    )
    saturday = FRIDAY + timedelta(days=1)
    assert closed.span_around(utc(saturday, 2), BERLIN) is not None
    assert closed.span_around(utc(saturday, 12), BERLIN) is None


@pytest.mark.parametrize(
    "span", ["6:00-23:00", "06:00-25:00", "24:00-06:00", "06:00-06:00", "٠٦:00-٠٧:00"]
)
def test_a_span_is_written_in_one_way(span: str) -> None:
    with pytest.raises(ValidationError):
        Hours(week={"mon": [span]})


def test_hours_of_the_demo_are_what_its_file_says(demo: None) -> None:
    lounge: Lounge = current().lounges["briz-kzn"]
    assert [lounge.hours.on(FRIDAY + timedelta(days=shift)) for shift in range(3)] == [
        ["07:00-22:00"],
        ["09:00-18:00"],
        [],
    ]


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param("09:00", ("06:00", "10:00"), id="before it"),
        pytest.param("10:00", None, id="when it begins"),
        pytest.param("11:59", None, id="within it"),
        pytest.param("12:00", ("12:00", "23:00"), id="when it ends"),
    ],
)
def test_a_closure_is_cut_out_of_the_day(moment: str, opening: tuple[str, str] | None):
    hours = Hours(week={day: ["06:00-23:00"] for day in WEEKDAYS})

    def at(time: str) -> datetime:
        return datetime.fromisoformat(f"2026-12-01T{time}+03:00")

    repair = Closure(start=at("10:00"), end=at("12:00"), note=Text(ru="Ремонт", en="Repair"))

    around = hours.span_around(at(moment), "Europe/Moscow", [repair])

    assert around == (opening and (at(opening[0]), at(opening[1])))


def test_a_closure_may_run_over_midnight_and_take_a_whole_day():
    hours = Hours(week={day: ["00:00-24:00"] for day in WEEKDAYS})
    start = datetime(2026, 12, 1, 20, tzinfo=UTC)
    end = datetime(2026, 12, 3, 1, tzinfo=UTC)
    repair = Closure(start=start, end=end, note=Text(ru="Ремонт", en="Repair"))

    assert hours.open_spans(date(2026, 12, 2), "Europe/London", [repair]) == []
    before = hours.span_around(datetime(2026, 12, 1, 19, tzinfo=UTC), "Europe/London", [repair])
    assert before is not None
    assert before[1] == start
    assert hours.span_around(start, "Europe/London", [repair]) is None
    after = hours.span_around(end, "Europe/London", [repair])
    assert after is not None
    assert after[0] == end


def test_a_closure_ends_after_it_begins():
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(ValidationError):
        Closure(start=moment, end=moment, note=Text(ru="Ремонт", en="Repair"))
