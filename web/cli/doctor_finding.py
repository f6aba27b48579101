"""One thing that `twin doctor` looked at."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from twin.values.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` says how to get or mend it."""

    name: str
    ok: bool
    found: str
    purpose: Sentence
    advice: Sentence | None = None


def package(name: str, purpose: Sentence) -> Finding:
    """Is a package installed."""
    try:
        return Finding(name, True, version(name), purpose)
    except PackageNotFoundError:
        advice = say("Run `pip install {name}`, or `make demo` in the source folder.", name=name)
        return Finding(name, False, "", purpose, advice)
