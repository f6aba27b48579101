"""Replies that were written before what was decided here: nothing newer is lost, what is not kept is told."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.store import samples
from tests.web import clash_samples
from tests.web.clash_samples import CLASHES, GROUP, PROJECT
from twin.errors import InvalidInput
from twin.exchange.bcf import read, written
from twin.store import Store
from twin.values.clash import ClashStatus
from twin.values.topic import BcfFile, Comment, Topic
from web.bcf.topics import opening_guid
from web.changes_clashes import asked
from web.cli import main

Run = Callable[..., tuple[int, Any]]
EARLY = datetime(2026, 6, 3, 9, 0, 0, 250_500, tzinfo=UTC)
LATE = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conflicts")
    with Store.init(folder, name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(stem="duplex", text="b", spaces=False))
        clash_samples.put(store)
        values = {"status": ClashStatus.REVIEWED, "assignee": "王", "due_date": date(2026, 7, 1)}
        store.change_clashes(CLASHES[:2], values, by="李", at=EARLY)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "twin"))


@pytest.fixture
def twin(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str | Path) -> tuple[int, Any]:
        capsys.readouterr()
        code = main.run(["clash", *(str(word) for word in words), "--twin", str(folder), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def exported(twin: Run, tmp_path: Path) -> Path:
    path = tmp_path / "issues.bcf"
    assert twin("export", path, "--project", PROJECT, "--no-pictures")[0] == 0
    return path


def mine(path: Path) -> Topic:
    return next(topic for topic in read(path).topics if topic.guid == GROUP)


def reply(path: Path, *found: Topic) -> Path:
    path.write_bytes(written(BcfFile(topics=found), "3.0").content)
    return path


def rewritten(source: Path, target: Path, change: Callable[[str], str]) -> Path:
    """Change the text of our topic as another program would."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == f"{GROUP}/markup.bcf" else content)
    return target


def change(folder: Path, at: datetime = LATE, **values: Any) -> None:
    with Store.open(folder, create=False) as store:
        store.change_clashes(CLASHES[:2], values, by="赵", at=at)


def kept(folder: Path) -> tuple[str, str, date | None]:
    with Store.open(folder, create=False) as store:
        both = {(c.status.value, c.assignee, c.due_date) for c in store.group_clashes(GROUP)}
    (one,) = both
    return one


