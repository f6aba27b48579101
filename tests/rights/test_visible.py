"""Whatever the scope, nothing of a project or field outside of it is in what the store or a judgement gives."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rights import city
from tests.rights.city import HIDDEN, HIDDEN_IDS, HIDDEN_LAYER, HIDDEN_MODEL, LAYER, MODEL, SHOWN
from tests.web.clash_samples import CLASHES, FOREIGN, GROUP, foreign
from twin.errors import AlreadyThere, NotAllowed, NotFound
from twin.judged import Judged
from twin.judged_elements import JudgedElements
from twin.judged_seen import SeenJudged
from twin.judgement.states import COLUMNS
from twin.store import Store
from twin.store.visible import FILTERED, PASSED, REFUSED, Visible
from twin.values.job import NewJob
from twin.values.rights import ALL_FIELDS, FIELDS, Role, Scope
from twin.values.upload import NewUpload

PROJECTS, MODELS, LAYERS = (SHOWN, HIDDEN), (MODEL, HIDDEN_MODEL, "none"), (LAYER, HIDDEN_LAYER, "none")
ALL_CLASHES = (*CLASHES, *(HIDDEN_IDS[clash] for clash in CLASHES))
TOPICS = (FOREIGN, GROUP, HIDDEN_IDS[FOREIGN], HIDDEN_IDS[GROUP])
WALLS = (f"{1:022d}", "OPENING")
DAY = date(2026, 3, 31)

# method that tells something → the arguments that it is called with, all combinations of them
READS: dict[str, tuple[tuple[Any, ...], ...]] = {
    **dict.fromkeys(("changes", "check", "settings", "known", "knowledge", "projects", "layers", "published"), ()),
    "publications": (),
    **dict.fromkeys(
        ("models", "clashes", "clash_groups", "clash_runs", "topics", "jobs", "uploads"), ((*PROJECTS, None),)
    ),
    **dict.fromkeys(
        ("project", "project_frame", "elements", "checked_revisions", "current_placements", "last_clash_run"),
        (PROJECTS,),
    ),
    "project_comments": (PROJECTS,),
    "project_events": (PROJECTS, (["status", "assignee", "found"],)),
    "find_model": (PROJECTS, ("办公楼", f"tower-{city.MARK}")),
    "element": (PROJECTS, WALLS),
    **dict.fromkeys(
        (
            "model",
            "history",
            "ledger",
            "element_columns",
            "element_parents",
            "element_texts",
            "element_groups",
            "bodies",
        ),
        (MODELS,),
    ),
    "element_properties": (MODELS, ([0, 1],)),
    "tile": (MODELS, ("tileset.json", "spaces/tileset.json")),
    "layer": (LAYERS,),
    "clash": (ALL_CLASHES,),
    "clash_events": (ALL_CLASHES,),
    **dict.fromkeys(("group_clashes", "comments", "topic", "viewpoints"), (TOPICS,)),
    "job": (("shown", "hidden"),),
    "upload": (("shown", "hidden"),),
}
# those that change something are asked by the tests of the routes; each needs a role, which is asked here
CHANGES: dict[str, tuple[Role, Callable[[Store], object]]] = {
    "change_clashes": (
        Role.ENGINEER,
        lambda store: store.change_clashes([CLASHES[0]], {"assignee": "x"}, by="x", at=city.AT),
    ),
    "add_comment": (Role.ENGINEER, lambda store: store.add_comment(SHOWN, GROUP, author="x", at=city.AT, text="x")),
    "put_topics": (Role.ENGINEER, lambda store: store.put_topics(SHOWN, [])),
    "remove_topic": (Role.ENGINEER, lambda store: store.remove_topic(FOREIGN)),
    "publish": (Role.MANAGER, lambda store: store.publish("project", SHOWN, by="x")),
    "unpublish": (Role.MANAGER, lambda store: store.unpublish("project", SHOWN)),
}
WORK = {"put_job", "cancel_job", "retry_job", "put_upload", "add_upload_part", "publish_upload", "withdraw_upload"}
WORK |= {"remove_upload", "tidy_uploads", "upload_parts", "keep_upload", "forget_upload_bytes"}


def test_every_method_of_the_store_is_filtered_passed_on_or_refused() -> None:
    public = {name for name in dir(Store) if not name.startswith("_")}
    assert public == FILTERED | REFUSED | PASSED.keys()
    assert READS.keys() | CHANGES.keys() | WORK == FILTERED
    assert all(PASSED.values())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(city.build(tmp_path_factory.mktemp("visible"))) as found:
        found.publish("project", HIDDEN, ["light"], by=city.MARK)
        for code, mark in ((SHOWN, f"{city.OWN_MARK}work"), (HIDDEN, f"{city.MARK}work")):
            found.put_job(NewJob("clash", code, {}, mark))
            found.put_upload(NewUpload(code, f"{mark}.ifc", 10, created_by=mark))
        yield found


def parts(seen: dict[str, frozenset[str]], layers: frozenset[str]) -> Scope:
    return Scope(frozenset(seen.items()), layers, Role.VIEWER)


SOME_FIELDS = st.one_of(st.just(ALL_FIELDS), st.frozensets(st.sampled_from(FIELDS)))
SCOPES = st.builds(
    parts,
    st.dictionaries(st.sampled_from(PROJECTS), SOME_FIELDS),
    st.frozensets(st.sampled_from((LAYER, HIDDEN_LAYER))),
)


def unseen(scope: Scope) -> list[str]:
    """Return the marks that must not be found in a scope."""
    found: list[str] = []
    for project in PROJECTS:
        fields = scope.fields(project)
        own = city.marks(project)
        if fields is None:
            found += [
                city.OWN_MARK if project == SHOWN else f"{project}",
                *(mark for of in own.values() for mark in of),
            ]
        else:
            if fields == ALL_FIELDS:
                continue
            shown = fields
            found.append(f"{city.OWN_MARK if project == SHOWN else city.MARK}work")
            found += [mark for field, marks in own.items() if field not in shown for mark in marks]
    return found


def test_a_scope_that_sees_all_is_told_the_marks(store: Store) -> None:
    """The marks can be found at all, so that not finding them says something."""
    whole = Visible(store, parts(dict.fromkeys(PROJECTS, ALL_FIELDS), frozenset((LAYER, HIDDEN_LAYER))))
    told = "".join(repr(answer) for _, answer in answers(whole))
    for project in PROJECTS:
        for field, marks in city.marks(project).items():
            assert any(mark in told for mark in marks), (project, field)
    judged = SeenJudged(Judged(store), whole)
    told = shown_of(judged)
    assert "9174629" in told
    assert HIDDEN in told


def answers(store: Store) -> Iterator[tuple[str, Any]]:
    """Yield what every reading method returns, whatever it is asked for."""
    for name, arguments in READS.items():
        for given_ones in product(*arguments):
            with suppress(NotFound, NotAllowed):
                yield f"{name}{given_ones}", getattr(store, name)(*given_ones)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scope=SCOPES)
def test_no_reading_method_tells_what_is_outside_of_the_scope(store: Store, scope: Scope) -> None:
    marks = unseen(scope)
    for call, answer in answers(Visible(store, scope)):
        told = repr(answer)
        assert not [mark for mark in marks if mark in told], call
        if HIDDEN_LAYER not in (scope.layers or ()):
            assert HIDDEN_LAYER not in told, call


def shown_of(judged: Judged) -> str:
    told = [repr(judged.known())]
    for forecast in (False, True):
        judgement = judged.projects(DAY, forecast=forecast)
        for found in judgement.projects:
            told += [repr(found), repr(found.uses.facts), repr(judged.curve(found))]
    return "".join(told)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scope=SCOPES)
def test_no_judgement_tells_what_is_outside_of_the_scope(store: Store, scope: Scope) -> None:
    told = shown_of(SeenJudged(whole_of(store), Visible(store, scope)))
    assert not [mark for mark in unseen(scope) if mark in told]


_judged: dict[int, Judged] = {}


def whole_of(store: Store) -> Judged:
    return _judged.setdefault(id(store), Judged(store))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scope=SCOPES)
def test_a_light_is_the_true_one_or_none(store: Store, scope: Scope) -> None:
    whole = whole_of(store)
    judged = SeenJudged(whole, Visible(store, scope))
    seen = {found.code: found for found in judged.projects(DAY).projects}
    assert seen.keys() == dict(scope.projects or ()).keys()
    counts = dict.fromkeys(("green", "yellow", "red", "grey"), 0)
    for code, found in seen.items():
        true = whole.project(code, DAY)[0]
        fields = scope.fields(code) or frozenset()
        assert found.light.light == (true.light.light if "light" in fields else "grey")
        assert bool(found.light.evidence) == ("light" in fields)
        assert found.status.progress == (true.status.progress if "progress" in fields else None)
        counts[found.light.light] += 1
    assert judged.lights(DAY, forecast=False) == counts


def test_elements_have_colours_of_what_is_seen_only(store: Store) -> None:
    """A colour per element says how far it is, and what it uses: those of other fields are 0, which is "no data"."""
    whole = whole_of(store)
    elements = JudgedElements(whole)
    own_field = {"light": "light", "state": "progress", "progress": "progress", "deviation": "progress"}
    for by in COLUMNS:
        for field in ("light", "progress", "funds"):
            judged = SeenJudged(whole, Visible(store, parts({SHOWN: frozenset({field})}, frozenset())))
            model = store.model(MODEL)
            seen = JudgedElements(judged, elements).states(model, judged.project(SHOWN, DAY)[0], by)
            if own_field.get(by, by) != field and by != "light":
                assert not any(seen), (by, field)
    judged = SeenJudged(whole, Visible(store, parts({SHOWN: frozenset({"progress"})}, frozenset())))
    model = store.model(MODEL)
    true = elements.states(model, whole.project(SHOWN, DAY)[0], "state")
    assert JudgedElements(judged, elements).states(model, judged.project(SHOWN, DAY)[0], "state") == true
    assert any(true)


@pytest.mark.parametrize("name", CHANGES)
def test_changes_need_their_role(store: Store, name: str) -> None:
    needed, change = CHANGES[name]
    scope = parts({SHOWN: ALL_FIELDS}, frozenset())
    few = Visible(store, Scope(scope.projects, scope.layers, Role(needed - 1)))
    if name != "put_topics":  # none are put
        with pytest.raises(NotAllowed):
            change(few)
    elsewhere = Visible(store, Scope(frozenset({(HIDDEN, ALL_FIELDS)}), None, Role.ADMINISTRATOR))
    if name != "put_topics":
        with pytest.raises(NotFound):
            change(elsewhere)


def test_what_concerns_the_whole_city_is_refused(store: Store) -> None:
    visible: Any = Visible(store, parts({SHOWN: ALL_FIELDS}, frozenset()))
    for name in REFUSED:
        with pytest.raises(NotAllowed):
            getattr(visible, name)()


def test_a_topic_of_another_project_cannot_be_taken_over(store: Store) -> None:
    visible = Visible(store, Scope(frozenset({(SHOWN, ALL_FIELDS)}), None, Role.ENGINEER))
    with pytest.raises(AlreadyThere):
        visible.put_topics(SHOWN, [replace(foreign(), guid=HIDDEN_IDS[FOREIGN])])
    with pytest.raises(AlreadyThere):
        visible.add_comment(SHOWN, HIDDEN_IDS[GROUP], author="x", at=city.AT, text="x")
