"""Calendars of a Primavera P6 XML file."""

from xml.etree.ElementTree import Element

from twin.exchange.calendar_drafts import (
    DAY,
    EARLIEST,
    LATEST,
    STANDARD_WEEK,
    CalendarWriter,
    Draft,
    minute,
    tell_out_of_bounds,
    tidy,
)
from twin.exchange.findings import Findings, Record, names
from twin.values.schedule import Calendar, Shift
from twin.values.sentence import say

CALENDARS = say("Calendars")
KNOWN = names("ObjectId Name BaseCalendarObjectId StandardWorkWeek HolidayOrExceptions IsDefault Type")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Calendars:
    """Collects the calendars of a file; `written` makes them whole once all are known."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._drafts: dict[str, Draft] = {}
        self._default: str | None = None

    def add(self, element: Element) -> None:
        """Read one `Calendar` element."""
        record = Record(element, say("A calendar"), self._findings)
        id_ = record.text("ObjectId")
        record.where = say("Calendar {id}", id=id_ or "?")
        if not id_ or id_ in self._drafts:
            self._findings.lose(
                say("{where}: its ObjectId is missing or not unique; it is left out.", where=record.where)
            )
            return
        if record.flag("IsDefault") and self._default is None:
            self._default = id_
        base = record.text("BaseCalendarObjectId") or None
        draft = Draft(id_, record.text("Name"), base, [None] * 7)
        for day in element.iterfind("StandardWorkWeek/StandardWorkHours"):
            name = (day.findtext("DayOfWeek") or "").strip()
            if name in DAYS:
                draft.week[DAYS.index(name)] = self._shifts(day, record)
            else:
                self._findings.broken(record.where, "DayOfWeek", name)
        for exception in element.iterfind("HolidayOrExceptions/HolidayOrException"):
            date = Record(exception, record.where, self._findings).date("Date")
            if date is None:
                self._findings.lose(say("{where}: an exception has no days; it is left out.", where=record.where))
            elif tell_out_of_bounds(self._findings, record.where, date.date()):
                continue
            elif EARLIEST <= date.date() <= LATEST:
                draft.days[date.date()] = (self._shifts(exception, record), "")
        record.leave(CALENDARS, KNOWN)
        self._drafts[id_] = draft

    def written(self, default: str) -> tuple[tuple[Calendar, ...], str | None]:
        """Return the calendars, and the id of the project's own, which the file gives as `default`."""
        if not self._drafts:
            return (), None
        chosen = default if default in self._drafts else self._default or next(iter(self._drafts))
        if default and chosen != default:
            self._findings.notice(
                say(
                    "The file names no calendar of the project that it holds ({id}): calendar {name} is taken.",
                    id=default,
                    name=self._drafts[chosen].name or chosen,
                )
            )
        for draft in self._drafts.values():
            if draft.base is not None and draft.base not in self._drafts:
                self._findings.notice(
                    say(
                        "Calendar {name} is based on calendar {id}, which the file does not hold: "
                        "it is read as it stands alone.",
                        name=draft.name or draft.id,
                        id=draft.base,
                    )
                )
                draft.base = None
        return CalendarWriter(self._drafts, STANDARD_WEEK, self._findings).calendars(), chosen

    def _shifts(self, day: Element, calendar: Record) -> tuple[Shift, ...]:
        """Return the working times of a day; none make it free.

        P6 names the last minute that is worked: 08:00 to 15:59 are the 8 hours that `HoursPerDay` says.  Times on a
        round minute, as other programs write them, mean what they say.
        """
        shifts: list[Shift] = []
        for element in day.iterfind("WorkTime"):
            time = Record(element, calendar.where, self._findings)
            if not time.texts:
                continue
            start, finish = minute(time.text("Start")), minute(time.text("Finish"))
            if finish is not None and (finish == 0 or (finish + 1) % 5 == 0):
                finish = finish + 1 if finish else DAY
            if start is None or finish is None or start >= finish:
                value = f"{time.text('Start')}-{time.text('Finish')}"
                self._findings.broken(calendar.where, "WorkTime", value)
                continue
            shifts.append((start, finish))
        return tidy(shifts)
