"""Does this lounge suit this traveller, and from when to when, in clock times."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.catalogue.hours import WEEKDAYS, DayException, Hours
from miniapp.catalogue.models import Direction, Zone
from miniapp.trip.fit import Fit, Reason, Trip, Verdict, Why, check
from tests.builders import text
from tests.trip.conftest import PointsOf, lounge_at

MOSCOW = ZoneInfo("Europe/Moscow")
DEPARTURE, TRANSFER, ARRIVAL = Direction.DEPARTURE, Direction.TRANSFER, Direction.ARRIVAL


def at(clock: str, day: int = 14) -> datetime:
    """A time of day of December 2026 in Moscow."""
    return datetime.fromisoformat(f"2026-12-{day:02}T{clock}").replace(tzinfo=MOSCOW)


def clocks(fit: Fit) -> tuple[str, str]:
    """The window on the clocks of Moscow."""
    assert fit.window is not None
    start, end = (
        moment.astimezone(MOSCOW).strftime("%H:%M")
        for moment in (fit.window.starts_at, fit.window.leave_by)
    )
    return start, end


EVENING = Trip(direction=DEPARTURE, at=at("20:15"), terminal="C", zone=Zone.DOMESTIC)
NOW = at("12:00", day=1)
BY_DAY = Hours(week={day: ["06:00-14:00", "15:00-23:00"] for day in WEEKDAYS})


def judged(start: str, trip: Trip = EVENING, now: datetime = NOW, **lounge: object) -> Fit:
    return check(lounge=lounge_at(**lounge), trip=trip, now=now, starts_at=at(start))


def whys(fit: Fit) -> list[Why]:
    return [reason.why for reason in fit.reasons]


def test_the_ticket_of_the_example_enters_at_17_15_and_leaves_by_19_35(points_of: PointsOf):
    point = points_of("air-one-way-business")[0]
    trip = Trip(point.direction, point.at, point.terminal, point.zone, point.since)

    fit = check(lounge=lounge_at(), trip=trip, now=NOW)

    assert (fit.verdict, fit.reasons) == (Verdict.FITS, ())
    assert clocks(fit) == ("17:15", "19:35")
    assert fit.window is not None
    assert fit.window.seats_until == at("20:15"), "seats are taken for the whole stay"


@pytest.mark.parametrize(
    ("start", "verdict", "reasons"),
    [
        ("17:15", Verdict.FITS, []),
        ("17:14", Verdict.DOES_NOT_FIT, [Why.TOO_EARLY]),
        ("19:34", Verdict.FITS, []),
        ("19:35", Verdict.DOES_NOT_FIT, [Why.AFTER_BOARDING]),
    ],
)
def test_a_guest_enters_within_the_hours_of_the_flight(
    start: str, verdict: Verdict, reasons: list[Why]
):
    fit = judged(start)

    assert (fit.verdict, whys(fit)) == (verdict, reasons)


def test_a_refusal_says_the_moment_that_was_missed():
    assert judged("17:14").reasons == (Reason(Why.TOO_EARLY, moment=at("17:15")),)
    assert judged("19:35").reasons == (Reason(Why.AFTER_BOARDING, moment=at("19:35")),)


@pytest.mark.parametrize(
    ("start", "fits", "leave_by"),
    [("05:59", False, ""), ("06:00", True, "09:00"), ("12:30", True, "14:00"),
     ("14:00", False, ""), ("15:00", True, "18:00"), ("22:00", True, "23:00"),
     ("23:00", False, "")],
)  # fmt: skip
def test_a_visit_is_within_the_opening_hours(start: str, fits: bool, leave_by: str):
    fit = judged(start, Trip(direction=DEPARTURE), hours=BY_DAY)

    assert (fit.verdict is Verdict.FITS) == fits
    assert whys(fit) == ([] if fits else [Why.CLOSED_THEN])
    if fits:
        assert clocks(fit) == (start, leave_by)


def test_a_dated_exception_closes_the_lounge_and_the_proposal_says_so():
    holiday = BY_DAY.model_copy(
        update={"exceptions": [DayException(day=date(2026, 12, 14), spans=[])]}
    )

    fit = check(lounge=lounge_at(hours=holiday), trip=EVENING, now=NOW)

    assert fit.verdict is Verdict.DOES_NOT_FIT


def test_another_terminal_needs_consent_and_tells_the_walk():
    fit = judged("18:00", Trip(direction=DEPARTURE, at=at("20:15"), terminal="D"))

    assert (fit.verdict, fit.reasons) == (
        Verdict.FITS_IF,
        (Reason(Why.OTHER_TERMINAL, minutes=9),),
    )


@pytest.mark.parametrize(
    ("served", "flies", "fits"),
    [
        (Zone.DOMESTIC, Zone.INTERNATIONAL, False),
        (Zone.INTERNATIONAL, Zone.DOMESTIC, False),
        (Zone.INTERNATIONAL, Zone.INTERNATIONAL, True),
        (Zone.ANY, Zone.INTERNATIONAL, True),
        (Zone.DOMESTIC, None, True),
    ],
)
def test_nobody_is_sold_a_lounge_behind_another_passport_control(
    served: Zone, flies: Zone | None, fits: bool
):
    fit = judged("18:00", Trip(direction=DEPARTURE, zone=flies), zone_served=served)

    assert fit.verdict is (Verdict.FITS if fits else Verdict.DOES_NOT_FIT)


def test_a_visit_is_bought_until_the_lead_time_and_not_later():
    assert judged("18:00", now=at("17:00")).verdict is Verdict.FITS

    late = judged("18:00", now=at("17:00") + timedelta(seconds=1))
    assert late.reasons == (Reason(Why.TOO_LATE_TO_BUY, moment=at("17:00")),)
    assert late.verdict is Verdict.DOES_NOT_FIT


def test_what_is_proposed_can_still_be_bought():
    fit = check(lounge=lounge_at(), trip=EVENING, now=at("17:02"))

    assert fit.verdict is Verdict.FITS
    # An hour before the start the sale ends, and a quarter of an hour is left to pay.
    assert clocks(fit) == ("18:20", "19:35")


def test_a_lounge_that_does_not_sell_or_not_for_arrivals_does_not_fit():
    closed = judged("18:00", closed_note=text("Ремонт", "Repairs"))
    arriving = judged("21:00", Trip(direction=ARRIVAL, at=at("20:15")))

    assert (closed.verdict, whys(closed)) == (Verdict.DOES_NOT_FIT, [Why.NOT_SOLD_NOW])
    assert (arriving.verdict, whys(arriving)) == (Verdict.DOES_NOT_FIT, [Why.NOT_FOR_DIRECTION])


def test_a_lounge_that_does_not_sell_says_so_to_whoever_has_no_flight_yet():
    shut = lounge_at(closed_note=text("Ремонт", "Repairs"))

    fit = check(lounge=shut, trip=Trip(direction=DEPARTURE), now=NOW)

    assert (fit.verdict, whys(fit)) == (Verdict.DOES_NOT_FIT, [Why.NOT_SOLD_NOW])


def test_an_arrival_begins_after_the_landing():
    landing = Trip(direction=ARRIVAL, at=at("20:15"))
    lounge = lounge_at(directions=[ARRIVAL])

    assert clocks(check(lounge=lounge, trip=landing, now=NOW)) == ("20:35", "23:35")
    before = judged("20:14", landing, directions=[ARRIVAL])
    assert before.reasons == (Reason(Why.TOO_EARLY, moment=at("20:15")),)


def test_a_transfer_lies_between_landing_and_boarding():
    trip = Trip(direction=TRANSFER, at=at("20:15"), since=at("18:00"))

    assert clocks(check(lounge=lounge_at(), trip=trip, now=NOW)) == ("18:20", "19:35")
    assert whys(judged("17:59", trip)) == [Why.TOO_EARLY]


def test_a_place_in_another_zone_is_judged_by_its_own_clocks():
    day_time = Hours(week={day: ["08:00-20:00"] for day in WEEKDAYS})
    lounge = lounge_at("KJA", terminal=None, hours=day_time)

    # 7:30 in Krasnoyarsk is still night in Moscow; at 8:00 the lounge opens.
    for clock, fits in (("03:30", False), ("04:00", True), ("15:59", True), ("16:00", False)):
        fit = check(lounge=lounge, trip=Trip(DEPARTURE), now=NOW, starts_at=at(clock))
        assert (fit.verdict is Verdict.FITS) == fits


@given(
    leaves=st.integers(0, 3 * 24 * 3600),
    bought=st.integers(0, 3 * 24 * 3600),
    direction=st.sampled_from(Direction),
    stay=st.integers(10, 24 * 60),
)
def test_a_fit_is_a_visit_that_can_take_place(
    leaves: int, bought: int, direction: Direction, stay: int
):
    """Whatever is called fitting lies in the opening hours, within the stay, before boarding."""
    lounge = lounge_at(hours=BY_DAY, directions=list(Direction))
    trip = Trip(direction=direction, at=NOW + timedelta(seconds=leaves))
    now = NOW + timedelta(seconds=bought)

    fit = check(lounge=lounge, trip=trip, now=now, stay_minutes=stay)

    assert fit.window is not None
    if fit.verdict is not Verdict.FITS:
        return
    start, end = fit.window.starts_at, fit.window.leave_by
    assert start < end <= start + timedelta(minutes=stay)
    assert now + timedelta(minutes=60) <= start
    assert trip.at is not None
    if direction is ARRIVAL:
        assert trip.at <= start
    else:
        assert trip.at - timedelta(hours=3) <= start
        assert end <= trip.at - timedelta(minutes=40)
    opening = lounge.hours.span_around(start, "Europe/Moscow")
    assert opening is not None
    assert end <= opening[1]
