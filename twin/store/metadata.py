"""What all tables share: one collection, the names of their constraints, and types that both databases mean alike."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, event

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Counts of bytes: SQLite's INTEGER has 64 bits, PostgreSQL's 32.
Bytes = BigInteger().with_variant(Integer, "sqlite")


@event.listens_for(Column, "after_parent_attach")
def _ordered_by_bytes(column: Column[Any], _table: object) -> None:
    """Have PostgreSQL compare texts as SQLite does, whatever the order of words is in its land.

    Every text column of the program passes here, those of migrations included.
    """
    kind = column.type
    if isinstance(kind, String) and kind.collation is None and "postgresql" not in kind._variant_mapping:
        column.type = kind.with_variant(type(kind)(kind.length, collation="C"), "postgresql")
