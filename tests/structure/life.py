"""The life of an order as a drawing, made from the table of moves.

Run as a program it writes ``miniapp/orders/LIFE.md`` anew; a test holds the two together.
"""

from pathlib import Path

from miniapp.orders.lifecycle import GUEST_MOVES, MOVES
from miniapp.orders.models import State

PAGE = Path(__file__).resolve().parents[2] / "miniapp" / "orders" / "LIFE.md"

HEAD = """# The life of an order

Drawn from the tables of [`lifecycle.py`](lifecycle.py) by `python -m tests.structure.life`;
do not edit by hand. A move is one conditional UPDATE with its event and its deliveries in the
same transaction. A state without a way out is an end; money that comes late is the only thing
that leads out of *expired* and *cancelled*.
"""


def drawing() -> str:
    """The whole page."""
    order = "\n".join(_order_arrows())
    guest = "\n".join(
        f"    {source.value} --> {target.value}: {move}"
        for move, (source, target) in GUEST_MOVES.items()
    )
    return (
        f"{HEAD}\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n{order}\n```\n\n"
        f"Of a guest:\n\n```mermaid\nstateDiagram-v2\n    [*] --> expected\n{guest}\n```\n\n"
        f"With a move goes out: {_sent()}. Shipments and refunds are deliveries of their own.\n"
    )


def _order_arrows() -> list[str]:
    arrows = [
        f"    {source.value} --> {step.target.value}: {move}"
        for move, step in MOVES.items()
        for source in State
        if source in step.sources
    ]
    left = {source for step in MOVES.values() for source in step.sources}
    return arrows + [f"    {state.value} --> [*]" for state in State if state not in left]


def _sent() -> str:
    return ", ".join(
        f"a {goes} with *{move}*" for move, step in MOVES.items() for goes in step.goes_out
    )


if __name__ == "__main__":
    PAGE.write_text(drawing(), encoding="utf-8")
