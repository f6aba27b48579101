"""Small Microsoft Project and P6 XML files for tests, and what an independent look at a file counts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from twin.errors import InvalidInput

MSPDI = "http://schemas.microsoft.com/project"
WEEK = "".join(
    f"<WeekDay><DayType>{day}</DayType><DayWorking>{int(1 < day < 7)}</DayWorking>"
    + (
        "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
        "<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"
        if 1 < day < 7
        else ""
    )
    + "</WeekDay>"
    for day in range(1, 8)
)
STANDARD = (
    "<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar>"
    f"<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>{WEEK}</WeekDays></Calendar>"
)


def element(name: str, **fields: object) -> str:
    """Return an element; fields are its children, one whose name ends in "_" is raw XML."""
    inside = "".join(str(v) if k.endswith("_") else f"<{k}>{v}</{k}>" for k, v in fields.items())
    return f"<{name}>{inside}</{name}>"


def task(uid: object, level: object = 1, more: str = "", **fields: object) -> str:
    """Return a `Task` of a Microsoft Project file."""
    return element("Task", UID=uid, OutlineLevel=level, **{"Name": f"Task {uid}", **fields, "more_": more})


def link(uid: int, **fields: object) -> str:
    """Return a `PredecessorLink`."""
    return element("PredecessorLink", PredecessorUID=uid, **fields)


def mspdi(
    *tasks: str,
    calendars: str = STANDARD,
    resources: str = "",
    assignments: str = "",
    before: str = "",
    fields: str = "",
) -> str:
    """Return a Microsoft Project file; `fields`: of the project, `before`: what stands before the tasks."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Project xmlns="{MSPDI}"><Name>made.xml</Name>'
        f"<CalendarUID>1</CalendarUID>{fields}{before}<Calendars>{calendars}</Calendars>"
        f"<Tasks>{''.join(tasks)}</Tasks><Resources>{resources}</Resources>"
        f"<Assignments>{assignments}</Assignments></Project>"
    )


def window(first: str, last: str) -> str:
    """Return a `TimePeriod` of whole days."""
    return f"<TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"


def times(*pairs: tuple[str, str]) -> str:
    """Return the `WorkingTimes` of (from, to)."""
    return (
        "<WorkingTimes>" + "".join(element("WorkingTime", FromTime=a, ToTime=b) for a, b in pairs) + "</WorkingTimes>"
    )


def calendar(uid: int, inside: str = "", base: int | None = None, week: str = "") -> str:
    """Return a `Calendar`; without `base` one that stands alone."""
    return element(
        "Calendar", UID=uid, Name=f"C{uid}", IsBaseCalendar=int(base is None),
        BaseCalendarUID=-1 if base is None else base,
        week_=f"<WeekDays>{week}</WeekDays>" if week else "", inside_=inside,
    )  # fmt: skip


P6_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
P6_CALENDAR = element(
    "Calendar",
    ObjectId=7,
    Name="Week",
    week_="<StandardWorkWeek>"
    + "".join(
        element(
            "StandardWorkHours",
            DayOfWeek=day,
            time_="<WorkTime><Start>08:00:00</Start><Finish>15:59:00</Finish></WorkTime>" if n < 5 else "<WorkTime/>",
        )
        for n, day in enumerate(P6_DAYS)
    )
    + "</StandardWorkWeek>",
    days_="<HolidayOrExceptions/>",
)


def activity(object_id: object, id_: str, more: str = "", **fields: object) -> str:
    """Return an `Activity` of a P6 file."""
    return element("Activity", ObjectId=object_id, Id=id_, Name=f"Activity {id_}", **fields, more_=more)


def p6_project(object_id: object, *rows: str, tag: str = "Project", **fields: object) -> str:
    """Return a `Project` or `BaselineProject`, its own fields first."""
    return element(tag, ObjectId=object_id, **{"Id": f"P{object_id}", **fields}, rows_="".join(rows))


def pmxml(*projects: str, before: str = P6_CALENDAR, version: str = "V18.1") -> str:
    """Return a P6 file."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<APIBusinessObjects xmlns="http://xmlns.oracle.com/Primavera/P6/{version}/API/BusinessObjects">'
        f"{before}{''.join(projects)}</APIBusinessObjects>"
    )


def refused(read: Any, path: Path) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(InvalidInput) as error:
        read(path)
    return str(error.value)


class Plain:
    """An independent look at a real file: elements by name, namespaces cut off."""

    def __init__(self, path: Path) -> None:
        self.root = ElementTree.parse(path).getroot()  # noqa: S314  the files are our own copies
        for node in self.root.iter():
            node.tag = node.tag.split("}")[-1]

    def rows(self, path: str) -> Iterator[dict[str, str]]:
        """Yield the texts of the children of every element at `path`."""
        for node in self.root.findall(path):
            yield {child.tag: (child.text or "").strip() for child in node}
