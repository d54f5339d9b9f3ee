"""Text to a QR picture, as one SVG path.

The QR code stands inside the page: no second request, sharp on any screen and printer.
"""

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_Q

# The standard asks for a quiet zone of four modules.
_BORDER = 4


def svg(text: str, *, label: str) -> Markup:
    """The QR code of ``text`` as an SVG element; ``label`` is read by screen readers."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows) + 2 * _BORDER
    path = "".join(_runs(row, y + _BORDER) for y, row in enumerate(rows))
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path d="{path}"/></svg>'
    ).format(size=size, label=label, path=path)


def _runs(row: list[bool], y: int) -> str:
    """The dark modules of one row as horizontal bars of a path."""
    bars: list[str] = []
    start: int | None = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            bars.append(f"M{start + _BORDER} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(bars)
