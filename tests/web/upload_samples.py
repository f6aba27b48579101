"""A file that was sent and examined, in the twin that tests of the API read."""

import tempfile
from pathlib import Path

from tests.store import samples
from twin.store import Store
from twin.values.georeference import georeference_to_json
from twin.values.job import JobState
from twin.values.sentence import say
from twin.values.upload import NewUpload

UPLOAD = "0" * 31 + "2"


def put(store: Store) -> None:
    """Keep the file, and what was found in it."""
    new = NewUpload("P001", "新楼.ifc", 6, discipline="建筑", options={"height": 3.5}, created_by="li", id=UPLOAD)
    store.put_upload(new)
    upload = store.add_upload_part(UPLOAD, 0, b"ISO-10")
    assert upload.job is not None
    store.claim_job(upload.job, "examiner")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whole"
        path.write_bytes(b"ISO-10")
        store.keep_upload(UPLOAD, path)
    reason = say("it has no representation: nothing to draw").packed()
    item = {"global_id": "1", "ifc_class": "IfcWall", "name": "墙", "state": "empty", "reason": reason}
    found = {
        **{"model": "P001-新楼", "schema": "IFC4", "kernel": "lite", "revision": 1, "unchanged": False},
        "ledger": {"products": 2, "drawn": 1, "empty": 1, "skipped": 0, "failed": 0, "items": [item]},
        **{"georeference": georeference_to_json(samples.georeference(114.1, 22.6)), "nowhere": None},
        **{"bounds": [114.1, 22.6, 114.2, 22.7], "moved": 0.0, "damaged": False, "tasks": 0},
        "notices": [say("{count} drawn elements belong to no storey.", count=1).packed()],
        "changes": {"added": 1, "removed": 0, "changed": 0, "same": 0},
        "seconds": 1.5,
    }
    store.finish_job(upload.job, "examiner", state=JobState.DONE, result=found)
