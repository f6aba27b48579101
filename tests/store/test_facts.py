"""Dated facts in the store: what was known when stays known, nothing is kept twice, nothing half."""

import hashlib
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.samples import revision
from twin.errors import InvalidInput, RefusedRows
from twin.store import NewLoad, NewSchedule, Store
from twin.values.project import CellProblem, ProgressFact, RegisterEntry, ResourceFact


def moment(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def load(name: str = "facts.csv", *, partial: bool = False, problems: tuple[CellProblem, ...] = ()) -> NewLoad:
    content = name.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    return NewLoad(name, content, sha256, moment(31), recorded_column="recorded", partial=partial, problems=problems)


def entry(code: str, **fields: object) -> RegisterEntry:
    return RegisterEntry(code, **fields, given=tuple(fields))  # type: ignore[arg-type]


def progress(code: str, day: int, completion: float, task: str | None = None) -> ProgressFact:
    return ProgressFact(code, date(2026, 1, day), task, completion)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as found:
        found.put_register(load("register.csv"), [(2, moment(1), entry("P1", name="一号", budget=1e8))])
        yield found


def test_the_register_keeps_what_a_later_file_does_not_say(store: Store) -> None:
    store.put_register(load("b.csv"), [(5, moment(3), entry("P1", budget=2e8, planned_finish=date(2027, 6, 30)))])
    now, then = store.known()["P1"].entry, store.known(moment(2))["P1"].entry
    assert (now.name, now.budget, now.planned_finish) == ("一号", 2e8, date(2027, 6, 30))
    assert (then.name, then.budget, then.planned_finish) == ("一号", 1e8, None)
    assert store.known(datetime(2025, 12, 31, tzinfo=UTC)) == {}
    report = store.known()["P1"].report
    assert report is not None
    assert (report.file, report.row, report.recorded_at) == ("b.csv", 5, moment(3))


def test_a_blank_cell_takes_a_value_away_and_a_missing_column_does_not(store: Store) -> None:
    store.put_register(load("b.csv"), [(2, moment(3), entry("P1", budget=None))])
    assert store.known()["P1"].entry.budget is None
    assert store.known()["P1"].entry.name == "一号"


def test_a_correction_counts_from_its_recording_on(store: Store) -> None:
    store.put_progress(load("a.csv"), [(2, moment(5), progress("P1", 4, 0.5))])
    store.put_progress(load("b.csv"), [(2, moment(9), progress("P1", 4, 0.4))])
    assert [fact.completion for fact in store.known()["P1"].progress] == [0.4]
    assert [fact.completion for fact in store.known(moment(8))["P1"].progress] == [0.5]
    assert store.known(moment(4))["P1"].progress == ()


def test_what_is_known_already_is_not_kept_twice(store: Store) -> None:
    rows = [(2, moment(5), progress("P1", 4, 0.5)), (3, moment(6), progress("P1", 4, 0.6))]
    assert store.put_progress(load(), rows).kept == 2
    before = store.known()
    again = store.put_progress(load(), rows)
    assert (again.kept, again.unchanged) == (0, 2)
    assert store.known() == before
    assert len(store.loads()) == 2


def test_history_is_loaded_from_the_oldest_to_the_newest(store: Store) -> None:
    store.put_progress(load(), [(2, moment(9), progress("P1", 8, 0.5))])
    with pytest.raises(RefusedRows) as refused:
        store.put_progress(load(), [(7, moment(8), progress("P1", 7, 0.4))])
    assert refused.value.problems[0].row == 7
    assert "before the latest recording" in refused.value.problems[0].problem
    # another kind of fact has a history of its own
    store.put_resources(load(), [(2, moment(3), ResourceFact("P1", date(2026, 1, 2), "funds", "元", 10, 5))])


def test_facts_of_unknown_projects_are_refused_and_nothing_is_kept(store: Store) -> None:
    rows = [(2, moment(9), progress("P1", 8, 0.5)), (3, moment(9), progress("P9", 8, 0.5))]
    with pytest.raises(RefusedRows) as refused:
        store.put_progress(load(), rows)
    assert [(problem.row, problem.value) for problem in refused.value.problems] == [(3, "P9")]
    assert store.known()["P1"].progress == ()
    kept = store.put_progress(load(partial=True), rows)
    assert (kept.kept, len(kept.problems)) == (1, 1)
    assert store.loads()[-1].left_out == 1


def test_problems_of_the_reader_hold_a_load_back(store: Store) -> None:
    bad = (CellProblem(3, "completion", "150", "…"),)
    with pytest.raises(RefusedRows):
        store.put_progress(load(problems=bad), [(2, moment(9), progress("P1", 8, 0.5))])
    with pytest.raises(RefusedRows):
        store.put_register(load(problems=bad), [(2, moment(9), entry("P2", name="x"))])
    assert list(store.known()) == ["P1"]


def test_a_code_that_cannot_stand_in_an_address_is_a_problem_of_its_row(store: Store) -> None:
    with pytest.raises(RefusedRows) as refused:
        store.put_register(load(), [(4, moment(9), entry("a/b", name="x"))])
    assert refused.value.problems[0].row == 4


def test_schedules_and_links_come_back_by_their_recording(store: Store) -> None:
    for day, text in ((2, b"[1]"), (4, b"[2]"), (6, b"[2]")):
        new = NewSchedule("P1", "plan", "csv", date(2026, 1, day), 3, text)
        store.put_schedule(load(f"{day}.csv"), moment(day), new)
    found = store.known()["P1"].schedules
    assert [version.report.file for version in found] == ["2.csv", "4.csv", "6.csv"]  # the data date is another one
    assert [store.blobs.get(version.key) for version in found] == [b"[1]", b"[2]", b"[2]"]
    assert len(store.known(moment(5))["P1"].schedules) == 2
    store.put_links(load("l.toml"), moment(3), "P1", "a = 1")
    assert (store.known()["P1"].links, store.known(moment(2))["P1"].links) == ("a = 1", None)
    assert store.put_links(load("l.toml"), moment(9), "P1", "a = 1").unchanged == 1
    with pytest.raises(InvalidInput, match="P9"):
        store.put_links(load("l.toml"), moment(9), "P9", "a = 1")
    with pytest.raises(InvalidInput, match="before the latest recording"):
        store.put_links(load("l.toml"), moment(2), "P1", "b = 1")
    assert store.damage() == []
    assert store.sweep() == 0


def test_a_project_with_facts_outlives_its_models(store: Store, tmp_path: Path) -> None:
    store.put_revision(revision(project="bare", stem="house"))
    store.put_progress(load(), [(2, moment(9), progress("bare", 8, 0.5))])
    store.remove_model("bare-house")
    assert store.project("bare")[0].models == []
    store.put_register(load(), [(2, moment(9), entry("bare", name="named"))])
    assert len(store.known()["bare"].progress) == 1


def test_the_day_to_look_at_is_stored(store: Store) -> None:
    store.set_as_of(date(2026, 6, 30))
    assert store.settings().as_of == date(2026, 6, 30)
    store.set_as_of(None)
    assert store.settings().as_of is None


# Reports as they come: who, of which day, how far, how many days after the one before it is recorded.
REPORTS = st.lists(
    st.tuples(st.sampled_from(["P1", "P2"]), st.integers(1, 28), st.integers(0, 4), st.integers(0, 2)), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REPORTS, st.integers(1, 28))
def test_what_was_known_then_is_what_is_answered_for_then(
    tmp_path_factory: pytest.TempPathFactory, reports: list[tuple[str, int, int, int]], asked: int
) -> None:
    """Ask at a moment of history, before and after all later reports came in: the answers are the same."""
    with Store.open(tmp_path_factory.mktemp("known") / "twin") as store:
        store.put_register(load(), [(i, moment(1), entry(code, name=code)) for i, code in enumerate(("P1", "P2"), 2)])
        day, asked_at, answer = 1, moment(asked), store.known(moment(asked))
        naive: dict[tuple[str, int], float] = {}
        for row, (code, of, completion, later) in enumerate(reports):
            day = min(day + later, 28)
            store.put_progress(load(str(row)), [(row, moment(day), progress(code, of, completion / 4))])
            if moment(day) <= asked_at:
                answer = store.known(asked_at)
                naive[code, of] = completion / 4
        after = store.known(asked_at)
        assert after == answer
        found = {(c, f.fact_date.day): f.completion for c, known in after.items() for f in known.progress}
        assert found == naive


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REPORTS, st.integers(1, 28))
def test_reading_only_what_is_new_gives_all_there_is(
    tmp_path_factory: pytest.TempPathFactory, reports: list[tuple[str, int, int, int]], asked: int
) -> None:
    """Two tasks and the whole, corrected and not, several of a day: going on from an earlier reading changes nothing
    but the time it takes, in the order of the facts too."""
    with Store.open(tmp_path_factory.mktemp("known") / "twin") as store:
        store.put_register(load(), [(i, moment(1), entry(code, name=code)) for i, code in enumerate(("P1", "P2"), 2)])
        now, then, day = store.knowledge(), store.knowledge(moment(asked)), 1
        for row, (code, of, completion, later) in enumerate(reports):
            day, before = min(day + later, 28), now
            tasks = ((row, None), (row + 1, "a"), (row + 2, "b"))[: 1 + row % 3]
            facts = [(at, moment(day), progress(code, 1 + of % 3, completion / 4, task)) for at, task in tasks]
            store.put_progress(load(str(row)), facts)
            use = ResourceFact(code, date(2026, 1, 1 + of % 3), ("steel", "land")[row % 2], "t", used=completion)
            store.put_resources(load(f"{row} r"), [(row, moment(day), use)])
            now, then = store.knowledge(None, now), store.knowledge(moment(asked), then)
            assert now.known == store.known()
            assert then.known == store.known(moment(asked))
            other = "P2" if code == "P1" else "P1"
            assert now.known[other].progress is before.known[other].progress


