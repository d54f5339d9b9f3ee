"""Who may frame us, and what a page may load: headers of every answer.

Framing is refused unless the answer is a traveller's page; who may frame that comes from the
settings alone, never from a request. ``X-Frame-Options`` is not sent: it knows no list of hosts.
"""

import re

from flask import Flask, Response, request

_NEVER = "'none'"
_SOURCE = re.compile(r"(?P<scheme>https?)://(?P<any>\*\.)?(?P<name>[^:*]+)(?::(?P<port>\d+|\*))?")
_USUAL_PORTS = {"http": "80", "https": "443"}


def protect(app: Flask, *, ancestors: str, framable: frozenset[str], inline_style: str) -> None:
    """Put the headers on every answer of ``app``.

    ``framable`` names the blueprints that ``ancestors`` may frame; a page for an address that
    belongs to no door (an unknown one) is framable too, for the traveller may be lost in a
    frame. ``inline_style`` is the CSP source of the one style element we send.
    """
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {inline_style}",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors {ancestors}",
        )
    )

    always = {
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    open_policy, closed_policy = (policy.format(ancestors=who) for who in (ancestors, _NEVER))

    def headers(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint == "static":
            return _lean(response)
        is_open = request.blueprint in framable or not request.endpoint
        response.headers["Content-Security-Policy"] = open_policy if is_open else closed_policy
        response.headers.extend(always)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    app.after_request(headers)


def origins(ancestors: str) -> str:
    """The origins that ``ancestors`` name, as a regular expression of Python's and JavaScript's.

    ``self`` stands for an origin that is our own, whatever it is called.
    """
    return f"^({'|'.join(_origin(source) for source in ancestors.lower().split())})$"


def _origin(source: str) -> str:
    if source == "'self'":
        return "self"
    found = _SOURCE.fullmatch(source)
    if found is None:
        return "(?!)"
    scheme, port = found["scheme"], found["port"]
    label = "[a-z0-9.-]+[.]" if found["any"] else ""
    # A browser leaves out the port that goes without saying.
    ending = "(:[0-9]+)?" if port == "*" else f":{port}"
    usual = port in {None, _USUAL_PORTS[scheme]}
    return f"{scheme}://{label}{re.escape(found['name'])}{'' if usual else ending}"


def _lean(response: Response) -> Response:
    """A script or stylesheet without what only a page needs: each header costs a phone time."""
    for name in (
        "Accept-Ranges",
        "Content-Disposition",
        "Expires",
        "Last-Modified",
        "X-Request-Id",
    ):
        response.headers.pop(name, None)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
