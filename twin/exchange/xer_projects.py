"""Which projects of an XER file are the schedule, and which are its baselines.

A file holds the exported project, sometimes several, projects that only lend a predecessor (`export_flag` N), and
baseline projects: copies whose `orig_proj_id` is the project they were taken from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twin.exchange.xer_file import Row, XerFile
from twin.exchange.xer_values import Notes
from twin.values.schedule import Task
from twin.values.sentence import Sentence, say

MAX_CODE = 400  # letters of a WBS code: deeper trees than anyone builds
NO_PROJECT = ""


@dataclass(slots=True)
class Projects:
    """ids of the projects that are read; `rows` of the PROJECT table by id, empty where the file has no such table."""

    rows: Mapping[str, Row]
    chosen: Mapping[str, None]  # ids in the order of the file
    baselines: Sequence[Mapping[str, str]] = ()  # by number: id of a baseline project → of the project it belongs to
    names: Mapping[str, str] = field(default_factory=dict)
    first: str = NO_PROJECT

    @property
    def with_baseline(self) -> set[str]:
        """Return the ids of the projects that have a baseline in the file."""
        return {project for group in self.baselines for project in group.values()}

    def of(self, row: Row) -> str:
        """Return the id of the project a row belongs to; one that names none belongs to the file's first."""
        return row.get("proj_id") or self.first


def choose(file: XerFile, notes: Notes) -> Projects:
    """Return the exported project (or projects, all of them, told) and its baselines."""
    rows: dict[str, Row] = {}
    for row in file.rows("PROJECT"):
        rows.setdefault(row.get("proj_id"), row)
    first = next(iter(rows), NO_PROJECT)
    worked = dict.fromkeys(row.get("proj_id") or first for row in file.rows("TASK"))
    bases = {key: origin for key in worked if key in rows and (origin := _origin(rows, key, worked))}
    main = [key for key in worked if key not in bases] or list(worked)
    exported = [key for key in main if key in rows and rows[key].get("export_flag") == "Y"]
    chosen = dict.fromkeys(exported or main)
    names = {key: _name(rows, key) for key in worked}
    if len(chosen) > 1:
        notes.notices.append(
            say(
                "The file holds {count} projects ({names}), read as one schedule. Export one alone to keep it apart.",
                count=len(chosen),
                names=_listed([names[key] for key in chosen]),
            )
        )
    baselines = _numbered(rows, chosen, {key: bases[key] for key in bases if key not in chosen}, notes)
    return Projects(rows, chosen, baselines, names, first)


def _origin(rows: Mapping[str, Row], key: str, worked: Mapping[str, None]) -> str:
    """Return the id of the project that `key` is a baseline of, "" for an ordinary project."""
    origin = rows[key].get("orig_proj_id")
    if origin and origin != key and origin in worked and origin in rows:
        return "" if rows[origin].get("orig_proj_id") == key else origin
    return ""


def _numbered(
    rows: Mapping[str, Row], chosen: Mapping[str, None], bases: Mapping[str, str], notes: Notes
) -> Sequence[Mapping[str, str]]:
    """Return the baselines in the order of their numbers: first the one that the project names as its own."""
    groups: list[dict[str, str]] = []
    taken_from: dict[str, list[str]] = {}
    for key, origin in bases.items():
        taken_from.setdefault(origin, []).append(key)
    for project in chosen:
        own = taken_from.get(project, [])
        named = rows[project].get("sum_base_proj_id") if project in rows else ""
        own.sort(key=lambda key: key != named)
        if len(own) > 1 and named not in own:
            notes.notices.append(
                say(
                    "Project {name} has {count} baselines in the file and names none: the first, {baseline}, counts.",
                    name=_name(rows, project),
                    count=len(own),
                    baseline=_name(rows, own[0]),
                )
            )
        for number, key in enumerate(own):
            if number == len(groups):
                groups.append({})
            groups[number][key] = project
    return groups


