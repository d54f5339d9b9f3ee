"""Opening hours of a lounge on the clocks of its place.

Hours are a list of spans per weekday; a break is the gap between two spans, a span that ends
before it begins runs past midnight, ``00:00-24:00`` is round the clock. A dated exception
replaces the spans that begin on that day. Everything is computed on wall-clock days and
compared as moments, so a clock change costs or adds an hour as it does in life. A closure is
a span of time, such as a repair, that is cut out of whatever the hours say.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from miniapp.base.i18n import Text, marked

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _valid_span(value: str) -> str:
    if not _SPAN.fullmatch(value) or value[:5] == value[6:]:
        raise ValueError(marked("a span is written 06:00-23:00, round the clock 00:00-24:00"))
    return value


Span = Annotated[str, AfterValidator(_valid_span)]


class DayException(BaseModel):
    """The hours of one day that differ from the week's; no spans means closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    spans: list[Span] = Field(max_length=6)
    note: Text | None = None


class Closure(BaseModel):
    """From when to when nobody is let in, half open, and what the traveller is told of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: AwareDatetime
    end: AwareDatetime
    note: Text

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.end <= self.start:
            raise ValueError(marked("a closure ends after it begins"))
        return self


Opening = tuple[datetime, datetime]


class Hours(BaseModel):
    """Weekly hours with dated exceptions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    week: dict[Weekday, list[Span]]
    exceptions: list[DayException] = Field(default_factory=list)

    def on(self, day: date) -> list[str]:
        """The spans that begin on a day, as written: ``["06:00-14:00", "15:00-23:00"]``."""
        for exception in self.exceptions:
            if exception.day == day:
                return list(exception.spans)
        return list(self.week.get(WEEKDAYS[day.weekday()], ()))

    def open_spans(self, day: date, zone: str, closures: Sequence[Closure] = ()) -> list[Opening]:
        """What is left of the spans that begin on a day, as moments in UTC, half open."""
        return list(_without(closures, (_moments(day, span, zone) for span in self.on(day))))

    def span_around(
        self, moment: datetime, zone: str, closures: Sequence[Closure] = ()
    ) -> Opening | None:
        """The unbroken opening around a moment, joined over midnight; None when closed."""
        local = moment.astimezone(ZoneInfo(zone)).date()
        days = [local + timedelta(days=n) for n in (-1, 0, 1)]
        spans = sorted(span for day in days for span in self.open_spans(day, zone, closures))
        joined: list[Opening] = []
        for start, end in spans:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return next((span for span in joined if span[0] <= moment < span[1]), None)


def _without(closures: Sequence[Closure], spans: Iterable[Opening]) -> Iterable[Opening]:
    """The parts of the spans in which no closure lies."""
    for closure in sorted(closures, key=lambda closure: closure.start):
        spans = [part for span in spans for part in _cut(closure, *span)]
    return spans


def _cut(closure: Closure, start: datetime, end: datetime) -> list[Opening]:
    if closure.end <= start or end <= closure.start:
        return [(start, end)]
    parts = [(start, closure.start.astimezone(UTC)), (closure.end.astimezone(UTC), end)]
    return [(begins, ends) for begins, ends in parts if begins < ends]


@lru_cache(maxsize=4096)
def _moments(day: date, span: str, zone: str) -> Opening:
    match = _TIME.fullmatch(span)
    if match is None:
        raise ValueError(span)
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    past_midnight = (to_hour, to_minute) <= (from_hour, from_minute)
    end_day = day + timedelta(days=1) if past_midnight or to_hour == 24 else day
    start = datetime.combine(day, time(from_hour, from_minute), ZoneInfo(zone))
    end = datetime.combine(end_day, time(to_hour % 24, to_minute), ZoneInfo(zone))
    # A span inside the hour that the clocks jump over never opens, and ends no earlier.
    return start.astimezone(UTC), max(start.astimezone(UTC), end.astimezone(UTC))
