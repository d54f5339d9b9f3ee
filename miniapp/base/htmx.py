"""The whole page, or the one block of it that htmx swaps in.

A page is one template. Opened as a page it is answered whole; asked for by htmx only its block
``screen`` is, so the two can never differ.
"""

from typing import Any

from flask import Response, current_app, render_template, request


def asked() -> bool:
    """Whether htmx asks, and so gets a block."""
    return request.headers.get("HX-Request") == "true"


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page, or with its block ``screen`` when htmx asks."""
    return answer(html(template, **context), status=status)


def html(template: str, **context: Any) -> str:
    """The text of a page, or of its block ``screen`` when htmx asks."""
    if not asked():
        return render_template(template, **context)
    title = block(template, "title", **context)
    return f"<title>{title}</title>{block(template, 'screen', **context)}"


def answer(html: str, *, status: int = 200) -> Response:
    """Answer with the text of a page that was made by ``html``."""
    return Response(html, status, {"Vary": "HX-Request"}, content_type="text/html; charset=utf-8")


def block(template: str, name: str, **context: Any) -> str:
    """Render one block of a template alone."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    return "".join(found.blocks[name](found.new_context(context)))
