"""For whoever watches the process: does it live, may it get requests?"""

from flask import Blueprint, Response, jsonify

from miniapp.base import clock, readiness

door = Blueprint("health", __name__)


@door.get("/healthz")
def healthz() -> Response:
    """The process is up."""
    return _never_kept(jsonify(status="ok"))


@door.get("/readyz")
def readyz() -> tuple[Response, int]:
    """How database, migrations and worker stand; 503 when one of the first two is at fault."""
    found = readiness.condition(now=clock.now())
    answer = jsonify(
        status="ok" if found.is_ready else "not_ready",
        database=found.database,
        migrations=found.migrations,
        worker=found.worker,
    )
    return _never_kept(answer), 200 if found.is_ready else 503


def _never_kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
