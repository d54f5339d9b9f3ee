"""``miniapp marketplace publish`` against the sandbox: our lounges in the shop window of others."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import sqlalchemy as sa
import structlog

from miniapp.app import create_app
from miniapp.base.db import db, reading, transaction
from miniapp.catalogue import shops
from miniapp.catalogue.models import Edition, Lounge
from miniapp.cli import main
from miniapp.config import load
from miniapp.listing.shop_window import shortened
from miniapp.sandbox import SandboxSettings
from tests.builders import make_catalogue, make_lounge, text
from tests.sandbox.conftest import serving
from tests.test_command_line import SETTINGS

SHOP = "/marketplace/api/shop"
Publish = Callable[..., tuple[int, list[str], list[str]]]
Change = Callable[..., None]


@pytest.fixture
def sandbox() -> Iterator[str]:
    with serving(SandboxSettings(notification_url="", limits=False)) as url:
        yield url


@pytest.fixture
def change(sandbox: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Changes the lounge of a catalogue that holds a hidden one beside it."""
    ours = {
        "MINIAPP_DATABASE_URL": database_url,
        "MINIAPP_INVOICEBOX_API_URL": sandbox,
        "MINIAPP_PUBLIC_URL": "https://lounge.example",
    }
    for name, value in (SETTINGS | ours).items():
        monkeypatch.setenv(name, value)
    app = create_app(load())

    def change(**values: object) -> None:
        with transaction() as session:
            session.execute(sa.update(Lounge).where(Lounge.slug == "briz-kuf").values(**values))

    with app.app_context():
        make_catalogue()
        with transaction() as session:
            session.add(Edition(id=1, number=1))
            session.add(make_lounge(slug="hidden", is_public=False))
        yield change
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def publish(change: Change, capsys: pytest.CaptureFixture[str]) -> Iterator[Publish]:
    """Runs the command: its status, its lines, its complaints."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def publish(*arguments: str) -> tuple[int, list[str], list[str]]:
        capsys.readouterr()
        status = main(["marketplace", "publish", *arguments])
        printed = capsys.readouterr()
        logged = [line for line in printed.err.splitlines() if not line.startswith("{")]
        return status, printed.out.splitlines(), logged

    yield publish
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def told(sandbox: str) -> list[tuple[str, dict[str, Any]]]:
    """What the marketplace was asked: the path's end and the body, in order."""
    log = requests.get(f"{sandbox}/log.json", timeout=10).json()
    asked = [one["request"] for one in reversed(log) if one["kind"] == "api"]
    return [(one["path"].partition(SHOP)[2], one["body"]) for one in asked]


def shop_id() -> int | None:
    reading().rollback()
    reading().expire_all()
    return reading().scalar(sa.select(Lounge.shop_id).where(Lounge.slug == "briz-kuf"))


def edition() -> int:
    reading().expire_all()
    return reading().get_one(Edition, 1).number


def test_each_public_lounge_is_opened_once_and_then_brought_up_to_date(
    sandbox: str, publish: Publish, change: Change
):
    change(about=text("Тихий зал", "A quiet lounge"))

    assert publish() == (0, ["briz-kuf: 5001 new"], [])
    assert (shop_id(), edition()) == (5001, 2)
    [(_, opened), (changed, details)] = told(sandbox)
    assert changed == "/5001"
    assert opened["title"].endswith("Самара")
    assert details["description"] == opened["description"] == "Тихий зал"
    assert details["shopUrl"] == "https://lounge.example/l/briz-kuf"
    assert details["registrationAddress"].startswith("Самара, ")
    assert {"lat", "lon"} <= details.keys()

    assert publish() == (0, ["briz-kuf: 5001 brought up to date"], [])
    assert told(sandbox)[2:] == [("/5001", details)]
    assert edition() == 2


def test_a_dry_run_tells_the_marketplace_nothing(sandbox: str, publish: Publish):
    status, lines, _ = publish("--dry-run")

    assert status == 0
    assert [line.partition(": would be new: ")[0] for line in lines] == ["briz-kuf"]
    assert told(sandbox) == []
    assert shop_id() is None


def test_a_point_of_sale_of_doubtful_fate_is_not_opened_again_in_the_same_run(
    sandbox: str, publish: Publish
):
    fault = {"fault": "cut_after", "path": f"/v3{SHOP}"}
    assert requests.post(f"{sandbox}/faults", json=fault, timeout=10).status_code == 200

    status, lines, [complaint] = publish()

    assert (status, lines) == (1, [])
    assert "look in the marketplace" in complaint
    assert len(told(sandbox)) == 1
    assert shop_id() is None


def test_a_number_the_marketplace_does_not_know_is_told_and_kept(
    sandbox: str, publish: Publish, change: Change
):
    change(shop_id=77)

    status, _, [complaint] = publish()

    assert status == 1
    assert complaint.startswith("briz-kuf: The marketplace refused: ")
    assert shop_id() == 77


def test_a_number_that_another_lounge_has_is_left_over_and_told(publish: Publish, change: Change):
    with transaction() as session:
        session.execute(sa.update(Lounge).where(Lounge.slug == "hidden").values(shop_id=5001))

    status, _, [complaint] = publish()

    assert status == 1
    assert "5001" in complaint
    assert shop_id() is None


@pytest.mark.usefixtures("change")
def test_of_two_that_publish_at_once_the_first_gives_the_lounge_its_number():
    assert shops.keep_shop(slug="briz-kuf", shop_id=5001)
    assert not shops.keep_shop(slug="briz-kuf", shop_id=5002)
    assert shop_id() == 5001


def test_a_marketplace_out_of_reach_ends_the_run(publish: Publish, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINIAPP_INVOICEBOX_API_URL", "http://127.0.0.1:9")

    status, _, [complaint] = publish()

    assert status == 1
    assert "was not tried" in complaint


def test_a_link_without_room_stops_everything_before_it_begins(
    sandbox: str, publish: Publish, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MINIAPP_PUBLIC_URL", f"https://{'l' * 40}.lounge.example")

    status, _, [complaint] = publish()

    assert status == 1
    assert "64" in complaint
    assert told(sandbox) == []


@pytest.mark.parametrize(
    ("whole", "limit", "cut"),
    [
        ("Бриз — Самара", 13, "Бриз — Самара"),
        ("Бриз — Самара", 12, "Бриз…"),
        ("Бриз,  терминал\nC", 16, "Бриз, терминал C"),
        ("Бриз, терминал C", 15, "Бриз, терминал…"),
        ("Бриз, терминал C", 14, "Бриз…"),
        ("Самолётопосадка", 8, "Самолёт…"),
    ],
)
def test_a_text_is_shortened_at_the_end_of_a_word(whole: str, limit: int, cut: str):
    assert shortened(whole, limit) == cut
    assert len(cut) <= limit
