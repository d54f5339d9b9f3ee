"""``miniapp notifications`` in the hands of whoever is on call."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient

from miniapp.base.db import Base, db
from miniapp.cli import main
from miniapp.orders import queries
from miniapp.orders.models import State
from tests.builders import NUMBER
from tests.test_command_line import SETTINGS
from tests.web.provider import DATA_KEY, KEY, PROBE, SHOP, body, listening, say

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Command = Callable[..., tuple[int, str, str]]
Rows = dict[str, list[Any]]


@pytest.fixture
def door(database_url: str) -> Iterator[FlaskClient]:
    with listening(database_url) as door:
        yield door


@pytest.fixture
def command(
    door: FlaskClient,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Iterator[Command]:
    """Runs a command on the database of the door: its status, what it prints, its complaint."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    ours = {
        "MINIAPP_DATABASE_URL": database_url,
        "MINIAPP_DATA_KEY": DATA_KEY,
        "MINIAPP_VOUCHER_SIGNING_KEY": "v" * 32,
        "MINIAPP_INVOICEBOX_MERCHANT_ID": SHOP,
        "MINIAPP_INVOICEBOX_NOTIFICATION_KEY": KEY,
    }
    for name, value in (SETTINGS | ours).items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        status = main(["notifications", *arguments])
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    yield command
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def rows(door: FlaskClient) -> Rows:
    """All that stands in the database, table by table."""
    with door.application.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
        }


def state(door: FlaskClient) -> State:
    with door.application.app_context():
        found = queries.by_number(NUMBER).state
        db.session.remove()
    return found


def break_the_outbox(door: FlaskClient) -> Callable[[], None]:
    """Take the tables away without which nothing can be sent; gives the repair."""
    tables = [Base.metadata.tables[name] for name in ("delivery_attempt", "delivery")]
    with door.application.app_context():
        engine = db.engine
    Base.metadata.drop_all(engine, tables=tables)
    return lambda: Base.metadata.create_all(engine, tables=tables)


def test_a_payment_that_a_fault_of_ours_refused_is_made_good_in_the_night(
    door: FlaskClient, command: Command
):
    repair = break_the_outbox(door)
    assert say(door, body()) == "out_of_service"
    repair()
    _, listed, _ = command("--order", NUMBER)
    number = listed.splitlines()[1].split()[0]
    before = rows(door)

    would = command("replay", number, "--dry-run")

    assert (would[0], would[1]) == (0, "The answer would be success. Nothing was changed.\n")
    assert rows(door) == before

    done = command("replay", number)

    assert (done[0], done[1]) == (0, "The answer is success now.\n")
    assert state(door) is State.PAID
    after = rows(door)
    assert len(after["delivery"]) == 1
    assert after["notification_record"] == before["notification_record"]


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        pytest.param(body(), "success", id="paid"),
        pytest.param(body(status="canceled"), "success", id="cancelled"),
        pytest.param(body(amount=1), "order_wrong_amount", id="wrong sum"),
        pytest.param(body(merchantOrderId="LNG-NOBODY"), "order_not_found", id="unknown order"),
        pytest.param(body(**PROBE), "success", id="probe"),
        pytest.param(b"{", "out_of_service", id="no notification"),
    ],
)
@QUICK
def test_a_dry_run_says_what_would_be_answered_and_changes_nothing(
    door: FlaskClient, command: Command, raw: bytes, answer: str
):
    repair = break_the_outbox(door)
    say(door, raw)
    repair()
    before = rows(door)

    status, said, _ = command("replay", "1", "--dry-run")

    assert (status, said) == (0, f"The answer would be {answer}. Nothing was changed.\n")
    assert rows(door) == before


@QUICK
def test_a_payment_acted_on_already_is_not_acted_on_twice(door: FlaskClient, command: Command):
    say(door, body())
    before = rows(door)

    assert command("replay", "1")[:2] == (0, "The answer is success now.\n")

    assert rows(door) == before


@QUICK
def test_a_replay_that_is_refused_again_has_not_done_its_work(door: FlaskClient, command: Command):
    say(door, body(amount=1))

    assert command("replay", "1")[:2] == (1, "The answer is order_wrong_amount now.\n")


@QUICK
def test_a_notification_is_written_as_it_came_and_nothing_beside_it(
    door: FlaskClient, command: Command
):
    say(door, body())

    status, written, beside = command("show", "1")

    assert (status, written) == (0, body().decode())
    assert "X-Signature (sha1): " in beside


@QUICK
def test_the_list_shows_those_asked_for(door: FlaskClient, command: Command):
    say(door, body())
    say(door, body(merchantOrderId="LNG-OTHER"))

    def listed(*arguments: str) -> list[list[str]]:
        status, said, _ = command(*arguments)
        assert status == 0
        return [line.split() for line in said.splitlines()[1:]]

    assert [(line[0], *line[3:]) for line in listed()] == [
        ("1", NUMBER, "completed", "success"),
        ("2", "LNG-OTHER", "completed", "order_not_found"),
    ]
    assert [line[0] for line in listed("--order", NUMBER)] == ["1"]
    assert [line[0] for line in listed("--since", "2026-01-01")] == ["1", "2"]
    assert listed("--since", "2126-01-01T09:30+03:00") == []


@pytest.mark.parametrize(
    "arguments", [("show", "9"), ("replay", "9"), ("replay", "9", "--dry-run")]
)
@QUICK
def test_a_number_that_is_not_there_is_a_sentence(command: Command, arguments: tuple[str, ...]):
    status, said, complaint = command(*arguments)

    assert (status, said) == (1, "")
    assert complaint.startswith("There is no notification 9;")


@pytest.mark.parametrize("arguments", [("show", "1"), ("replay", "1"), ("reseal",)])
@QUICK
def test_without_the_key_the_notifications_stay_shut(
    door: FlaskClient,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
):
    say(door, body())
    monkeypatch.setenv("MINIAPP_DATA_KEY", "n" * 32)

    assert command(*arguments) == (
        1,
        "",
        "Notification 1: it was sealed with a key that is not in MINIAPP_DATA_KEY.\n",
    )


@QUICK
def test_after_encrypting_anew_the_old_key_can_be_dropped(
    door: FlaskClient, command: Command, monkeypatch: pytest.MonkeyPatch
):
    say(door, body())
    monkeypatch.setenv("MINIAPP_DATA_KEY", f"{'n' * 32},{DATA_KEY}")

    assert command("reseal")[1].startswith("1 encrypted anew.")

    monkeypatch.setenv("MINIAPP_DATA_KEY", "n" * 32)
    assert command("show", "1")[1] == body().decode()


@pytest.mark.parametrize(
    "arguments", [("replay",), ("replay", "x"), ("replay", "-1"), ("--since", "yesterday")]
)
@QUICK
def test_nonsense_is_refused_with_the_usage(command: Command, arguments: tuple[str, ...]):
    with pytest.raises(SystemExit) as ended:
        command(*arguments)

    assert ended.value.code == 2
