"""The job `clash`: the models of a project are checked against each other."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.values.job import Job

if TYPE_CHECKING:
    from twin.store import Store


def check_clashes(store: "Store", job: Job, advance: Callable[[str, int, int], None]) -> dict[str, Any]:
    """Run the built-in rules, or one of the given lengths, over a job's project.

    The arguments `tolerance` and `clearance` are metres, None unless said.
    """
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from web.ingest_clashes import chosen_rules, run_clashes
    from web.jobs.executors import executor

    judged = Judged(store)
    models = store.project(job.project)[1]
    rules = chosen_rules(None, job.arguments.get("tolerance"), job.arguments.get("clearance"), models)
    came = run_clashes(
        store,
        job.project,
        rules,
        by=job.created_by,
        today=judged.day(),
        windows=JudgedElements(judged).windows,
        advance=advance,
        executor=executor,
    )
    return {
        "run": came.record.id,
        "examined": came.record.examined,
        "found": came.record.found,
        "untestable": len(came.record.untestable_pairs),
        "rules_without_match": list(came.record.rules_without_match),
        "seconds": came.record.seconds,
    }
