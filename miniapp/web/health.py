"""For whoever watches the process: does it live, may it get requests?"""

from flask import Blueprint, Response, jsonify

from miniapp.base import readiness

door = Blueprint("health", __name__)


@door.get("/healthz")
def healthz() -> Response:
    """The process is up."""
    return _never_kept(jsonify(status="ok"))


@door.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers and its migrations are those of this program; else 503 says why."""
    obstacle = readiness.obstacle()
    if obstacle is not None:
        return _never_kept(jsonify(status="not_ready", reason=obstacle)), 503
    return _never_kept(jsonify(status="ok")), 200


def _never_kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
