"""How a revision is run and written; Alembic executes this file for every command."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from miniapp.base.db import AsJson, UtcDateTime


def plain_types(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write the column type of the database where a model has one of our own."""
    if kind == "type" and isinstance(value, AsJson):
        return "sa.JSON()"
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, sa.Enum):
        return f"sa.String(length={value.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    render_item=plain_types,
)
with context.begin_transaction():
    context.run_migrations()