def _load_for_ever(folder: str) -> None:
    with Store.open(Path(folder)) as store:
        for n in range(100_000):
            facts = [(row, moment(9), progress("P1", 1 + row % 28, (n % 97) / 97, f"t{row}")) for row in range(200)]
            store.put_progress(load(str(n)), facts)


@pytest.mark.parametrize("after", [0.35, 0.5])
def test_a_killed_load_leaves_all_of_a_file_or_nothing(store: Store, after: float) -> None:
    writer = multiprocessing.get_context("spawn").Process(target=_load_for_ever, args=(str(store.folder),))
    writer.start()
    deadline = time.monotonic() + 30
    while not store.known()["P1"].progress and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(after)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    figures = {fact.completion for fact in store.known()["P1"].progress}
    assert len(store.known()["P1"].progress) == 200
    assert len(figures) == 1  # of one file, whole
    store.sweep()
    assert store.damage() == []


def test_an_unusable_kind_of_number_never_reaches_the_database(store: Store) -> None:
    with pytest.raises((InvalidInput, ValueError)):
        store.put_register(load(), [(2, moment(9), entry("P1", budget=float("nan")))])
    assert json.dumps(store.known()["P1"].entry.budget) == "100000000.0"


def test_departments_report_of_the_same_day(store: Store) -> None:
    """Progress comes from one file, cost from another: neither takes back what the other says; each has its report."""
    works = replace(load("works.csv"), columns={"completion": "累计完成", "actual_finish": "实际竣工"})
    money = replace(load("money.csv"), columns={"actual_cost": "累计支付"})
    day = date(2026, 1, 4)
    store.put_progress(works, [(2, moment(5), ProgressFact("P1", day, completion=1.0, actual_finish=day))])
    store.put_progress(money, [(3, moment(6), ProgressFact("P1", day, actual_cost=7.0))])
    first, second = store.known()["P1"].progress
    assert (first.completion, first.actual_cost, first.report and first.report.file) == (1.0, None, "works.csv")
    assert (second.completion, second.actual_cost, second.report and second.report.file) == (None, 7.0, "money.csv")
    # the correction has a column for the finish, and no finish in it: the work is not finished after all
    store.put_progress(works, [(2, moment(8), ProgressFact("P1", day, completion=0.9))])
    money_fact, corrected = store.known()["P1"].progress
    assert (money_fact.actual_cost, corrected.completion, corrected.actual_finish) == (7.0, 0.9, None)
    assert store.known(moment(7))["P1"].progress == (first, second)
    assert store.put_progress(money, [(3, moment(9), ProgressFact("P1", day, actual_cost=7.0))]).unchanged == 1


