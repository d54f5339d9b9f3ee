"""Notifications kept, signs of life."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "notification_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_record")),
    )
    with op.batch_alter_table("notification_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notification_record_order_number"), ["order_number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_notification_record_received_at"), ["received_at"], unique=False
        )

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_given_up",
            ["kind"],
            unique=False,
            postgresql_where=sa.text("given_up_at IS NOT NULL"),
            sqlite_where=sa.text("given_up_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_given_up",
            postgresql_where=sa.text("given_up_at IS NOT NULL"),
            sqlite_where=sa.text("given_up_at IS NOT NULL"),
        )

    with op.batch_alter_table("notification_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_record_received_at"))
        batch_op.drop_index(batch_op.f("ix_notification_record_order_number"))

    op.drop_table("notification_record")
    op.drop_table("heartbeat")