def _name(rows: Mapping[str, Row], key: str) -> str:
    """Return what people call a project."""
    return (rows[key].get("proj_short_name") if key in rows else "") or key or "?"


def _listed(names: Sequence[str]) -> str:
    """Return up to five names."""
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def stand_in(names: Sequence[str], some_have_baselines: bool) -> Sentence:
    """Return what is told of projects without a baseline: P6 then counts their own planned dates.

    names : of these projects; some_have_baselines : others in the file do
    """
    if not some_have_baselines:
        return say(
            "The file holds no baseline project: the planned dates stand in for one, as P6 itself takes them.",
        )
    return say(
        "The file holds no baseline of the projects {names}: their planned dates stand in, as P6 itself takes them.",
        names=_listed(names),
    )


@dataclass(slots=True)
class Names:
    """Gives out ids that are unique in the schedule; taken ones get "#2", "#3" … behind."""

    taken: set[str] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=dict)

    def give(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind where it is taken."""
        name = wanted
        while name in self.taken:
            number = self.last[wanted] = self.last.get(wanted, 1) + 1
            name = f"{wanted}#{number}"
        self.taken.add(name)
        return name


def read_wbs(file: XerFile, projects: Projects, names: Names, notes: Notes) -> tuple[list[Task], dict[str, str]]:
    """Return the WBS as summary tasks in the file's order, and wbs_id → id of its task (its whole WBS code)."""
    by_id: dict[str, Row] = {}
    others = unusable = 0
    for row in file.rows("PROJWBS"):
        key = row.get("wbs_id")
        if projects.of(row) not in projects.chosen:
            others += 1
        elif not key or key in by_id:
            unusable += 1
        else:
            by_id[key] = row
    notes.leave(
        say("Table {table}: {count} rows belong to baselines or other projects.", table="PROJWBS", count=others), others
    )
    notes.lose(
        say("Table PROJWBS: {count} rows without or with a repeated wbs_id are not read.", count=unusable), unusable
    )
    parents = _parents(by_id, notes)
    codes: dict[str, str] = {}
    for key in by_id:
        _code(key, by_id, parents, codes, projects)
    ids = {key: names.give(codes[key]) for key in by_id}
    tasks = [
        Task(
            ids[key],
            row.get("wbs_name") or row.get("wbs_short_name"),
            "summary",
            code=codes[key],
            parent=ids[parents[key]] if key in parents else None,
        )
        for key, row in by_id.items()
    ]
    return tasks, ids


def _parents(by_id: Mapping[str, Row], notes: Notes) -> dict[str, str]:
    """Return wbs_id → wbs_id of its parent, circles cut; the root's parent is P6's project tree, not in the file."""
    parents = {key: parent for key, row in by_id.items() if (parent := row.get("parent_wbs_id")) in by_id}
    safe: set[str] = set()
    for key in by_id:
        trail, here = dict[str, None](), key
        while here in parents and here not in safe:
            if here in trail:
                notes.note_bad(by_id[here], "parent_wbs_id", parents.pop(here))
                break
            trail[here] = None
            here = parents[here]
        safe.update(trail)
    return parents


def _code(
    key: str, by_id: Mapping[str, Row], parents: Mapping[str, str], codes: dict[str, str], projects: Projects
) -> None:
    """Fill in the codes of a WBS row and of all above it: short names from the root down, as P6 shows them."""
    trail = [key]
    while trail[-1] not in codes and trail[-1] in parents:
        trail.append(parents[trail[-1]])
    for here in reversed(trail):
        if here in codes:
            continue
        row = by_id[here]
        own = row.get("wbs_short_name") or row.get("wbs_name") or here
        project = projects.rows.get(projects.of(row))
        mark = (project.get("name_sep_char") if project else "") or "."
        code = f"{codes[parents[here]]}{mark}{own}" if here in parents else own
        codes[here] = code if len(code) <= MAX_CODE else here