def test_amounts_of_two_files_are_one_fact(store: Store) -> None:
    day = date(2026, 1, 4)
    store.put_resources(load(), [(2, moment(5), ResourceFact("P1", day, "steel", "t", planned=10.0))])
    store.put_resources(load(), [(2, moment(6), ResourceFact("P1", day, "steel", "t", used=4.0))])
    (fact,) = store.known()["P1"].resources
    assert (fact.planned, fact.used) == (10.0, 4.0)
    store.put_resources(load(), [(2, moment(7), ResourceFact("P1", day, "steel", "根", used=4.0))])
    (fact,) = store.known()["P1"].resources
    assert (fact.planned, fact.used, fact.unit) == (None, 4.0, "根")


@pytest.mark.parametrize("few", [0, 10**9])
def test_reading_on_gives_what_reading_all_gives(store: Store, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether new facts are put into their places or all are sorted anew."""
    monkeypatch.setattr("twin.store.known._FEW", few)
    known = store.knowledge()
    for n in range(12):
        columns = {"completion": "a"} if n % 3 else {"actual_cost": "b", "note": "c"}
        facts = [
            progress("P1", 1 + n % 4, n / 12),
            replace(progress("P1", 1 + n % 3, n / 24, "t"), actual_cost=n + 1.0),
        ]
        numbered = [(row, moment(10 + n), fact) for row, fact in enumerate(facts)]
        store.put_progress(replace(load(str(n)), columns=columns), numbered)
        known = store.knowledge(None, known)
        assert known.known == store.knowledge().known


def test_a_name_of_later_is_not_known_earlier(store: Store) -> None:
    store.put_register(load("a.csv"), [(2, moment(5), entry("P3", budget=1.0))])
    store.put_register(load("b.csv"), [(2, moment(9), entry("P3", name="三号"))])
    assert (store.known(moment(6))["P3"].entry.name, store.known()["P3"].entry.name) == ("P3", "三号")
