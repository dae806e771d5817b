"""INSERT that knows ON CONFLICT, in the database's own dialect, and rows that come as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Table, TableValuedAlias, bindparam, column, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine


def insert(dialect: str, table: Table) -> Any:
    """The dialect's INSERT; both spell ON CONFLICT alike, no common type does."""
    if dialect == "postgresql":
        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


@cache
def insert_new(dialect: str, table: Table) -> Any:
    """An INSERT that leaves a row alone which is there already; the values are given when it is executed."""
    return insert(dialect, table).on_conflict_do_nothing()


def given(types: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """Rows that PostgreSQL is given as one array for each name; `place` counts them."""
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in types.items()]
    columns = [column(name, kind) for name, kind in types.items()]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived("given")


def insert_given(table: Table, *names: str) -> Any:
    """An INSERT of rows that are given as arrays into these columns, in the order given."""
    rows = given({name: table.c[name].type for name in names})
    in_order = select(*(rows.c[name] for name in names)).order_by(rows.c.place)
    return insert("postgresql", table).from_select(list(names), in_order)
