"""A reader of logs learns what happened, and nothing that opens an order or names a person."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask, abort
from flask.testing import FlaskClient

from miniapp.base import logs
from miniapp.base.tokens import Signer

TOKEN = Signer("k" * 32).token(purpose="manage", subject="LNG-23456789A")
MAC = TOKEN.partition(".")[2]

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    """What this process logs, as JSON unless a test wants another style."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    output = io.StringIO()
    monkeypatch.setattr("sys.stderr", output)
    logs.configure(getattr(request, "param", "json"))
    yield output
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("miniapp")
    logs.install(app)

    @app.route("/orders/<token>/<path:rest>", methods=["GET", "POST"])
    @app.route("/v/<token>")
    def order(token: str, rest: str = "") -> str:
        return "of Vera"

    @app.get("/broken/<token>")
    def broken(token: str) -> str:
        raise LookupError(f"no {token} of vera@zarechnaya.example")

    @app.get("/gone")
    def gone() -> str:
        abort(410)

    return app.test_client()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/orders/{TOKEN}/confirm", "/orders/…/confirm"),
        (f"/v/{TOKEN}.pdf", "/v/….pdf"),
        (f"/nowhere/{TOKEN}", "/nowhere/…"),
        (f"/v/{TOKEN}?lang=ru&name=Vera", "/v/…"),
    ],
)
def test_a_link_is_not_written_wherever_it_stands(
    client: FlaskClient, written: io.StringIO, lines: Lines, path: str, shown: str
):
    client.get(path)

    [line] = lines()
    assert line["path"] == shown
    assert MAC not in written.getvalue()
    assert "Vera" not in written.getvalue()


def test_a_request_is_one_line_with_a_number_that_the_answer_carries(
    client: FlaskClient, lines: Lines
):
    answer = client.get("/gone")

    [line] = lines()
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 410)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["ms"] >= 0


def test_two_requests_have_two_numbers(client: FlaskClient):
    first, second = (client.get("/gone").headers["X-Request-Id"] for _ in range(2))

    assert first != second


def test_what_a_form_says_is_not_written(client: FlaskClient, written: io.StringIO):
    client.post(f"/orders/{TOKEN}/confirm", data={"contact_name": "Vera"})

    assert "Vera" not in written.getvalue()


def test_a_failure_is_written_with_its_traceback_but_without_link_and_address(
    client: FlaskClient, written: io.StringIO, lines: Lines
):
    answer = client.get(f"/broken/{TOKEN}")

    assert answer.status_code == 500
    failure, request = lines()
    assert "LookupError: no … of …" in failure["exception"]
    assert failure["request_id"] == request["request_id"]
    assert MAC not in written.getvalue()
    assert "zarechnaya" not in written.getvalue()


def test_a_line_break_in_a_path_begins_no_line(client: FlaskClient, lines: Lines):
    client.get("/a%0Afake")

    assert [line["path"] for line in lines()] == ["/a%0Afake"]


def test_libraries_write_into_the_same_log(written: io.StringIO, lines: Lines):
    logging.getLogger("some.library").warning("cannot reach %s", "host.example")

    [line] = lines()
    assert (line["event"], line["level"]) == ("cannot reach host.example", "warning")


@pytest.mark.parametrize("written", ["console"], indirect=True)
def test_the_console_shows_no_values_of_variables_in_a_traceback(written: io.StringIO):
    guest = "Vera Zarechnaya"
    try:
        [].pop(len(guest))
    except IndexError:
        structlog.get_logger().exception("failed")

    assert "IndexError" in written.getvalue()
    assert "Vera" not in written.getvalue()
    assert "Logging error" not in written.getvalue()
