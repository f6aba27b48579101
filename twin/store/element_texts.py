"""What elements are found by, and the groups they are in, read for a whole revision at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from twin.store.dialects import MemberText
from twin.store.read import current_revision
from twin.store.tables import elements


@dataclass(frozen=True, slots=True)
class ElementText:
    """What an element is found by."""

    global_id: str
    name: str
    ifc_class: str
    state: str
    tag: str | None


@dataclass(frozen=True, slots=True)
class ElementGroup:
    """A system, zone or other group of a model, and the feature rows, ascending, of the drawn elements in it."""

    global_id: str
    name: str
    ifc_class: str
    rows: Sequence[int]


def element_texts(connection: Connection, model: str) -> list[ElementText]:
    """Return what every element of the current revision is found by, in the order of the ledger."""
    columns = (elements.c.global_id, elements.c.name, elements.c.ifc_class, elements.c.state)
    query = select(*columns, MemberText(elements.c.properties, "tag"))
    rows = connection.execute(
        query.where(elements.c.revision_id == current_revision(connection, model).id).order_by(elements.c.position)
    )
    return [ElementText(*row) for row in rows]


def element_groups(connection: Connection, model: str) -> list[ElementGroup]:
    """Return the groups of the current revision that have drawn elements, in the order of their names.

    They are kept in the properties of their elements; a revision that was imported before they were read has none.
    """
    query = select(elements.c.feature_row, MemberText(elements.c.properties, "groups")).where(
        elements.c.revision_id == current_revision(connection, model).id,
        elements.c.feature_row >= 0,
        elements.c.properties.contains('"groups":['),
    )
    found: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for row, text in connection.execute(query.order_by(elements.c.feature_row)):
        for group in json.loads(text or "[]"):  # the words may stand in a property's text, too
            key = group["global_id"] or f"{group['ifc_class']} {group['name']}"
            found.setdefault(key, (group, []))[1].append(row)
    groups = [ElementGroup(of["global_id"], of["name"], of["ifc_class"], rows) for of, rows in found.values()]
    return sorted(groups, key=lambda group: (group.name, group.ifc_class, group.global_id))
