"""Where ``templates/`` and ``static/`` are.

They stand at the top of a checkout and inside the package in an installed wheel. The bundled
copy is looked for first, so that a stranger's ``templates`` folder beside an installed package
is never served.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
BUNDLED = PACKAGE / "_bundled"
CHECKOUT = PACKAGE.parent


@cache
def _root() -> Path:
    for folder in (BUNDLED, CHECKOUT):
        if (folder / "templates" / "base.html").is_file():
            return folder
    raise RuntimeError(f"templates/base.html is neither in {BUNDLED} nor in {CHECKOUT}")


def templates_folder() -> Path:
    """The folder with the page templates."""
    return _root() / "templates"


def static_folder() -> Path:
    """The folder with stylesheets and scripts."""
    return _root() / "static"


@cache
def text(name: str) -> str:
    """The text of a file in ``static/``, for what stands inside a page."""
    return (static_folder() / name).read_text(encoding="utf-8")


@cache
def fingerprint(name: str) -> str:
    """Twelve hexadecimal digits that change with the contents of a file in ``static/``."""
    return hashlib.sha256((static_folder() / name).read_bytes()).hexdigest()[:12]


def csp_hash(inline: str) -> str:
    """The Content-Security-Policy source that allows exactly this inline text."""
    digest = hashlib.sha256(inline.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
