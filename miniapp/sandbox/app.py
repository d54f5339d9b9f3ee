"""Puts the sandbox together: doors, languages, headers. Starts no thread and no connection."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from miniapp.base import assets, i18n
from miniapp.base import clock as system_clock
from miniapp.sandbox import api_log, faulty_answers, wire
from miniapp.sandbox.api import answer, api
from miniapp.sandbox.bill import sum_text
from miniapp.sandbox.faults import Faults
from miniapp.sandbox.faults_page import faults_page
from miniapp.sandbox.hosts import hosts
from miniapp.sandbox.journal import journal, with_links
from miniapp.sandbox.languages import languages
from miniapp.sandbox.marketplace_page import marketplace_page
from miniapp.sandbox.notifier import Notifier
from miniapp.sandbox.order_hosts import order_hosts
from miniapp.sandbox.payment_page import payment_page
from miniapp.sandbox.refusals import Refusal
from miniapp.sandbox.room import EXTENSION, Room
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import State
from miniapp.sandbox.transfers import Transfers
from miniapp.sandbox.visit import web_origin
from miniapp.sandbox.webview import WebviewProxy, Webviews

# Shops of either registration find the same API (reference, section 2).
API_VERSIONS = ("v3", "l3")
LARGEST_REQUEST = 1_000_000


def create_sandbox(
    settings: SandboxSettings, *, clock: Callable[[], datetime] = system_clock.now
) -> Flask:
    """One sandbox with a memory of its own; its parts are in ``extensions["sandbox"]``.

    It lives by ``clock``, which tells the aware moment now.
    """
    app = Flask(
        "miniapp.sandbox",
        template_folder=str(assets.templates_folder()),
        static_folder=str(assets.static_folder()),
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    room = _furnish(settings, clock)
    app.extensions[EXTENSION] = room
    for version in API_VERSIONS:
        app.register_blueprint(api, url_prefix=f"/{version}", name=version)
    for door in (hosts, order_hosts, marketplace_page, payment_page, faults_page, journal):
        app.register_blueprint(door)
    _prepare_templates(app)
    _prepare_requests(app)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)
    proxy = WebviewProxy(app.wsgi_app, room.webviews, public_url=settings.public_url)
    app.wsgi_app = proxy  # type: ignore[method-assign]
    return app


def _furnish(settings: SandboxSettings, clock: Callable[[], datetime]) -> Room:
    state, faults = State(), Faults()
    return Room(
        settings=settings,
        state=state,
        notifier=Notifier(settings, record=state.record, faults=faults, clock=clock),
        faults=faults,
        webviews=Webviews(
            public_url=settings.public_url, miniapp_origin=web_origin(settings.miniapp_url) or ""
        ),
        transfers=Transfers(),
        clock=clock,
    )


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
    room: Room = app.extensions[EXTENSION]

    def begin() -> None:
        g.frame_origin = ""
        i18n.use(languages()[request.args.get("lang", "ru")])
        room.expire(now=room.clock())
        _refuse_foreign_forms()

    def finish(response: Response) -> Response:
        if _is_api():
            room.state.record(api_log.entry(request, response, now=room.clock()))
        return _with_headers(response)

    app.before_request(begin)
    # A fault comes after everything else, the log included.
    faulty_answers.install(app)
    app.after_request(finish)


def _refuse_foreign_forms() -> None:
    """Only the pages of the sandbox may send its forms; programs send no such header."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method == "POST" and not _is_api() and site not in {"same-origin", "none"}:
        abort(403)


def _is_api() -> bool:
    return request.path.split("/")[1] in API_VERSIONS


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
    if "ETag" in response.headers and _is_api():
        response.headers["Cache-Control"] = "private, no-cache"
    elif request.endpoint != "static":
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
