"""What is told after a BCF file was read or written: each kind of trouble once, with its count and an example."""

from collections.abc import Sequence

from twin.values.sentence import Sentence, say


class Notices:
    """Collects notices; their templates may use {count} and {example}."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def add(self, template: str, example: str = "") -> None:
        """Note that something happened once more."""
        count, first = self._found.get(template, (0, example))
        self._found[template] = (count + 1, first)

    def sentences(self) -> Sequence[Sentence]:
        """Return what there is to say, in the order in which it happened."""
        return tuple(say(template, count=n, example=first[:120]) for template, (n, first) in self._found.items())
