"""Who may frame us, and what a page may load: headers of every answer.

Framing is refused unless the answer is a traveller's page; who may frame that comes from the
settings alone, never from a request. ``X-Frame-Options`` is not sent: it knows no list of hosts.
"""

from flask import Flask, Response, request

_NEVER = "'none'"


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

    def headers(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint == "static":
            return _lean(response)
        open_to = ancestors if request.blueprint in framable or not request.endpoint else _NEVER
        response.headers["Content-Security-Policy"] = policy.format(ancestors=open_to)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    app.after_request(headers)


def _lean(response: Response) -> Response:
    """A script or stylesheet without what only a page needs: each header costs a phone time."""
    for name in ("Content-Disposition", "Expires", "Last-Modified", "X-Request-Id"):
        response.headers.pop(name, None)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
