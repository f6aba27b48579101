"""The process that does the work of a job: `python -m web.jobs.child PARENT`, told on stdin which one.

It says how far it is and what came of it in JSON lines on stdout, and ends with the process that started it.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, TextIO

from twin.errors import Damaged, JobLost, StoreBusy, StoreTooNew, TwinError
from twin.values.sentence import Sentence, say
from web.jobs.kinds import KINDS
from web.sandbox_walls import keep_to_oneself
from web.workers import end_with_parent

_PASSING = (StoreBusy, StoreTooNew, Damaged)  # errors of the twin, not of the work: another time it may go well


def main() -> None:
    """Do the job that stdin names."""
    end_with_parent(int(sys.argv[1]))
    keep_to_oneself()  # the twin's place may hold a password
    signal.signal(signal.SIGTERM, _stop)
    words = json.load(sys.stdin)
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no message

    def send(*message: Any) -> None:
        pipe.write(json.dumps(message) + "\n")
        pipe.flush()

    code = 0
    try:
        _work(words["place"], words["job"], words["worker"], send)
    except (KeyboardInterrupt, BrokenPipeError):
        code = 1
    finally:
        _leave(pipe, code)


def _work(place: str, job_id: str, worker: str, send: Callable[..., None]) -> None:
    from twin.store import Store

    try:
        with Store.open(place, create=False) as store:
            job = store.job(job_id)
            store.work_for(job_id, worker)
            module, _, name = KINDS[job.kind].partition(":")
            function = getattr(importlib.import_module(module), name)
            send("result", function(store, job, lambda stage, done, total: send("step", stage, done, total)))
    except JobLost:
        send("lost")
    except TwinError as error:
        kind = "busy" if isinstance(error, _PASSING) else "refused"
        send(kind, getattr(error, "title", type(error).__name__), error.sentence.packed())
    except BrokenPipeError:
        raise
    except OSError as error:
        send("refused", type(error).__name__, say("The system refused: {error}.", error=str(error)).packed())
    except Exception as error:  # noqa: BLE001  (a defect, or damage: the job has to end in words all the same)
        traceback.print_exc()
        send("refused", "TwinError", unexpected(error).packed())


def unexpected(error: Exception) -> Sentence:
    """Return what to say of a defect."""
    words = str(error).strip().splitlines() or [""]
    return say(
        "The work failed unexpectedly ({error}); the log says why.", error=f"{type(error).__name__}: {words[0]}"[:160]
    )


def _stop(*_: object) -> None:
    """Turn SIGTERM into what Ctrl-C is, so that what was begun is put away."""
    raise KeyboardInterrupt


def _leave(pipe: TextIO, code: int) -> None:
    try:
        pipe.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)  # freeing a large open model entity by entity serves nobody


if __name__ == "__main__":
    main()
