"""What an XER file says of its tasks in the planner's own words: activity codes and user-defined fields."""

from collections.abc import Mapping

from twin.exchange.xer_file import Row, XerFile, texts
from twin.exchange.xer_values import Notes
from twin.values.sentence import say

MAX_SAME = 20  # values of one name on one task: P6 allows one


def read_codes(file: XerFile, known: Mapping[str, bool], notes: Notes) -> dict[str, dict[str, str]]:
    """Return task_id → name → value, of activity codes first, then of user-defined fields.

    known : task_id of every task of the file → is it one of the schedule (the others' values are only counted)

    An activity code gives two entries: its type's name with the short value, and "<type> name" with the long one.
    """
    found: dict[str, dict[str, str]] = {}
    _activity_codes(file, known, notes, found)
    _user_fields(file, known, notes, found)
    return found


def _activity_codes(file: XerFile, known: Mapping[str, bool], notes: Notes, found: dict[str, dict[str, str]]) -> None:
    """Add the activity codes of the tasks."""
    types = dict(texts(file.rows("ACTVTYPE"), "actv_code_type_id", "actv_code_type"))
    codes = {row.get("actv_code_id"): row for row in file.rows("ACTVCODE")}
    others = lost = 0
    for row in file.rows("TASKACTV"):
        task_id, code = row.get("task_id"), codes.get(row.get("actv_code_id"))
        type_id = row.get("actv_code_type_id") or (code.get("actv_code_type_id") if code else "")
        if code is None or task_id not in known:
            lost += 1
        elif not known[task_id]:
            others += 1
        else:
            name = types.get(type_id, "") or type_id or "code"
            short, long = code.get("short_name"), code.get("actv_code_name")
            own = found.setdefault(task_id, {})
            lost += not _put(own, name, short or long)
            if long and short and long != short:
                _put(own, f"{name} name", long)
    _tell("TASKACTV", others, lost, notes)


def _user_fields(file: XerFile, known: Mapping[str, bool], notes: Notes, found: dict[str, dict[str, str]]) -> None:
    """Add the user-defined fields of the tasks; those of resources, projects and others are counted."""
    types = {row.get("udf_type_id"): row for row in file.rows("UDFTYPE")}
    codes = dict(texts(file.rows("UDFCODE"), "udf_code_id", "short_name"))
    others = lost = 0
    for row in file.rows("UDFVALUE"):
        kind = types.get(row.get("udf_type_id"))
        task_id = row.get("fk_id")
        if kind is None:
            lost += 1
        elif kind.get("table_name").upper() != "TASK" or not known.get(task_id, True):
            others += 1
        elif task_id not in known:
            lost += 1
        else:
            name = kind.get("udf_type_label") or kind.get("udf_type_name") or row.get("udf_type_id")
            lost += not _put(found.setdefault(task_id, {}), name, _udf(row, codes))
    _tell("UDFVALUE", others, lost, notes)


def _udf(row: Row, codes: Mapping[str, str]) -> str:
    """Return the one of its columns that a user-defined value is in."""
    code = row.get("udf_code_id")
    stated = (row.get(name) for name in ("udf_text", "udf_number", "udf_date"))
    return next((text for text in stated if text), codes.get(code, "") or code)


def _put(values: dict[str, str], name: str, value: str) -> bool:
    """Add a value; more of the same name get a number behind it. Returns False where there are too many."""
    for number in range(1, MAX_SAME + 1):
        place = name if number == 1 else f"{name} {number}"
        if values.setdefault(place, value) == value:
            return True
    return False


def _tell(table: str, others: int, lost: int, notes: Notes) -> None:
    """Count what is not read."""
    notes.leave(
        say(
            "Table {table}: {count} rows belong to other things than this schedule's tasks.", table=table, count=others
        ),
        others,
    )
    notes.leave(
        say("Table {table}: {count} rows name something that is not in the file.", table=table, count=lost), lost
    )
