"""A georeference as JSON: lossless for the store, in the reader's language for people."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.georeference.step import Step, conversion, put
from twin.values.georeference import Georeference, georeference_from_json, georeference_to_json, public_json
from twin.values.sentence import Sentence, say

FIELDS = {
    *("source", "lo_geo_ref", "crs", "longitude", "latitude", "orthogonal_height", "true_north_deg"),
    *("grid_convergence_deg", "point_scale", "conflicts", "inside_city"),
}


def sample() -> Georeference:
    step = Step(
        unit="mm",
        site="(30,32,21),(114,28,8),4.",
        true_north="(2.,0.,1.)",
        more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, axis=(0.6, 0.8), scale=1000.0),
    )
    return put(step, bounds=(113.7, 29.9, 115.1, 31.4))


def through_text(georeference: Georeference) -> Georeference:
    return georeference_from_json(json.loads(json.dumps(georeference_to_json(georeference))))


def test_the_store_gets_back_what_it_was_given() -> None:
    given_, back = sample(), through_text(sample())
    assert (back.ecef_from_local == given_.ecef_from_local).all()
    assert (back.enu_from_local == given_.enu_from_local).all()
    assert back.ecef_from_local.dtype == np.float64
    assert list(back.conflicts) == list(given_.conflicts)
    assert [s.template for s in back.conflicts] == [s.template for s in given_.conflicts]
    assert all(isinstance(s, Sentence) for entry in back.present for s in entry["notices"])
    assert georeference_to_json(back) == georeference_to_json(given_)


@given(
    st.lists(st.floats(-7e6, 7e6), min_size=16, max_size=16),
    st.floats(-180, 180),
    st.text(max_size=20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.one_of(st.none(), st.booleans()),
)
def test_any_values(matrix: list[float], degrees: float, text: str, number: float, inside: bool | None) -> None:
    told = say("{name}: {number:g} of {whole}", name=text, number=number, whole=say("a {thing}", thing=text))
    array = np.array(matrix).reshape(4, 4)
    georeference = Georeference(
        *("sidecar", 0, text, degrees, degrees / 2, number, 0.0, degrees, 1.0, "unknown"),
        *(array, array.T, [told], inside, [{"source": "sidecar", "notices": [told], "stated": {text: number}}], [told]),
    )
    back = through_text(georeference)
    assert georeference_to_json(back) == georeference_to_json(georeference)
    assert (back.ecef_from_local == array.T).all()
    assert back.conflicts[0].values["whole"] == told.values["whole"]


def test_people_get_the_contracts_fields_and_no_matrices() -> None:
    public = public_json(sample(), "en")
    assert public.keys() >= FIELDS
    assert not {"ecef_from_local", "enu_from_local"} & public.keys()
    assert json.loads(json.dumps(public)) == public
    assert all(type(sentence) is str for sentence in public["conflicts"])
    assert public["inside_city"] is True
