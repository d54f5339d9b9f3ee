"""``/faults``: what is on, switched on and off by a program or by a button."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from miniapp.base import i18n
from miniapp.sandbox import wire
from miniapp.sandbox.faults import (
    OF_NOTIFICATIONS,
    OF_REQUESTS,
    Fault,
    NotAFault,
    make_fault,
    read_fault,
)
from miniapp.sandbox.room import room

faults_page = Blueprint("faults_page", __name__)


@faults_page.get("/faults")
def show() -> str:
    """The faults that are on, and buttons for all of them."""
    return _page("")


@faults_page.get("/faults.json")
def show_json() -> Response:
    """The same for programs."""
    return _json({"faults": _running()})


@faults_page.post("/faults")
def switch() -> AnyResponse | tuple[str, int]:
    """Switch a fault on, or all of them off with ``none``; from a program, or from the page."""
    try:
        if request.mimetype == "application/x-www-form-urlencoded":
            _switch(make_fault(_read_form(request.form.to_dict())))
            return redirect(url_for(".show", lang=i18n.locale()), code=303)
        _switch(read_fault(request.get_data()))
    except NotAFault as refusal:
        if request.mimetype == "application/x-www-form-urlencoded":
            return _page(str(refusal)), 400
        return _json({"error": str(refusal)}, 400)
    return _json({"faults": _running()})


def _switch(fault: Fault | None) -> None:
    if fault is None:
        room().faults.clear()
    else:
        room().faults.switch_on(fault)


def _read_form(fields: dict[str, str]) -> dict[str, Any]:
    """The values of the form as JSON would hold them; an empty field was left out."""
    asked: dict[str, Any] = {name: text for name, text in fields.items() if text}
    asked.pop("lang", None)
    if asked.pop("always", None):
        asked["times"] = None
    for name in ("times", "probability", "seed", "delay_ms"):
        if isinstance(asked.get(name), str):
            asked[name] = _number(asked[name])
    return asked


def _number(text: str) -> Any:
    """A number as JSON reads it; a text that is none stays, and is refused by name."""
    try:
        return wire.loads(text.replace(",", ".").encode())
    except ValueError:
        return text


def _page(problem: str) -> str:
    return render_template(
        "sandbox/faults.html",
        running=room().faults.running(),
        of_requests=OF_REQUESTS,
        of_notifications=OF_NOTIFICATIONS,
        problem=problem,
    )


def _running() -> list[dict[str, Any]]:
    return [
        {
            "fault": fault.name,
            "times": left,
            "probability": fault.probability,
            "seed": fault.seed,
            "delay_ms": fault.delay_ms,
            "path": fault.path,
        }
        for fault, left in room().faults.running()
    ]


def _json(body: object, status: int = 200) -> Response:
    return Response(wire.dumps(body), status=status, content_type="application/json")
