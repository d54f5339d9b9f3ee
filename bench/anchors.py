"""What ours is measured against: the least that Flask, a page and a notification can cost.

``floor`` serves F, ten kilobytes of HTML with its style inside and htmx deferred, the step F
takes, and the host page in whose frame F and ours are opened. ``bare`` answers a constant.
``updated`` checks a signature and commits one UPDATE.
"""

import gzip
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, render_template, request, send_file
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench import catalogues
from bench.instance import NOTIFICATION_KEY
from miniapp.base import assets

PAGES = Path(__file__).parent / "pages"
HTMX = "vendor/htmx-4.0.1.min.js"
PAGE_BYTES, STEP_BYTES = 10_000, 8_000
DATABASE = "BENCH_DATABASE"


class Base(DeclarativeBase):
    """The one table of the notification's anchor."""


class Invoice(Base):
    """Something that can be paid."""

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]


def bare() -> Flask:
    """Bare Flask answering a constant."""
    app = _app()
    app.add_url_rule("/", view_func=lambda: "ok", endpoint="constant")
    return app


def updated() -> Flask:
    """HMAC and one UPDATE, committed on a database like ours."""
    app, engine = _app(), invoices(os.environ[DATABASE])

    @app.post("/notification")
    def notification() -> Any:
        raw = request.get_data(cache=False)
        signed = hmac.new(NOTIFICATION_KEY.encode(), raw, sha1).hexdigest()
        if not hmac.compare_digest(signed, request.headers.get("X-Signature", "")):
            return {"status": "error"}
        number = json.loads(raw)["merchantOrderId"]
        with Session(engine) as session:
            waiting = sa.and_(Invoice.number == number, Invoice.state == "awaiting")
            session.execute(sa.update(Invoice).where(waiting).values(state="paid"))
            session.commit()
        return {"status": "success"}

    return app


def invoices(url: str) -> sa.Engine:
    """The anchor's database: WAL, every commit on the disk before it is answered."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def invoices_made(url: str, numbers: list[str]) -> Iterator[None]:
    """The anchor's database with these invoices in it."""
    engine = invoices(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(sa.insert(Invoice), [{"number": n, "state": "awaiting"} for n in numbers])
        session.commit()
    yield
    engine.dispose()


def floor() -> Flask:
    """F and its step, and the host page."""
    app = _app()
    page = filled(app, "floor.html", PAGE_BYTES)
    step = filled(app, "floor_step.html", STEP_BYTES)
    script = (assets.static_folder() / HTMX).read_bytes()
    app.add_url_rule("/f", view_func=lambda: _packed(page, "text/html"), endpoint="page")
    app.add_url_rule("/step", view_func=lambda: _packed(step, "text/html"), endpoint="step")
    app.add_url_rule(
        "/htmx.js", view_func=lambda: _packed(script, "text/javascript"), endpoint="script"
    )
    for name in ("host.html", "host.js"):
        app.add_url_rule(f"/{name}", endpoint=name, view_func=lambda n=name: send_file(PAGES / n))
    return app


def filled(app: Flask, template: str, size: int) -> bytes:
    """A page of the floor, filled up with words to so many bytes."""
    with app.test_request_context():
        around = len(render_template(template, words="").encode())
        return render_template(template, words=_words(size - around)).encode()


def _app() -> Flask:
    app = Flask(__name__, template_folder=str(PAGES), static_folder=None)
    app.add_url_rule("/ready", view_func=lambda: "ok", endpoint="ready")
    return app


def _packed(body: bytes, kind: str) -> Response:
    # Packed at every request, as ours may have to be.
    packed = gzip.compress(body, 6, mtime=0)
    return Response(packed, mimetype=kind, headers={"Content-Encoding": "gzip"})


def _words(size: int) -> str:
    """Text of so many bytes, as varied as a page of ours."""
    text = " ".join(catalogues.names(size // 10))
    return text.encode()[:size].decode(errors="ignore")
