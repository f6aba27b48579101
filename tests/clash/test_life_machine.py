"""The life of clashes as a state machine: whatever runs, exports and people do, none is lost or resolved unchecked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.clash.test_life import (
    ACTIVE,
    APPROVED,
    AT,
    BY_DESIGN,
    CONTAINED,
    HARD,
    NEW,
    RESOLVED,
    REVIEWED,
    TOUCH,
    UNCHECKED,
    detection,
    found,
    model,
)
from twin.judgement.clash.identity import Rebound
from twin.judgement.clash.life import Evidence, Lived, advance
from twin.values.clash import (
    BodyKey,
    Clash,
    ClashStatus,
    ClashType,
    Match,
    Untestable,
)
from twin.values.sentence import say


class Lives(RuleBasedStateMachine):
    """A project of two models whose elements come, go and change their GlobalIds; runs look at parts of it.

    An element is known here by what it truly is: (model, number). `ids` is its GlobalId now, `seen` those of the last
    run that looked at its model.
    """

    @initialize()
    def begin(self) -> None:
        self.kept: Sequence[Clash] = []
        self.day = 0
        self.fresh = 0
        self.ids = {(name, i): f"{name}{i}" for name in "ab" for i in range(3)}
        self.seen: dict[str, dict[tuple[str, int], str]] = {}
        self.pairs: dict[frozenset[tuple[str, int]], str] = {}  # → id of its clash

    @rule(name=st.sampled_from("ab"))
    def export_anew(self, name: str) -> None:
        for key in [key for key in self.ids if key[0] == name]:
            self.fresh += 1
            self.ids[key] = f"{name}n{self.fresh}"

    @rule(key=st.tuples(st.sampled_from("ab"), st.integers(0, 2)))
    def remove(self, key: tuple[str, int]) -> None:
        self.ids.pop(key, None)

    @rule(name=st.sampled_from("ab"))
    def add(self, name: str) -> None:
        self.fresh += 1
        self.ids[(name, 100 + self.fresh)] = f"{name}n{self.fresh}"

    @rule(data=st.data(), status=st.sampled_from([ACTIVE, REVIEWED, APPROVED, RESOLVED, BY_DESIGN]))
    def decide(self, data: st.DataObject, status: ClashStatus) -> None:
        if self.kept:
            which = data.draw(st.integers(0, len(self.kept) - 1))
            changed = replace(self.kept[which], status=status, status_before=None, reason=None)
            self.kept = [*self.kept[:which], changed, *self.kept[which + 1 :]]

    @rule(
        names=st.sampled_from([("a",), ("a", "b"), ("a", "b"), ("a", "b")]),
        rules=st.sampled_from([("R",), ("S",), ("R", "S")]),
        empty=st.booleans(),
        data=st.data(),
    )
    def look(self, names: tuple[str, ...], rules: tuple[str, ...], empty: bool, data: st.DataObject) -> None:
        self.day += 1
        here = {key: BodyKey(key[0], gid) for key, gid in self.ids.items() if key[0] in names}
        models = [model(n, [k.global_id for key, k in here.items() if key[0] == n]) for n in names]
        without = rules[1:] if empty else ()
        active = [r for r in rules if r not in without]
        pairs = [(p, q) for p in sorted(here) for q in sorted(here) if p < q]
        answers = st.sampled_from([None, None, HARD, TOUCH, CONTAINED, "by design", "untestable"])
        said = {pair: data.draw(answers) for pair in pairs}
        clashes = [
            found(here[p], here[q], HARD if what == "by design" else ClashType(what), active[0], what == "by design")
            for (p, q), what in said.items()
            if what not in (None, "untestable")
        ]
        blind = [Untestable(here[p], here[q], say("?")) for (p, q), what in said.items() if what == "untestable"]
        evidence = Evidence(rebound={n: self.followed(n) for n in names if n in self.seen})
        told = detection(*clashes, rules=rules, without=without, untestable=blind)
        lived = advance("P1", self.kept, told, models, at=AT + timedelta(self.day), by="李", evidence=evidence)
        self.check(lived, {frozenset(pair): what for pair, what in said.items()}, set(here), set(names), active)
        self.kept = lived.clashes
        self.seen.update({n: {k: gid for k, gid in self.ids.items() if k[0] == n} for n in names})

    def followed(self, name: str) -> Rebound:
        """Return the truth of where the elements of the last look are now."""
        matches, gone = {}, set()
        for key, gid in self.seen[name].items():
            if key in self.ids:
                by = "global_id" if self.ids[key] == gid else "signature"
                matches[gid] = Match(BodyKey(name, gid), BodyKey(name, self.ids[key]), by, 1.0)
            else:
                gone.add(gid)
        return Rebound(matches, frozenset(), frozenset(gone))

    def check(
        self,
        lived: Lived,
        said: dict[frozenset[tuple[str, int]], Any],
        here: set[tuple[str, int]],
        names: set[str],
        active: list[str],
    ) -> None:
        """Compare a run with what is true."""
        now, at = {c.id: c for c in lived.clashes}, AT + timedelta(self.day)
        before = {c.id: c for c in self.kept}
        assert len(now) == len(lived.clashes)
        assert before.keys() <= now.keys()
        hits = {pair for pair, what in said.items() if what not in (None, "untestable")}
        assert {self.pairs[pair] for pair in hits if pair in self.pairs} <= before.keys()
        assert len(now) == len(before) + sum(pair not in self.pairs for pair in hits)
        by_keys = {frozenset((c.a, c.b)): c.id for c in lived.clashes if c.last_found == at}
        for pair in hits:
            name = by_keys[frozenset(BodyKey(key[0], self.ids[key]) for key in pair)]
            assert self.pairs.setdefault(pair, name) == name  # the same clash for life
        assert {self.pairs[pair] for pair in hits} == {c.id for c in lived.clashes if c.last_found == at}
        truly = {name: pair for pair, name in self.pairs.items()}
        changes = {(e.clash, e.before, e.after) for e in lived.events if e.what == "status"}
        for name, clash in before.items():
            old, new = clash.status, now[name].status
            assert ((name, old.value, new.value) in changes) is (old is not new)
            if new is RESOLVED and old is not RESOLVED and truly[name] not in hits:
                checked = truly[name] <= here and clash.rule in active and said[truly[name]] != "untestable"
                removed = any(key[0] in names and key not in self.ids for key in truly[name])
                assert checked or removed
            if old in (NEW, ACTIVE, REVIEWED) and new is UNCHECKED:
                assert now[name].status_before is old
        assert all((e.at, e.by) == (at, "李") for e in lived.events)
        assert {c.group for c in lived.clashes} == {g.id for g in lived.groups}

    @invariant()
    def unchecked_ones_remember(self) -> None:
        for clash in getattr(self, "kept", ()):
            assert (clash.status is UNCHECKED) is (clash.status_before is not None)


Lives.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestLives = Lives.TestCase
