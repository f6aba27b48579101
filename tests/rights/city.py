"""A city of two projects: P001, which may be published, and one whose every text holds a mark that nobody may find.

Whatever belongs to a field of a project holds the mark of both: a text, or a number that stands nowhere else.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from tests import layers
from tests.store import samples
from tests.web import clash_samples
from twin.store import ClashRunRecord, NewRevision, Store
from twin.values.clash import BodyKey, ClashEvent, ClashGroup
from twin.values.sentence import say
from twin.values.topic import Comment, Topic
from web.ingest_facts import Stated, load_links, load_progress, load_register, load_resources, load_schedule

MARK = "qzh"  # every mark of the hidden project begins so
OWN_MARK = "qzs"  # and every one of P001
CLASH_MARK = f"{MARK}clashes"
SHOWN, HIDDEN = "P001", f"H-{MARK}"
MODEL, HIDDEN_MODEL = f"{SHOWN}-办公楼", f"{HIDDEN}-tower-{MARK}"
OTHER_MODEL = f"{HIDDEN}-pipes-{MARK}"
LAYER, HIDDEN_LAYER = "建筑", f"layer-{MARK}"
AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)

# what an address says of P001 → what it says of the hidden project
HIDDEN_IDS = {
    **{clash: clash.replace("0c1a5500", "dead5ec0") for clash in clash_samples.CLASHES},
    clash_samples.GROUP: clash_samples.GROUP.replace("0c1a5510", "dead5ec1"),
    clash_samples.FOREIGN: clash_samples.FOREIGN.replace("0f0e1600", "dead5ec2"),
    clash_samples.SAID: clash_samples.SAID.replace("0f0e1601", "dead5ec3"),
    clash_samples.SEEN: clash_samples.SEEN.replace("0f0e1602", "dead5ec4"),
}
AMOUNTS = {"funds": "174629", "labour": "283717", "machinery": "391846", "concrete": "467193", "steel": "549617"}
_CHINESE = {"funds": "资金", "labour": "人工", "machinery": "机械", "concrete": "混凝土", "steel": "钢材"}


def marks(project: str) -> dict[str, tuple[str, ...]]:
    """Return field → what of a project must not be found by those who may not see it."""
    mark, digit = (OWN_MARK, "9") if project == SHOWN else (MARK, "8")
    texts = ("progress", "contacts", "elements", "clashes", "note")
    numbers = {field: (f"{digit}{tail}",) for field, tail in AMOUNTS.items()}
    priced = ("6677881", "9112233", "54673398") if project == SHOWN else ("7788991", "8112233", "48673398")
    return {**numbers, "funds": (*numbers["funds"], *priced), **{field: (f"{mark}{field}",) for field in texts}}


SCHEDULE = "task,name,start,finish,baseline_start,baseline_finish,cost\n" + "".join(
    f"T{m},{{mark}} month {m},2026-0{m}-01,2026-0{m}-{last},2026-0{m}-01,2026-0{m}-{last},{{digit}}112233\n"
    for m, last in enumerate((31, 28, 31, 30, 31, 30), 1)
)
LINKS = '[[rule]]\ntask = "T1"\nclass = ["IfcWall"]\n'


def secrets() -> tuple[str, ...]:
    """Return what nobody may find of the hidden project."""
    return (MARK, "dead5ec", *(mark for of in marks(HIDDEN).values() for mark in of))


def build(folder: Path) -> Path:
    """Make the twin; nothing is published yet."""
    with Store.init(folder / "twin", name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(_marked(samples.revision(count=60), f"{OWN_MARK}elements"))
        store.put_revision(samples.revision(stem="duplex", text="b", spaces=False, tiles=(b"glTF b" * 400,)))
        for stem, text in ((f"tower-{MARK}", f"h1 {MARK}"), (f"pipes-{MARK}", f"h2 {MARK}")):
            new = samples.revision(project=HIDDEN, stem=stem, text=text, count=6, tiles=(f"glTF {text}".encode(),))
            store.put_revision(replace(_marked(new, f"{MARK}elements"), discipline=f"{MARK}name"))
        clash_samples.put(store)
        _put_clashes(store)
        layers.put(store, folder, LAYER, layers.features())
        found = layers.features(4)
        secret = replace(found, attributes=pa.table({"name": [f"{MARK} {i}" for i in range(4)], "floors": range(4)}))
        layers.put(store, folder, HIDDEN_LAYER, secret)
        _put_facts(store, folder)
    return folder / "twin"


def _marked(new: NewRevision, mark: str) -> NewRevision:
    """Return a revision with a mark in every text that belongs to its elements."""
    elements = [
        replace(element, name=f"{element.name} {mark}", properties=_marked_properties(element.properties, mark))
        for element in new.model.elements
    ]
    storeys = [replace(storey, name=f"{storey.name} {mark}") for storey in new.model.storeys]
    model = replace(new.model, elements=elements, storeys=storeys, notices=[say("Found {what}.", what=mark)])
    place = replace(
        new.georeference,
        notices=[say("Found {what}.", what=mark)],
        conflicts=[say("Found {what}.", what=mark)],
        present=[{"source": "IfcSite", "where": mark, "notices": []}],
    )
    return replace(new, model=model, georeference=place)


def _marked_properties(properties: Mapping[str, Any], mark: str) -> dict[str, Any]:
    return {
        **properties,
        "tag": mark,
        "psets": {f"Pset_{mark}": {"Secret": mark}},
        "groups": [{"name": f"system {mark}", "ifc_class": "IfcSystem", "global_id": mark.ljust(22, "0")}],
    }


def _put_clashes(store: Store) -> None:
    """Put the clashes of the samples into the hidden project, too."""
    for name, shift in ((HIDDEN_MODEL, 0.0), (OTHER_MODEL, 0.25)):
        rows = next(model.rows for model in store.models() if model.model == name)
        store.put_bodies(name, clash_samples.cubes(rows, shift), [])
    group = HIDDEN_IDS[clash_samples.GROUP]
    found = [
        replace(
            clash_samples.pair(n),
            id=HIDDEN_IDS[clash_samples.CLASHES[n]],
            project=HIDDEN,
            rule=CLASH_MARK,
            a=BodyKey(HIDDEN_MODEL, f"{n:022d}"),
            b=BodyKey(OTHER_MODEL, f"{n:022d}"),
            group=group,
            storey=CLASH_MARK,
            assignee=CLASH_MARK,
            due_date=date(2026, 7, 1),
            reason=say("Found {what}.", what=CLASH_MARK),
        )
        for n in range(3)
    ]
    groups = [ClashGroup(group, HIDDEN, "near", CLASH_MARK)]
    events = [ClashEvent(clash.id, AT, CLASH_MARK, "status", "New", "Active", CLASH_MARK) for clash in found]
    models = {HIDDEN_MODEL: 1, OTHER_MODEL: 1}
    run = ClashRunRecord(
        f"run-{CLASH_MARK}", HIDDEN, AT, 1.5, CLASH_MARK, CLASH_MARK, models, 9, [], [CLASH_MARK], 3, [], {}, {}
    )
    store.put_clash_run(run, lambda kept, known: clash_samples.Lived(found, groups, events))
    store.put_topics(HIDDEN, [_topic()])
    store.add_comment(HIDDEN, group, author=CLASH_MARK, at=AT, text=CLASH_MARK)
    own = f"{OWN_MARK}clashes"
    store.add_comment(SHOWN, clash_samples.GROUP, author=own, at=AT, text=own)
    store.change_clashes([clash_samples.CLASHES[0]], {"assignee": own}, by=own, at=AT, note=own)


def _topic() -> Topic:
    topic = clash_samples.foreign()
    seen = replace(topic.viewpoints[0], guid=HIDDEN_IDS[clash_samples.SEEN])
    return replace(
        topic,
        guid=HIDDEN_IDS[clash_samples.FOREIGN],
        title=CLASH_MARK,
        creation_author=CLASH_MARK,
        description=CLASH_MARK,
        labels=(CLASH_MARK,),
        assigned_to=CLASH_MARK,
        related_topics=(HIDDEN_IDS[clash_samples.GROUP],),
        document_references=(),
        files=(),
        comments=(Comment(HIDDEN_IDS[clash_samples.SAID], AT, CLASH_MARK, CLASH_MARK, seen.guid),),
        viewpoints=(seen,),
    )


def _put_facts(store: Store, folder: Path) -> None:
    register = (
        "项目代码,项目名称,项目类别,所在区,建设单位,施工单位,监理单位,建设地址,总投资(万元),计划开工,计划竣工,项目阶段,备注,经度,纬度\n"
        f"{SHOWN},江北大桥,桥梁,江北区,{OWN_MARK}contacts甲,{OWN_MARK}contacts乙,{OWN_MARK}contacts丙,滨江路,6677.881,"
        f"2026-01-01,2026-06-30,建设实施,{OWN_MARK}note,114.05,22.54\n"
        f"{HIDDEN},{MARK}桥,{MARK}类,{MARK}区,{MARK}contacts甲,{MARK}contacts乙,{MARK}contacts丙,{MARK}路,7788.991,"
        f"2026-01-01,2026-06-30,建设实施,{MARK}note,114.06,22.55\n"
    )
    stated = Stated(recorded_at="2026-01-01")
    load_register(lambda: store, _written(folder, "register.csv", register), stated)
    for code, mark, digit in ((SHOWN, OWN_MARK, "9"), (HIDDEN, MARK, "8")):
        own = folder / mark
        own.mkdir()
        schedule = _written(own, f"{mark}progress-s.csv", SCHEDULE.format(mark=f"{mark}progress", digit=digit))
        load_schedule(lambda: store, schedule, code, stated)
        load_links(lambda: store, _written(own, f"{mark}progress.toml", LINKS), code, stated)
        later = Stated(recorded_at="2026-03-02")
        head = "项目代码,任务编号,统计日期,累计完成(%),累计完成投资(万元),备注\n"
        row = f"{code},T1,2026-02-28,100,{digit}17.4629,{mark}note\n"
        load_progress(lambda: store, _written(own, f"{mark}-reports.csv", head + row), later)
        resources = "项目代码,统计日期,资源,计划,实际\n" + "".join(
            f"{code},2026-02-28,{_CHINESE[name]},{digit}{tail},{digit}{tail}\n" for name, tail in AMOUNTS.items()
        )
        load_resources(lambda: store, _written(own, "resources.csv", resources), later)


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def hidden(text: str) -> str:
    """Return an address with what it says of P001 turned into the hidden project's."""
    table = {
        quote(MODEL): quote(HIDDEN_MODEL),
        MODEL: HIDDEN_MODEL,
        quote(LAYER): quote(HIDDEN_LAYER),
        **HIDDEN_IDS,
        SHOWN: HIDDEN,
    }
    for ours, theirs in table.items():
        text = text.replace(ours, theirs)
    for content in (b"glTF coarse", b"glTF spaces of ISO-10303-21; one"):
        spaces = b"spaces" in content
        secret = f"glTF spaces of h1 {MARK}" if spaces else f"glTF h1 {MARK}"
        text = text.replace(samples.tile_file(content).path, samples.tile_file(secret.encode()).path)
    return text


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a twin, to be changed."""
    return Path(shutil.copytree(folder, to))
