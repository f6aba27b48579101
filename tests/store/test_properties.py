"""Whatever an element is called and whatever its properties hold, it comes back as it was."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store import samples
from twin.store import Store

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(
    told=st.lists(
        st.tuples(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=4), st.sampled_from(["S1", "S2", None])), max_size=6
    )
)
def test_any_element_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, dict[str, Any], str | None]]
) -> None:
    new = samples.revision(count=len(told))
    drawn = [
        replace(element, name=name, properties=properties, storey=storey)
        for element, (name, properties, storey) in zip(new.model.elements, told, strict=False)
    ]
    model = replace(new.model, elements=[*drawn, *new.model.elements[len(told) :]])
    with Store.open(tmp_path_factory.mktemp("any")) as store:
        store.put_revision(replace(new, model=model))
        for element in drawn:
            found = store.element("P001", element.global_id)
            assert (found.name, found.properties, found.row) == (element.name, element.properties, element.row)
            assert (found.storey.global_id if found.storey else None) == element.storey
        assert list(store.element_columns("P001-办公楼").name) == [element.name for element in drawn]
