"""A file taken in: found again, changed, left alone, and given out the same."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniapp.base.db import reading, transaction
from miniapp.base.i18n import Text
from miniapp.catalogue.exporting import as_yaml, export_text
from miniapp.catalogue.file_yaml import read as read_yaml
from miniapp.catalogue.hours import Hours
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.catalogue.models import Edition, Extra, Lounge, Place, Rate
from miniapp.catalogue.queries import current
from miniapp.operators.models import Operator
from tests.catalogue.conftest import SMALL

Write = Callable[..., Path]


def edition() -> int:
    reading().rollback()
    row = reading().get(Edition, 1)
    return row.number if row else 0


def change(slug: str, **values: object) -> None:
    """What the desk or the marketplace does to a lounge."""
    with transaction() as session:
        lounge = session.query(Lounge).filter_by(slug=slug).one()
        for name, value in values.items():
            setattr(lounge, name, value)
        session.get_one(Edition, 1).number += 1


def test_the_same_file_taken_twice_changes_nothing(database: str, now: datetime) -> None:
    first = import_file(DEMO_FILE, now=now)
    assert all(first.created.values())
    before = edition()
    second = import_file(DEMO_FILE, now=now)
    assert not second.changed
    assert second.unchanged == first.created
    assert edition() == before


def test_roubles_become_kopecks_and_spans_minutes(
    database: str, written: Write, now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    lounge = current().lounges["volna-kuf"]
    (rate,), (shower,) = lounge.rates, lounge.extras
    assert (rate.adult, rate.child, rate.infant, shower.price) == (450_000, 225_050, None, 90_000)
    assert (lounge.stay_minutes, lounge.boarding_minutes, lounge.lead_minutes) == (180, 40, 60)
    assert lounge.hours == Hours(week={day: ["06:00-23:00"] for day in lounge.hours.week})
    assert len(lounge.hours.week) == 7


def test_a_changed_entry_is_changed_and_its_rates_stay_the_same_rows(
    database: str, written: Write, now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    old = current().lounges["volna-kuf"]
    changed = SMALL.replace("adult: 4500", "adult: 4999.99").replace("capacity: 6", "capacity: 4")
    report = import_file(written(changed), now=now)
    assert report.updated == {"operators": 0, "places": 0, "lounges": 1}
    new = current().lounges["volna-kuf"]
    assert (new.capacity, new.rates[0].adult) == (4, 499_999)
    assert (new.id, new.rates[0].id, new.extras[0].id) == (
        old.id,
        old.rates[0].id,
        old.extras[0].id,
    )


def test_rates_and_extras_that_the_file_no_longer_has_are_gone(
    database: str, written: Write, now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    without_extras = SMALL.split("    extras:")[0]
    assert import_file(written(without_extras), now=now).updated["lounges"] == 1
    renamed = without_extras.replace("code: standard", "code: night")
    assert import_file(written(renamed), now=now).updated["lounges"] == 1
    lounge = current().lounges["volna-kuf"]
    assert ([rate.code for rate in lounge.rates], lounge.extras) == (["night"], [])


def test_lounges_the_file_does_not_name_stay(database: str, written: Write, now: datetime) -> None:
    import_file(DEMO_FILE, now=now)
    import_file(written(SMALL), now=now)
    assert set(current().lounges) > {"volna-kuf", "briz-svo-c"}


def test_a_dry_run_reports_and_writes_nothing(database: str, written: Write, now: datetime) -> None:
    assert import_file(written(SMALL), now=now, dry_run=True).created["lounges"] == 1
    assert (edition(), dict(current().lounges)) == (0, {})


def test_a_lounge_may_stand_alone_when_the_database_knows_its_operator_and_place(
    database: str, written: Write, now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    alone = SMALL[SMALL.index("lounges:") :].replace("volna-kuf", "volna-two")
    assert import_file(written(alone), now=now).created["lounges"] == 1


WITHOUT_PLACES = SMALL[: SMALL.index("places:")] + SMALL[SMALL.index("lounges:") :]


def test_a_lounge_may_stand_at_any_place_of_the_world_without_an_entry_for_it(
    database: str, written: Write, now: datetime
) -> None:
    at_samui = WITHOUT_PLACES.replace("place: KUF", "place: USM")
    tried = import_file(written(at_samui), now=now, dry_run=True)
    assert tried.created == {"operators": 1, "places": 1, "lounges": 1}
    assert (edition(), reading().get(Place, "USM")) == (0, None)

    assert import_file(written(at_samui), now=now).created == tried.created
    place = current().lounges["volna-kuf"].place
    assert (place.name.ru, place.zone, place.country) == ("Самуи", "Asia/Bangkok", "TH")
    assert not import_file(written(at_samui), now=now).changed
    assert edition() == 1


def test_an_entry_stands_over_the_world_until_another_entry_comes(
    database: str, written: Write, now: datetime
) -> None:
    renamed = SMALL.replace("{ru: Курумоч, en: Kurumoch}", "{ru: Смышляевка, en: Smyshlyaevka}")
    import_file(written(renamed), now=now)
    assert not import_file(written(WITHOUT_PLACES), now=now).changed
    assert current().places["KUF"].name.ru == "Смышляевка"
    assert import_file(written(SMALL), now=now).updated["places"] == 1


def test_a_lounge_closed_at_the_desk_stays_closed_until_the_file_opens_it(
    database: str, written: Write, now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    change("volna-kuf", closed_note=Text(ru="Ремонт", en="Repairs"), shop_id=4821)
    assert not import_file(written(SMALL), now=now).changed
    assert current().lounges["volna-kuf"].closed_note is not None
    import_file(written(SMALL.replace("capacity: 6", "capacity: 6\n    closed_note:")), now=now)
    lounge = current().lounges["volna-kuf"]
    assert (lounge.closed_note, lounge.shop_id) == (None, 4821)


def test_an_empty_file_changes_nothing(database: str, written: Write, now: datetime) -> None:
    for text in ("", "places:\n", "# nothing\n"):
        assert not import_file(written(text), now=now).changed


def test_the_exported_catalogue_is_taken_in_as_the_same(
    sqlite: None, written: Write, now: datetime
) -> None:
    import_file(DEMO_FILE, now=now)
    note = Text(ru="Ремонт до марта\n\n- душ\n- кухня", en="Repairs: #1 'soon'")
    change("briz-led", closed_note=note, shop_id=77, photos=["led-1.webp"], is_public=False)
    exported = export_text(format="yaml")
    assert not import_file(written(exported), now=now).changed
    assert export_text(format="yaml") == exported


def test_the_exported_catalogue_fills_an_empty_database_the_same(
    demo: None, written: Write, now: datetime
) -> None:
    exported = export_text(format="yaml")
    with transaction() as session:
        for table in (Rate, Extra, Lounge, Place, Operator):
            session.execute(sa.delete(table))
        session.get_one(Edition, 1).number += 1
    assert not current().lounges
    import_file(written(exported), now=now)
    assert export_text(format="yaml") == exported


def test_exported_places_are_taken_in_as_the_same(
    sqlite: None, written: Write, now: datetime
) -> None:
    import_file(DEMO_FILE, now=now)
    table = export_text(format="csv")
    for name, text in (("a.csv", table), ("b.csv", "\ufeff" + table.replace("\r\n", "\n"))):
        report = import_file(written(text, name), now=now)
        assert report.unchanged["places"] == len(table.splitlines()) - 1 > 5
        assert not report.changed


AWKWARD = ["null", "~", "1e3", "2026-11-01", "0x1F", "a: b #c", "- x", "?0", "yes", "'", '"', "%"]
PRINTED = st.characters(exclude_categories=["Cc", "Cs"])
SIGNS = st.sampled_from("?:-#,[]{}&*!|>'\"%@` ~=<\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(PRINTED | SIGNS).map(str.strip).filter(bool), max_size=5))
def test_texts_that_look_like_something_else_stay_texts(written: Write, texts: list[str]) -> None:
    path = written(as_yaml({"places": [*texts, *AWKWARD]}))
    assert read_yaml(path).data == {"places": [*texts, *AWKWARD]}


def test_closures_are_moments_with_a_note_and_stay_when_a_file_does_not_name_them(
    database: str, written: Write, now: datetime
) -> None:
    repair = """capacity: 6
    closures:
      - start: 2026-12-01T10:00+04:00
        end: "2026-12-01T12:00+04:00"
        note: {ru: Ремонт, en: Repairs}"""
    import_file(written(SMALL.replace("capacity: 6", repair)), now=now)
    closures = current().lounges["volna-kuf"].closures
    assert [(one.start, one.end) for one in closures] == [
        (datetime(2026, 12, 1, 6, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC))
    ]

    import_file(written(SMALL.replace("capacity: 6", "capacity: 7")), now=now)
    assert current().lounges["volna-kuf"].closures == closures
    import_file(written(SMALL.replace("capacity: 6", "capacity: 6\n    closures: []")), now=now)
    assert current().lounges["volna-kuf"].closures == []
