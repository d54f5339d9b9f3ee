"""Shipments, refunds and what became of guests.

Lines written before belong to no guest: they are shipped or refunded with their visit as a whole.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("lounge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closures", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("lounge", schema=None) as batch_op:
        batch_op.alter_column("closures", server_default=None)
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way", sa.String(), nullable=True),
        sa.CheckConstraint("withheld >= 0 AND withheld <= amount", name=op.f("ck_refund_withheld")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_refund_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("number", name=op.f("uq_refund_number")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_shipment_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("number", name=op.f("uq_shipment_number")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_order_id"), ["order_id"], unique=False)

    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(length=10), nullable=False, server_default="EXPECTED")
        )
        batch_op.add_column(sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guest_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shipment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refund_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_line_refund_id"), ["refund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_shipment_id"), ["shipment_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_line_shipment_id_shipment"),
            "shipment",
            ["shipment_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_line_guest_id_guest"), "guest", ["guest_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_line_refund_id_refund"),
            "refund",
            ["refund_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("secured_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_order_state"))
        batch_op.create_index("ix_order_state", ["state"], unique=False)
        batch_op.create_index("ix_order_look_at", ["look_at"], unique=False)
    # The default was for the rows that were there; a new row says it itself.
    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.alter_column("state", server_default=None)
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.alter_column("attempt", server_default=None)
    order = sa.table(
        "order",
        sa.column("state"),
        sa.column("secured_at"),
        sa.column("paid_at"),
        sa.column("confirmed_at"),
    )
    op.execute(
        order.update()
        .where(order.c.state.in_(("HELD", "PAID", "UNDELIVERABLE")))
        .values(secured_at=sa.func.coalesce(order.c.paid_at, order.c.confirmed_at))
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("ledger_check")
    with op.batch_alter_table("lounge", schema=None) as batch_op:
        batch_op.drop_column("closures")
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_index("ix_order_look_at")
        batch_op.drop_index("ix_order_state")
        batch_op.create_index(batch_op.f("ix_order_state"), ["state", "look_at"], unique=False)
        batch_op.drop_column("secured_at")
        batch_op.drop_column("cancel_asked_at")
        batch_op.drop_column("attempt")

    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_line_refund_id_refund"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_line_guest_id_guest"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_line_shipment_id_shipment"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_line_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_line_refund_id"))
        batch_op.drop_column("refund_id")
        batch_op.drop_column("shipment_id")
        batch_op.drop_column("guest_id")

    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.drop_column("entered_at")
        batch_op.drop_column("state")

    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_order_id"))

    op.drop_table("shipment")
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_order_id"))

    op.drop_table("refund")
