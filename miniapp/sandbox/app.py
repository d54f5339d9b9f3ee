"""Puts the sandbox together: doors, languages, headers. Starts no thread and no connection."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from miniapp.base import assets, i18n
from miniapp.sandbox import api_log, wire
from miniapp.sandbox.bill import sum_text
from miniapp.sandbox.hosts import hosts
from miniapp.sandbox.journal import journal, with_links
from miniapp.sandbox.merchant_api import answer, api
from miniapp.sandbox.notifier import Notifier
from miniapp.sandbox.payment_page import payment_page
from miniapp.sandbox.refusals import Refusal
from miniapp.sandbox.room import EXTENSION, Room
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import State

API_PREFIX = "/v3"
TRANSLATIONS = Path(__file__).parent / "translations"
LARGEST_REQUEST = 1_000_000


def create_sandbox(settings: SandboxSettings) -> Flask:
    """One sandbox with a memory of its own; its parts are in ``extensions["sandbox"]``."""
    app = Flask(
        "miniapp.sandbox",
        template_folder=str(assets.templates_folder()),
        static_folder=str(assets.static_folder()),
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    state = State()
    app.extensions[EXTENSION] = Room(settings, state, Notifier(settings, record=state.record))
    app.register_blueprint(api, url_prefix=API_PREFIX)
    for door in (hosts, payment_page, journal):
        app.register_blueprint(door)
    _prepare_templates(app)
    _prepare_requests(app)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)
    return app


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    i18n.install(app.jinja_env)
    app.jinja_env.globals.update(fingerprint=assets.fingerprint, in_language=_in_language)
    app.jinja_env.filters.update(
        sum_text=sum_text, with_links=with_links, script_json=_script_json, pretty=_pretty
    )


def _in_language(locale: str) -> str:
    """The address of this page in another language."""
    return f"{request.path}?{urlencode({**request.args, 'lang': locale})}"


def _script_json(value: object) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for sign in "&<>":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    # Nothing in it can end the element any more, so it is safe as it is.
    return Markup(text)  # noqa: S704


def _pretty(value: object) -> str:
    """JSON for reading in the log."""
    return json.dumps(json.loads(wire.dumps(value)), ensure_ascii=False, indent=2)


def _prepare_requests(app: Flask) -> None:
    languages = i18n.load(TRANSLATIONS)
    room: Room = app.extensions[EXTENSION]

    def begin() -> None:
        g.frame_origin = ""
        i18n.use(languages[request.args.get("lang", "ru")])
        room.expire(now=datetime.now(UTC))
        _refuse_foreign_forms()

    def finish(response: Response) -> Response:
        if _is_api():
            room.state.record(api_log.entry(request, response))
        return _with_headers(response)

    app.before_request(begin)
    app.after_request(finish)


def _refuse_foreign_forms() -> None:
    """Only the pages of the sandbox may send its forms; programs send no such header."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method == "POST" and not _is_api() and site not in {"same-origin", "none"}:
        abort(403)


def _is_api() -> bool:
    return request.path.startswith(f"{API_PREFIX}/")


def _with_headers(response: Response) -> Response:
    frame_source = g.get("frame_origin") or "'none'"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; frame-src {frame_source}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'self'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # The mini-app learns the origin of its host from the referrer (protocol, section 3.3).
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["X-Request-Id"] = str(uuid.uuid4())
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    status = error.code or 500
    if _is_api():
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(status, "")
        return answer(Refusal(status, code, error.name).body(), status)
    return render_template("sandbox/error.html", status=status), status


def _crash(error: Exception) -> Response | tuple[str, int]:
    """An error of our own: 500 without a code, as section 2.2 has it."""
    if isinstance(error, HTTPException):
        return _http_error(error)
    current_app.logger.error("The sandbox failed", exc_info=error)
    if _is_api():
        return answer({"error": {"message": "Internal server error"}}, 500)
    return render_template("sandbox/error.html", status=500), 500
