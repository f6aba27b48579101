"""Lists of BCF-API: what programs ask of them in OData; and that nothing is deleted."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.web.clash_samples import FOREIGN, GROUP, SAID, SEEN
from tests.web.test_bcf_api import OTHER, OWN, TOPICS, got
from twin.errors import InvalidInput
from web.bcf.api_filter import Asked, asked, chosen, instant, parsed


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"$filter": "topic_status eq 'Open'"}, [FOREIGN]),
        ({"$filter": "topic_status ne 'Open'"}, [GROUP]),
        ({"$filter": "assigned_to eq '王' and topic_type eq 'Clash'"}, [GROUP]),
        ({"$filter": "assigned_to eq null"}, [FOREIGN]),
        ({"$filter": "labels/any(label: label eq 'MEP') or labels/any(label: label eq 'x')"}, [FOREIGN]),
        ({"$filter": "not (labels/any(l: l eq 'MEP'))"}, [GROUP]),
        ({"$filter": "creation_date gt 2026-06-02T16:59:00+08:00"}, [GROUP, FOREIGN]),
        ({"$filter": "creation_date gt 2026-06-02T17:00:00+08:00"}, []),
        ({"$filter": "creation_date gt '2026-06-02T08:59:00Z'"}, [GROUP, FOREIGN]),
        ({"$filter": "modified_date lt 2026-06-03"}, [FOREIGN]),  # what was said counts; nobody touched the other
        ({"$filter": "contains(title, '门')"}, [FOREIGN]),
        ({"$orderby": "title desc"}, [FOREIGN, GROUP]),
        ({"$orderby": "title"}, [GROUP, FOREIGN]),
        ({"$orderby": "title", "$top": "1"}, [GROUP]),
        ({"$orderby": "title", "$skip": "1"}, [FOREIGN]),
        ({"$orderby": "creation_date,title desc", "$top": "0"}, []),
    ],
)
def test_topics_are_filtered_sorted_and_cut(client: FlaskClient, query: dict[str, str], count: list[str]) -> None:
    found = [topic["guid"] for topic in got(client, TOPICS, "BcfTopics", **query)]
    assert found == count if "$orderby" in query else set(found) == set(count)


def test_a_plus_sign_that_was_not_quoted_is_one(client: FlaskClient) -> None:
    response = client.get(f"{TOPICS}?$filter=creation_date%20gt%202026-06-02T16:59:00+08:00")
    assert len(json.loads(response.data)) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "topic_status"},
        {"$filter": "topic_status eq"},
        {"$filter": "nothing eq 'x'"},
        {"$filter": "topic_status is 'x'"},
        {"$filter": "(topic_status eq 'x'"},
        {"$filter": "topic_status eq 'x' topic_status eq 'y'"},
        {"$filter": "topic_status eq 'x"},
        {"$filter": "creation_date gt 2026-99-01"},
        {"$filter": "(" * 5000},
        {"$filter": "not " * 500 + "topic_status eq 'x'"},
        {"$orderby": "description"},
        {"$orderby": "title up"},
        {"$top": "-1"},
        {"$top": "many"},
        {"$skip": "1e3"},
        {"includeAuthorization": "yes"},
    ],
)
def test_what_cannot_be_asked_is_one_sentence(client: FlaskClient, query: dict[str, str]) -> None:
    response = client.get(TOPICS, query_string={"lang": "en"} | query)
    assert response.status_code == 400, response.text
    message = json.loads(response.data)["message"]
    assert "\n" not in message
    assert message.endswith(".")


@given(st.text(alphabet="()'/:, aeq1T-andortx", max_size=60))
def test_no_filter_fails_otherwise_than_in_a_sentence(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        parsed(text, list("atdn"))({"a": "x", "t": ("x",), "d": datetime(2026, 1, 1, tzinfo=UTC), "n": None})


@pytest.mark.parametrize("name", ["creation_date", "modified_date", "labels", "assigned_to", "server_assigned_id"])
@pytest.mark.parametrize("test", ["contains({},'x')", "{}/any(x: x eq 'x')", "{} lt 5", "{} ge null", "{} gt 'x'"])
def test_a_filter_that_fits_no_value_finds_nothing_or_something(client: FlaskClient, name: str, test: str) -> None:
    assert len(got(client, TOPICS, **{"$filter": test.format(name)})) <= 2


NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=8)


@given(NUMBERS, st.integers(0, 5), st.integers(0, 9), st.integers(0, 9))
def test_a_list_is_what_python_makes_of_it(values: list[int | None], least: int, skip: int, top: int) -> None:
    things = list(enumerate(values))
    wanted = Asked(f"n ge {least} and not (n eq {least + 1})", "n desc", top, skip)
    facts = {thing: {"n": None if thing[1] is None else float(thing[1])} for thing in things}
    found = chosen(things, wanted, lambda thing: facts[thing], ["n"], ["n"])
    kept = [t for t in things if t[1] is not None and t[1] >= least and t[1] != least + 1]
    assert found == sorted(kept, key=lambda t: -(t[1] or 0))[skip : skip + top]


def test_counts_and_times_are_read() -> None:
    assert asked({"$top": "3"}) == Asked("", "", 3, 0)
    assert instant("2026-06-01T08:00:00.5+0800") == datetime(2026, 6, 1, 0, 0, 0, 500_000, UTC)
    with pytest.raises(ValueError, match="x"):
        instant("x")


def test_nothing_is_deleted(client: FlaskClient) -> None:
    for path in (OWN, OTHER, f"{OTHER}/comments/{SAID}", f"{OTHER}/viewpoints/{SEEN}"):
        response = client.delete(path)
        assert (response.status_code, "DELETE" in response.headers["Allow"]) == (405, False)
