"""Text to a QR picture: the modules, and one SVG path of them.

The QR code stands inside the page: no second request, sharp on any screen and printer. Its level
is the highest, H: it is read with a fifth of it gone, from a cracked screen or a crumpled paper.
A voucher's code is 53 modules wide at that level, which a receipt printer of 203 dpi prints
within 2 cm, three dots to a module.
"""

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_H

# The quiet zone around the modules that the standard asks for, in modules.
BORDER = 4


def modules(text: str) -> list[list[bool]]:
    """The rows of the QR code of ``text``, dark is true, without the quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_H, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """The dark bars of one row: where each begins, and how long it is."""
    bars: list[tuple[int, int]] = []
    start: int | None = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            bars.append((start, x - start))
            start = None
    return bars


def svg(text: str, *, label: str) -> Markup:
    """The QR code of ``text`` as an SVG element; ``label`` is read by screen readers."""
    rows = modules(text)
    size = len(rows) + 2 * BORDER
    path = "".join(
        f"M{x + BORDER} {y + BORDER}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for x, length in runs(row)
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path d="{path}"/></svg>'
    ).format(size=size, label=label, path=path)
