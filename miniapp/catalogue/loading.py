"""Take a catalogue file into the database: all of it, or nothing.

Entries are found again by their code or slug, rates by code and first day, extras by code: the
same file taken twice changes nothing, and what a file does not name stays. The rates and extras
of a lounge are those of its entry. Shop number, photos and the note that closes a lounge are
also set elsewhere, so an entry that does not name them leaves them as they are.

A lounge may name any place of the ``world`` that lies beneath: unless the file or the database
has an entry of its own for it, it is copied from there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from miniapp.base.db import Base, transaction
from miniapp.catalogue.errors import CatalogueFault
from miniapp.catalogue.file_checks import (
    Known,
    check_lounges,
    check_operators,
    check_places,
    check_references,
)
from miniapp.catalogue.file_entries import Draft, drafts, read
from miniapp.catalogue.file_shape import (
    Entry,
    ExtraEntry,
    LoungeEntry,
    OperatorEntry,
    PlaceEntry,
    RateEntry,
)
from miniapp.catalogue.file_source import SECTIONS, Source
from miniapp.catalogue.models import Edition, Extra, Lounge, Place, Rate
from miniapp.catalogue.world import world
from miniapp.operators.models import Operator

DEMO_FILE = Path(__file__).parent / "data" / "demo.yaml"

# The day begins on Earth this long before it begins in UTC.
_EARLIEST_CLOCK = timedelta(hours=14)


@dataclass(frozen=True)
class ImportReport:
    """How many entries of each section were new, were changed, or stood so already."""

    created: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    updated: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    unchanged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))

    @property
    def changed(self) -> bool:
        """Was anything new or changed?"""
        return any(self.created.values()) or any(self.updated.values())


@dataclass(frozen=True)
class _Contents:
    operators: list[Draft[OperatorEntry]]
    places: list[Draft[PlaceEntry]]
    lounges: list[Draft[LoungeEntry]]


def import_file(path: Path, *, now: datetime, dry_run: bool = False) -> ImportReport:
    """Take a file of operators, places and lounges (YAML) or of places (CSV).

    Raises CatalogueFault with every fault of the file; then, and with ``dry_run``, nothing is
    written. Raises OSError when the file cannot be opened.
    """
    source = read(path)
    contents = _Contents(
        drafts(source, OperatorEntry), drafts(source, PlaceEntry), drafts(source, LoungeEntry)
    )
    with transaction() as session:
        edition = _edition(session)
        _check(source, contents, _known(session), latest=(now + _EARLIEST_CLOCK).date())
        report = _write(session, contents)
        if report.changed:
            edition.number += 1
        session.flush()
        if dry_run:
            session.rollback()
    return report


def _check(source: Source, contents: _Contents, known: Known, *, latest: date) -> None:
    check_references(source, known)
    check_operators(source, contents.operators)
    check_places(source, contents.places)
    check_lounges(source, contents.lounges, known=known, latest=latest)
    if source.blamed:
        raise CatalogueFault(source.faults)


def _edition(session: Session) -> Edition:
    """The row of the edition, locked: imports wait for one another."""
    edition = session.get(Edition, 1, with_for_update=True)
    if edition is None:
        edition = Edition(id=1, number=0)
        session.add(edition)
    return edition


def _known(session: Session) -> Known:
    shops = session.execute(sa.select(Lounge.shop_id, Lounge.slug))
    return Known(
        operators=frozenset(session.scalars(sa.select(Operator.code))),
        places=frozenset(world()).union(session.scalars(sa.select(Place.code))),
        shops={shop: slug for shop, slug in shops if shop is not None},
    )


def _write(session: Session, contents: _Contents) -> ImportReport:
    report = ImportReport()
    operators = {row.code: row for row in session.scalars(sa.select(Operator))}
    for operator in contents.operators:
        row = operators.get(operator.entry.code)
        _count(report, "operators", row, _upsert(session, row, Operator, operator.entry))
    _write_places(session, contents, report)
    session.flush()
    _write_lounges(session, contents, report)
    return report


def _write_places(session: Session, contents: _Contents, report: ImportReport) -> None:
    rows = {row.code: row for row in session.scalars(sa.select(Place))}
    for place in contents.places:
        spot = rows.get(place.entry.code)
        _count(report, "places", spot, _upsert(session, spot, Place, place.entry))
    written = {place.entry.code for place in contents.places}
    for code in sorted({lounge.entry.place_code for lounge in contents.lounges} - written):
        if code not in rows:
            session.add(world().copy(code))
        _count(report, "places", rows.get(code), changed=False)


def _write_lounges(session: Session, contents: _Contents, report: ImportReport) -> None:
    parts = (selectinload(Lounge.rates), selectinload(Lounge.extras))
    lounges = {row.slug: row for row in session.scalars(sa.select(Lounge).options(*parts))}
    for draft in contents.lounges:
        row = lounges.get(draft.entry.slug)
        lounge = row or Lounge(rates=[], extras=[])
        changed = _set(lounge, draft.entry.columns())
        # Both lists are set, whatever the first says.
        changed |= _set_list(lounge.rates, draft.entry.rates, Rate, _rate_key)
        changed |= _set_list(lounge.extras, draft.entry.extras, Extra, _extra_key)
        session.add(lounge)
        _count(report, "lounges", row, changed)


def _upsert(session: Session, row: Base | None, model: type[Base], entry: Entry) -> bool:
    target = row or model()
    changed = _set(target, entry.columns())
    session.add(target)
    return changed


def _set(row: Base, values: dict[str, Any]) -> bool:
    """Set the columns that differ; tell whether any did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _set_list(
    rows: list[Any], entries: Iterable[Entry], model: type[Base], key: Callable[[Any], Any]
) -> bool:
    """Make the rows of a lounge those of its entry, each found again by its key."""
    before = {key(row): row for row in rows}
    wanted = [(before.get(key(entry)) or model(), entry) for entry in entries]
    changed = [
        _set(row, {"position": position, **entry.columns()})
        for position, (row, entry) in enumerate(wanted, start=1)
    ]
    gone = len(before) > sum(key(entry) in before for _, entry in wanted)
    rows[:] = [row for row, _ in wanted]
    return gone or any(changed)


def _rate_key(rate: Rate | RateEntry) -> tuple[str, date]:
    return rate.code, rate.valid_from


def _extra_key(extra: Extra | ExtraEntry) -> str:
    return extra.code


def _count(report: ImportReport, section: str, row: Base | None, changed: bool) -> None:
    outcome = report.created if row is None else report.updated if changed else report.unchanged
    outcome[section] += 1
