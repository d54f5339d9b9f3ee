"""The whole page, or the one block of it that htmx swaps in.

A page is one template. Opened as a page it is answered whole; asked for by htmx only its block
``screen`` is, so the two can never differ.
"""

from typing import Any

from flask import Response, current_app, make_response, render_template, request


def asked() -> bool:
    """Whether htmx asks, and so gets a block."""
    return request.headers.get("HX-Request") == "true"


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page, or with its block ``screen`` when htmx asks."""
    html = _screen(template, context) if asked() else render_template(template, **context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def _screen(template: str, context: dict[str, Any]) -> str:
    title = block(template, "title", **context)
    return f"<title>{title}</title>{block(template, 'screen', **context)}"


def block(template: str, name: str, **context: Any) -> str:
    """Render one block of a template alone."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    return "".join(found.blocks[name](found.new_context(context)))
