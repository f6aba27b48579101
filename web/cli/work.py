"""`twin work`: a runner by itself, for a machine that only works."""

import logging
import sys

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command


@twin_command(
    "work",
    help="Work on jobs until Ctrl-C: imports, clash runs, looking at uploads.",
    epilog="`twin serve` does so besides. Several may work on one twin, on several machines.",
)
def command(invocation: Invocation) -> None:
    """Hand out jobs and work on them until told to stop; what is at work then goes back into the queue."""
    from twin.store.place import place_of
    from web import logs
    from web.jobs.executors import scheduler
    from web.jobs.runner import run_until_told

    if logs.wanted():
        logs.configure()
    else:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    place = place_of(invocation.place)
    address = scheduler()
    where = say("the Dask cluster {address}", address=address) if address else say("this machine")
    started = say("Jobs of the twin {place} are worked on by {where} (Ctrl-C stops).", place=str(place), where=where)
    value = {"place": str(place), "scheduler": address}
    run_until_told(place.given(), started=lambda: invocation.emit(value, invocation.say(started)))