@pytest.mark.parametrize("cut", [1, 1000, 1_000_000])
def test_a_file_of_before_undoes_nothing(twin: Run, folder: Path, exported: Path, tmp_path: Path, cut: int) -> None:
    topic = mine(exported)
    assert topic.modified_date == EARLY
    change(folder, status=ClashStatus.APPROVED, assignee="赵", due_date=date(2026, 9, 9))

    def shorter(time: datetime | None) -> datetime | None:  # as programs do that know no microseconds
        return time and time.replace(microsecond=time.microsecond // cut * cut)

    said = [replace(c, modified_date=shorter(c.modified_date)) for c in topic.comments]
    old = reply(tmp_path / "old.bcf", replace(topic, modified_date=shorter(topic.modified_date), comments=said))
    code, told = twin("load", old)
    assert (code, told["changed"], told["notices"]) == (0, 0, [])
    assert kept(folder) == ("Approved", "赵", date(2026, 9, 9))


def test_what_a_file_does_not_say_changes_nothing(twin: Run, folder: Path, exported: Path, tmp_path: Path) -> None:
    topic = replace(mine(exported), assigned_to="", due_date=None, status="", modified_date=datetime.now(UTC))
    code, told = twin("load", reply(tmp_path / "r.bcf", topic))
    assert (code, told["changed"]) == (0, 0)
    assert kept(folder) == ("Reviewed", "王", date(2026, 7, 1))


@pytest.mark.parametrize("touched", [False, True])
def test_an_edit_of_what_nobody_changed_here_is_taken(
    twin: Run, folder: Path, exported: Path, tmp_path: Path, touched: bool
) -> None:
    change(folder, assignee="赵")
    topic = replace(mine(exported), status="Closed")
    topic = replace(topic, modified_date=datetime.now(UTC)) if touched else topic
    code, told = twin("load", reply(tmp_path / "r.bcf", topic))
    assert (code, told["changed"]) == (0, 2)
    assert kept(folder) == ("Resolved", "赵", date(2026, 7, 1))  # the person is not that of the file, which is old


@pytest.mark.parametrize("modified", [None, EARLY + timedelta(days=1), LATE + timedelta(days=1)])
def test_of_two_edits_the_later_one_stands(
    twin: Run, folder: Path, exported: Path, tmp_path: Path, modified: datetime | None
) -> None:
    change(folder, status=ClashStatus.APPROVED)
    topic = mine(exported)
    topic = replace(topic, status="Closed", modified_date=modified or topic.modified_date)
    code, told = twin("load", reply(tmp_path / "r.bcf", topic))
    if modified is not None and modified > LATE:
        assert (code, told["changed"], kept(folder)[0]) == (0, 2, "Resolved")
    else:
        assert (code, told["changed"], kept(folder)[0]) == (3, 0, "Approved")
        (notice,) = told["notices"]
        assert "2026-06-08" in notice
        assert "两处" in notice


def test_a_run_meanwhile_is_nobodys_word(twin: Run, folder: Path, exported: Path, tmp_path: Path) -> None:
    change(folder, EARLY - timedelta(hours=1), status=ClashStatus.NEW)
    twin("export", exported, "--project", PROJECT, "--no-pictures")
    change(folder, status=ClashStatus.ACTIVE)
    assert twin("load", reply(tmp_path / "r.bcf", replace(mine(exported), status="Approved")))[1]["changed"] == 2
    assert kept(folder)[0] == "Approved"


def test_a_program_that_leaves_out_times_is_believed(twin: Run, folder: Path, exported: Path, tmp_path: Path) -> None:
    topic = replace(mine(exported), status="Closed", modified_date=None, comments=())
    assert twin("load", reply(tmp_path / "r.bcf", topic))[1]["changed"] == 2


@pytest.mark.parametrize(
    ("written_as", "notices"),
    [
        ("2026-12-01T00:00:00+08:00", 0),
        ("2026-12-01T23:30:00-08:00", 0),
        ("2026-12-01T00:00:00", 0),
        ("2026-12-01T00:00:00Z", 0),
        ("2026-12-01", 1),
        (" 2026-12-01+08:00 ", 1),
    ],
)
def test_a_due_day_is_the_day_as_it_is_written(
    twin: Run, folder: Path, exported: Path, tmp_path: Path, written_as: str, notices: int
) -> None:
    def late(text: str) -> str:
        start, _, rest = text.partition("<DueDate>")
        return f"{start}<DueDate>{written_as}{rest[rest.index('</DueDate>') :]}"

    code, told = twin("load", rewritten(exported, tmp_path / "r.bcf", late))
    assert (code, len(told["notices"])) == (3 if notices else 0, notices)
    assert all("2026-12-01" in notice for notice in told["notices"])
    assert kept(folder)[2] == date(2026, 12, 1)


def test_every_zone_sees_the_due_day(exported: Path) -> None:
    due = mine(exported).due_date
    assert due is not None
    days = {due.astimezone(timezone(timedelta(hours=hours))).date() for hours in range(-12, 12)}
    assert days == {date(2026, 7, 1)}


def test_a_day_that_no_calendar_has_is_refused(twin: Run, exported: Path, tmp_path: Path) -> None:
    path = rewritten(exported, tmp_path / "r.bcf", lambda t: t.replace("2026-07-01T12:00:00Z</Due", "2026-02-31</Due"))
    code, told = twin("load", path)
    assert code == 1
    assert "r.bcf" in told["detail"]


@pytest.mark.parametrize("day", ["2026-02-31", "1800-01-01", 7, "soon"])
def test_a_due_date_that_is_none_is_named(day: object) -> None:
    with pytest.raises(InvalidInput, match=f"^due_date is {day}: "):
        asked({"by": "李", "due_date": day})


def test_of_two_comments_with_one_guid_one_is_counted(twin: Run, exported: Path, tmp_path: Path) -> None:
    topic = mine(exported)
    twice = [
        Comment("0a000000-0000-4000-8000-000000000001", LATE + timedelta(days=n), "a@b.cn", f"n{n}") for n in range(2)
    ]
    code, told = twin("load", reply(tmp_path / "r.bcf", replace(topic, comments=[*topic.comments, *twice])))
    assert (code, told["comments"], len(told["notices"])) == (3, 1, 1)
    assert told["notices"][0].startswith("1 ")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "EDITED 两处"},
        {"labels": ["hard", "一层", "mine"]},
        {"priority": "Low"},
        {"description": "my words"},
    ],
)
def test_words_of_ours_that_another_program_changed_are_told(
    twin: Run, exported: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert twin("load", reply(tmp_path / "same.bcf", mine(exported)))[0] == 0
    code, told = twin("load", reply(tmp_path / "r.bcf", replace(mine(exported), **changes)))
    assert (code, told["changed"], len(told["notices"])) == (3, 0, 1)


def test_an_export_in_another_language_or_with_all_is_no_edit(
    twin: Run, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_LANG", "zh")
    twin("export", exported, "--project", PROJECT, "--no-pictures", "--all")
    assert "相交" in mine(exported).description
    monkeypatch.setenv("TWIN_LANG", "en")
    code, told = twin("load", exported)
    assert (code, told["changed"], told["notices"]) == (0, 0, [])


def test_our_own_comment_carries_when_it_was_written(exported: Path) -> None:
    (first,) = mine(exported).comments
    assert (first.guid, first.modified_date) == (opening_guid(GROUP), EARLY)
