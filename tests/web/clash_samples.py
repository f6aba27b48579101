"""A run of clashes for the server's tests, made by hand: three pairs of boxes of two models, and a topic of others."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from twin.store import ClashRunRecord, Store
from twin.values.bodies import Bodies
from twin.values.clash import BodyKey, Clash, ClashEvent, ClashGroup, ClashStatus, ClashType, Method
from twin.values.sentence import say
from twin.values.topic import Camera, Comment, Component, DocumentReference, HeaderFile, Snapshot, Topic, Viewpoint

PROJECT, A, B = "P001", "P001-办公楼", "P001-duplex"
AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
CLASHES = [f"0c1a5500-0000-4000-8000-00000000000{n}" for n in range(3)]
GROUP, OTHER_GROUP, TOUCHES = (f"0c1a5510-0000-4000-8000-00000000000{n}" for n in range(3))
FOREIGN = "0f0e1600-0000-4000-8000-000000000001"
SAID, SEEN, PAPER = (f"0f0e160{n}-0000-4000-8000-000000000001" for n in (1, 2, 3))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# one red pixel
PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00")),
        _chunk(b"IEND", b""),
    ]
)
_CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
_SIDES = np.array([
    (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
    (1, 5, 7), (1, 7, 3),
], np.uint32)  # fmt: skip


@dataclass
class Lived:
    clashes: Sequence[Clash]
    groups: Sequence[ClashGroup]
    events: Sequence[ClashEvent]


def cubes(count: int, shift: float) -> Bodies:
    """Return cubes of a metre in a row, two metres apart."""
    matrices = np.tile(np.eye(4), (count, 1, 1))
    matrices[:, 0, 3] = np.arange(count) * 2.0 + shift
    return Bodies(_CORNERS, _SIDES, np.array([0, 8]), np.array([0, 12]), np.zeros(count, np.int32), matrices)


def pair(number: int, **changes: object) -> Clash:
    """Return the clash of the cubes of a row."""
    x = 2.0 * number
    values = {
        "id": CLASHES[number],
        "project": PROJECT,
        "rule": "every pair",
        "a": BodyKey(A, f"{number:022d}"),
        "b": BodyKey(B, f"{number:022d}"),
        "type": ClashType.HARD,
        "depth": 0.75,
        "volume": 0.75,
        "distance": 0.0,
        "local_point": (x + 0.625, 0.5, 0.5),
        "local_box": ((x + 0.25, 0.0, 0.0), (x + 1.0, 1.0, 1.0)),
        "method": Method.EXACT_SOLID,
        "status": ClashStatus.NEW,
        "group": GROUP,
        "severity": "high",
        "factors": (say("depth {depth} mm", depth=750),),
        "reason": None,
        "assignee": "",
        "due_date": None,
        "storey": "一层",
        "first_found": AT,
        "last_found": AT,
        **changes,
    }
    return Clash(**values)  # type: ignore[arg-type]


def put(store: Store) -> None:
    """Put bodies, a run with a group of two clashes and one of a touching pair, and a topic of others."""
    for model, shift in ((A, 0.0), (B, 0.25)):
        store.put_bodies(model, cubes(next(m.rows for m in store.models() if m.model == model), shift), [])
    found = [
        pair(0),
        pair(1, status=ClashStatus.ACTIVE, assignee="王", due_date=date(2026, 7, 1), severity="low"),
        pair(2, type=ClashType.TOUCH, depth=0.0, group=TOUCHES),
    ]
    groups = [ClashGroup(GROUP, PROJECT, "near", "两处"), ClashGroup(TOUCHES, PROJECT, "single", "")]
    events = [ClashEvent(c.id, AT, "李", "found", "", "New") for c in found]
    models = {A: 1, B: 1}
    run = ClashRunRecord("run-1", PROJECT, AT, 1.5, "李", "default", models, 9, [], ["ducts"], 3, [], {}, {})
    store.put_clash_run(run, lambda kept, known: Lived(found, groups, events))
    store.put_topics(PROJECT, [foreign()])


def foreign() -> Topic:
    """Return a topic that came from elsewhere, with something in all that is shown."""
    camera = Camera((0.0, -9.0, 2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), view_height=4.0)
    return Topic(
        guid=FOREIGN,
        title="门洞",
        creation_date=AT,
        creation_author="a@b.cn",
        type="Request",
        status="Open",
        labels=("建筑", "MEP"),
        related_topics=(GROUP,),
        document_references=(DocumentReference(PAPER, "图", "https://example.cn/a.pdf"),),
        files=(HeaderFile("办公楼.ifc", "0" * 22, date=AT),),
        comments=(Comment(SAID, AT, "a@b.cn", "请看", SEEN),),
        viewpoints=(Viewpoint(SEEN, camera, (Component(f"{1:022d}"),), snapshot=Snapshot(PNG)),),
    )
