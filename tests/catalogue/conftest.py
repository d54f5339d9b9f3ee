"""A small catalogue file to write down, change and take in."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path

import pytest
from flask import Flask

from miniapp.base import i18n
from miniapp.base.db import connect, db
from miniapp.catalogue.loading import DEMO_FILE, import_file

SMALL = """\
operators:
  - code: volna
    name: {ru: Волна, en: Volna}
    legal_name: ООО «Волна»
    inn: "9900000017"
    kpp: "990001001"
    vat_code: RUS_VAT22
    support_phone: +7 800 000-00-17
    support_email: help@volna.example
    offer: {ru: Оферта, en: Offer}
    privacy: {ru: Политика, en: Policy}
places:
  - code: KUF
    kind: airport
    name: {ru: Курумоч, en: Kurumoch}
    city: {ru: Самара, en: Samara}
    country: RU
    zone: Europe/Samara
    lat: 53.5049
    lon: 50.1643
lounges:
  - slug: volna-kuf
    operator: volna
    place: KUF
    name: {ru: Волна, en: Volna}
    about: {ru: Тихий зал., en: A quiet lounge.}
    zone_served: domestic
    side: airside
    directions: [departure]
    way:
      - {ru: Прямо., en: Straight on.}
    hours:
      week:
        mon-sun: ["06:00-23:00"]
    entry_before: 3h
    stay: 3h
    boarding: 40m
    lead: 1h
    capacity: 6
    refund:
      - {hours: 24, percent: 100}
      - {hours: 3, percent: 50}
    as_of: 2026-11-01
    rates:
      - code: standard
        name: {ru: До 3 часов, en: Up to 3 hours}
        directions: [departure]
        stay: 3h
        adult: 4500
        child: "2250.50"
        valid_from: 2026-01-01
        valid_to: 2026-12-31
    extras:
      - {code: shower, name: {ru: Душ, en: Shower}, price: 900}
"""


ENGLISH = i18n.Language("en", NullTranslations())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Faults are told in English."""
    with i18n.speaking(ENGLISH):
        yield


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[None]:
    """A database of the quick kind, for what does not depend on it."""
    app = Flask("miniapp")
    connect(app, f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'quick.sqlite3')}")
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file down; gives its path."""

    def write(text: str | bytes, name: str = "catalogue.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def demo(database: str, now: datetime) -> None:
    """The demonstration catalogue, taken in."""
    import_file(DEMO_FILE, now=now)
