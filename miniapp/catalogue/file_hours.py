"""Opening hours as a catalogue file writes them: ``mon-fri: ["06:00-14:00", "15:00-01:00"]``.

Days with the same hours share a line; a day that is not named is closed. The spans of a day
stand in order and do not overlap, nor does a night run into the next day's opening.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from miniapp.base.i18n import gettext, marked
from miniapp.catalogue.file_values import Line
from miniapp.catalogue.hours import WEEKDAYS, DayException, Hours, Span, Weekday

_DAYS = re.compile(rf"({'|'.join(WEEKDAYS)})(?:-({'|'.join(WEEKDAYS)}))?")
_DAY = 24 * 60


def _valid_days(value: str) -> str:
    match = _DAYS.fullmatch(value)
    if match is None or not _days_of(value):
        raise ValueError(marked("days are written mon, mon-fri or mon-sun"))
    return value


def _days_of(value: str) -> list[Weekday]:
    first, _, last = value.partition("-")
    names: list[str] = list(WEEKDAYS)
    return list(WEEKDAYS[names.index(first) : names.index(last or first) + 1])


def _in_order(spans: list[str]) -> list[str]:
    if any(_ends(earlier) > _begins(later) for earlier, later in pairwise(spans)):
        raise ValueError(marked("the spans of a day stand in order and do not overlap"))
    return spans


def _each_day_once(week: dict[str, list[str]]) -> dict[str, list[str]]:
    days = [day for key in week for day in _days_of(key)]
    if len(set(days)) < len(days):
        raise ValueError(marked("a day of the week is written twice"))
    return week


Days = Annotated[str, AfterValidator(_valid_days)]
Spans = Annotated[list[Span], Field(max_length=6), AfterValidator(_in_order)]


class _Written(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class DayEntry(_Written):
    """One day with other hours than the week's."""

    day: date
    spans: Spans
    note: Line | None = None


class HoursEntry(_Written):
    """Weekly hours and days that differ."""

    week: Annotated[dict[Days, Spans], AfterValidator(_each_day_once)]
    exceptions: list[DayEntry] = Field(default_factory=list, max_length=200)

    @classmethod
    def of(cls, hours: Hours) -> "HoursEntry":
        """The hours as a file writes them."""
        exceptions = [
            DayEntry(day=day.day, spans=day.spans, note=day.note) for day in hours.exceptions
        ]
        return cls(week=_shared_lines(hours), exceptions=exceptions)

    def as_hours(self) -> Hours:
        """The hours as the catalogue keeps them: every open day by its name."""
        by_day = {day: spans for key, spans in self.week.items() for day in _days_of(key)}
        return Hours(
            week={day: by_day[day] for day in WEEKDAYS if by_day.get(day)},
            exceptions=[
                DayException(day=entry.day, spans=entry.spans, note=entry.note)
                for entry in self.exceptions
            ],
        )

    def clashes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What is wrong with the hours as a whole: the path inside them and the sentence."""
        hours = self.as_hours()
        if not hours.week and not any(entry.spans for entry in self.exceptions):
            yield ("week",), gettext("the lounge is never open")
        weekly = [hours.week.get(day, []) for day in WEEKDAYS]
        for index, day in enumerate(WEEKDAYS):
            if _run_into(weekly[index], weekly[(index + 1) % 7]):
                sentence = gettext("the night of %(day)s runs into the next day's opening")
                yield ("week",), sentence % {"day": day}
        yield from self._clashing_exceptions(hours)

    def _clashing_exceptions(self, hours: Hours) -> Iterator[tuple[tuple[str | int, ...], str]]:
        seen: set[date] = set()
        for index, entry in enumerate(self.exceptions):
            around = [hours.on(entry.day + timedelta(days=shift)) for shift in (-1, 0, 1)]
            if entry.day in seen:
                yield ("exceptions", index, "day"), gettext("the day is written twice")
            elif _run_into(around[0], around[1]) or _run_into(around[1], around[2]):
                sentence = gettext("the hours of this day overlap those of a day beside it")
                yield ("exceptions", index, "spans"), sentence
            seen.add(entry.day)


def _begins(span: str) -> int:
    return int(span[0:2]) * 60 + int(span[3:5])


def _ends(span: str) -> int:
    """Minutes from the midnight that begins the day; past 24:00 for a night."""
    end = int(span[6:8]) * 60 + int(span[9:11])
    return end if end > _begins(span) else end + _DAY


def _run_into(today: list[str], tomorrow: list[str]) -> bool:
    return bool(today and tomorrow) and _ends(today[-1]) - _DAY > _begins(tomorrow[0])


def _shared_lines(hours: Hours) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for spans, group in groupby(WEEKDAYS, key=lambda day: list(hours.week.get(day, []))):
        days = list(group)
        if spans:
            lines[days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"] = spans
    return lines
