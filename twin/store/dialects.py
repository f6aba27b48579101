"""What SQLite and PostgreSQL say in different words: a member of a JSON text, and many rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, String, Table, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class MemberText(FunctionElement[str]):
    """`MemberText(column, name)`: a member of the JSON object that a column holds as text; null where there is none.

    It is taken out by the database: a model's properties are megabytes.
    """

    name = "member_text"
    type = String()
    inherit_cache = True


@compiles(MemberText)
def _in_sqlite(element: MemberText, compiler: SQLCompiler, **options: Any) -> str:
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({column}, '$.\"' || {name} || '\"')"


@compiles(MemberText, "postgresql")
def _in_postgresql(element: MemberText, compiler: SQLCompiler, **options: Any) -> str:
    # PostgreSQL has no text with NUL and refuses to read a document that speaks of one, wherever it stands
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST(replace({column}, '\\u0000', '\\ufffd') AS JSON) ->> {name})"


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows in their order, the fastest way that the database has."""
    found = list(rows)
    if not found:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, found)
        return
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
    if compiled.positional and list(compiled.positiontup or ()) == list(columns):
        connection.exec_driver_sql(str(compiled), found)
    else:
        connection.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in found])


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Send rows as one stream; columns that are not named get what the table gives them."""
    quote = connection.dialect.identifier_preparer.quote
    words = f"COPY {quote(table.name)} ({', '.join(map(quote, columns))}) FROM STDIN"
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(words) as copy:
            for row in rows:
                copy.write_row(row)
    finally:
        cursor.close()
