"""Calendars of a Microsoft Project XML file: weeks, exceptions of the old and the new form, work weeks."""

from datetime import timedelta
from xml.etree.ElementTree import Element

from twin.exchange.calendar_drafts import (
    DAY,
    EARLIEST,
    LATEST,
    OFFICE,
    STANDARD_WEEK,
    CalendarWriter,
    Days,
    Draft,
    minute,
    span,
    tell_out_of_bounds,
    tidy,
)
from twin.exchange.findings import Findings, Record, names
from twin.exchange.recurrence import Recurrence
from twin.values.schedule import Calendar, Shift
from twin.values.sentence import say

CALENDARS = say("Calendars")
EXCEPTIONS = say("Exceptions of calendars")
KNOWN = frozenset({"UID", "Name", "IsBaseCalendar", "BaseCalendarUID", "WeekDays", "Exceptions", "WorkWeeks"})
KNOWN_OF_EXCEPTIONS = names(
    "EnteredByOccurrences TimePeriod Occurrences Name Type Period DaysOfWeek MonthItem MonthPosition Month MonthDay "
    "DayWorking WorkingTimes"
)


MOST_DAYS = 5_000_000  # that the windows of all exceptions of a file cover, each counted


class Calendars:
    """Collects the calendars of a file; `written` makes them whole once all are known."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._drafts: dict[str, Draft] = {}
        self._left = MOST_DAYS

    def add(self, element: Element) -> None:
        """Read one `Calendar` element."""
        record = Record(element, say("A calendar"), self._findings)
        uid = record.text("UID")
        record.where = say("Calendar {id}", id=uid or "?")
        if not uid or uid in self._drafts:
            self._findings.lose(say("{where}: its UID is missing or not unique; it is left out.", where=record.where))
            return
        base = None if record.flag("IsBaseCalendar") else record.text("BaseCalendarUID")
        draft = Draft(uid, record.text("Name"), base, [None] * 7)
        week_days = element.find("WeekDays")
        self._week(week_days if week_days is not None else (), draft, record)
        for week in element.iterfind("WorkWeeks/WorkWeek"):
            self._work_week(week, draft, record)
        # Since Project 2007 the old form repeats the new one for older readers: the new one has the names.
        for day in element.iterfind("WeekDays/WeekDay"):
            if (day.findtext("DayType") or "").strip() == "0":
                self._exception(day, draft, record)
        for exception in element.iterfind("Exceptions/Exception"):
            self._exception(exception, draft, record)
        record.leave(CALENDARS, KNOWN)
        self._drafts[uid] = draft

    def written(self, default: str) -> tuple[tuple[Calendar, ...], str | None]:
        """Return the calendars, and the id of the project's own, which the file gives as `default`."""
        if not self._drafts:
            return (), None
        chosen = default
        if default not in self._drafts:
            chosen = next((d.id for d in self._drafts.values() if d.base is None), next(iter(self._drafts)))
            self._findings.notice(
                say(
                    "The file names no calendar of the project that it holds ({id}): calendar {name} is taken.",
                    id=default or "–",
                    name=self._drafts[chosen].name or chosen,
                )
            )
        for draft in self._drafts.values():
            if draft.base is not None and draft.base not in self._drafts:
                self._findings.notice(
                    say(
                        "Calendar {name} is based on calendar {id}, which the file does not hold: "
                        "it is read as based on the project's calendar.",
                        name=draft.name or draft.id,
                        id=draft.base or "–",
                    )
                )
                draft.base = chosen if draft.id != chosen else None
        return CalendarWriter(self._drafts, STANDARD_WEEK, self._findings).calendars(), chosen

    def _week(self, days: Element | tuple[Element, ...], draft: Draft, calendar: Record) -> None:
        for day in days:
            record = Record(day, calendar.where, self._findings)
            kind = record.whole("DayType")
            if kind is not None and 1 <= kind <= 7:
                draft.week[(kind + 5) % 7] = self._shifts(record)  # 1 is Sunday; ours start on Monday
            elif kind != 0:
                self._findings.broken(calendar.where, "DayType", record.text("DayType"))

    def _work_week(self, week: Element, draft: Draft, calendar: Record) -> None:
        """Read a week that holds for some time, as exceptions: the days it names."""
        found = self._window(week, calendar)
        if found is None:
            return
        of_weekday: dict[int, tuple[Shift, ...]] = {}
        for day in week.iter("WeekDay"):
            record = Record(day, calendar.where, self._findings)
            kind = record.whole("DayType")
            if kind is not None and 1 <= kind <= 7:
                of_weekday[(kind + 5) % 7] = self._shifts(record)
        name = (week.findtext("Name") or "").strip()
        for date_ in span(found.first, found.last):
            if date_.weekday() in of_weekday:
                draft.days[date_] = (of_weekday[date_.weekday()], name)

    def _exception(self, element: Element, draft: Draft, calendar: Record) -> None:
        """Read one exception, of the old form (`WeekDay` of type 0) or the new one with its pattern."""
        record = Record(element, calendar.where, self._findings)
        recurrence = self._window(element, calendar, record)
        if recurrence is None:
            return
        shifts = self._shifts(record)
        name = record.text("Name")
        days: Days = {day: (shifts, name) for day in recurrence.days() if EARLIEST <= day <= LATEST}
        if not days and not tell_out_of_bounds(self._findings, calendar.where, recurrence.first):
            self._findings.notice(say("{where}: exception {name} falls on no day.", where=calendar.where, name=name))
        draft.days.update(days)
        if element.tag == "Exception":
            record.leave(EXCEPTIONS, KNOWN_OF_EXCEPTIONS)

    def _window(self, element: Element, calendar: Record, record: Record | None = None) -> Recurrence | None:
        """Return the days of a `TimePeriod`, with the pattern of `record`; None, with a notice, where it has none."""
        period = element.find("TimePeriod")
        window = Record(period, calendar.where, self._findings) if period is not None else None
        first, last = (window.date("FromDate"), window.date("ToDate")) if window else (None, None)
        if record is None or "Type" not in record.texts:
            record = Record(Element("Exception"), calendar.where, self._findings)
        by_count = record.flag("EnteredByOccurrences")
        count = record.whole("Occurrences") if by_count else None
        if first is None or (last is None and count is None) or (last is not None and last < first):
            self._findings.lose(say("{where}: an exception has no days; it is left out.", where=calendar.where))
            return None
        values = {name: record.whole(name) for name in PATTERN}
        type_ = record.whole("Type")
        wrong = [name for name, value in values.items() if value is not None and value not in PATTERN[name]]
        if wrong or (type_ is not None and type_ not in range(1, 10)):
            self._findings.broken(
                calendar.where, *((wrong[0], record.text(wrong[0])) if wrong else ("Type", str(type_)))
            )
            return None
        start, end = first.date(), last.date() if last else LATEST
        self._left -= min((end - start).days, (LATEST - EARLIEST).days)
        if self._left < 0:
            self._findings.lose(
                say("{where}: exceptions are left out, because the file has too many.", where=calendar.where)
            )
            return None
        if type_ in PLAIN:  # its days follow one another, so its count is a length, and an early start can be cut
            end = end if last or not count else start + timedelta(min(count, 40_000) - 1)
            start = max(start, min(EARLIEST, end))
        return Recurrence(
            type=type_ or 1,
            first=start,
            last=end,
            period=values["Period"] or 1,
            weekdays=values["DaysOfWeek"] or 0,
            month=values["Month"] or 0,
            month_day=values["MonthDay"] or 1,
            item=values["MonthItem"] or 0,
            position=values["MonthPosition"] or 0,
            count=count if count is None or count > 0 else None,
        )

    def _shifts(self, record: Record) -> tuple[Shift, ...]:
        """Return the working times of a day; a working day that names none works office hours."""
        times = record.element.find("WorkingTimes")
        if not record.flag("DayWorking", times is not None and len(times) > 0):
            return ()
        shifts: list[Shift] = []
        for element in times if times is not None else ():
            time = Record(element, record.where, self._findings)
            start, finish = minute(time.text("FromTime")), minute(time.text("ToTime"))
            if start is None and finish is None and not time.texts:
                continue
            if finish == 0:
                finish = DAY  # midnight at the end of the day; 00:00 to 00:00 is the whole day
            if start is None or finish is None or start >= finish:
                value = f"{time.text('FromTime')}-{time.text('ToTime')}"
                self._findings.broken(record.where, "WorkingTime", value)
                continue
            shifts.append((start, finish))
        if not shifts:
            self._findings.notice(
                say("{where}: a working day names no working time; 8:00 to 17:00 is taken.", where=record.where)
            )
            return OFFICE
        return tidy(shifts)


PLAIN = {None, 1, 9}
PATTERN = {
    "Period": range(0, 10_000),
    "DaysOfWeek": range(0, 128),
    "Month": range(0, 12),
    "MonthDay": range(0, 32),
    "MonthItem": range(0, 10),
    "MonthPosition": range(0, 5),
}
