"""What is told after a BCF file was read or written: each kind of trouble once, with its count and an example."""

from collections.abc import Sequence

from twin.values.sentence import Sentence


class Notices:
    """Collects notices; those of one template become one, whose {count} counts them and whose example is the first."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, Sentence]] = {}

    def add(self, notice: Sentence) -> None:
        """Note that something happened, once more perhaps."""
        count, first = self._found.get(notice.template, (0, notice))
        self._found[notice.template] = (count + 1, first)

    def sentences(self) -> Sequence[Sentence]:
        """Return what there is to say, in the order in which it happened."""
        return tuple(
            Sentence(first.template, {**first.values, "count": count}) if "count" in first.values else first
            for count, first in self._found.values()
        )
