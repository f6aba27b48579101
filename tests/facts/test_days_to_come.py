"""Days after the twin's own over HTTP: unfinished projects go on at their own pace, and the months of the timeline."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.facts.files import PROGRESS_HEADER, Twin, write
from tests.web.test_api import validate
from twin.judged import Judged
from twin.judged_timeline import Timeline
from twin.store import Store
from twin.values.project import LIGHTS
from web.app import create_app
from web.ingest_facts import Stated, load_progress
from web.settings import load

TODAY = date(2026, 2, 28)


@pytest.fixture
def store(twin: Twin) -> Iterator[Store]:
    """Two projects of six months; P1 has done 1.5 months' work (ES 45 days) after 59 days; a later report says 90 %."""
    with Store.open(twin.folder / "twin") as opened:
        rows = "P1,2026-02-28,25,160,2026-03-02\nP1,2026-03-31,90,200,2026-04-02\n"
        path = Path(write(twin.folder, "p.csv", PROGRESS_HEADER + rows))
        load_progress(lambda: opened, path, Stated(recorded_at="2026-05-01"))
        opened.set_as_of(TODAY)
        yield opened


@pytest.fixture
def client(store: Store, twin: Twin) -> Iterator[FlaskClient]:
    app = create_app(load({}, place=twin.folder / "twin"))
    yield app.test_client()
    app.extensions["twin.store"].close()


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json(force=True)


def properties(client: FlaskClient, query: str) -> dict[str, Any]:
    return {f["id"]: f["properties"] for f in get(client, f"/api/projects?lang=en&{query}")["features"]}


def test_a_project_goes_on_at_its_own_pace_and_later_reports_do_not_count(client: FlaskClient) -> None:
    found = get(client, "/api/projects?as_of=2026-03-31&forecast=1")
    validate(found, "ProjectCollection")
    assert (found["forecast"], found["today"]) == (True, "2026-02-28")
    p1 = properties(client, "as_of=2026-03-31&forecast=1")["P1"]
    spi = 45 / 59
    assert p1["spi_t"] == pytest.approx(spi, abs=1e-6)
    assert p1["progress"] == pytest.approx((2 + (45 + 31 * spi - 59) / 31) / 6, abs=1e-6)
    assert p1["planned_progress"] == pytest.approx(0.5)
    assert p1["forecast"] is True
    assert p1["deviation"] == pytest.approx(p1["progress"] - 0.5, abs=2e-6)
    plain = properties(client, "as_of=2026-03-31")["P1"]
    assert (plain["progress"], plain["forecast"]) == (0.9, False)


@pytest.mark.parametrize("day", ["2026-01-31", "2026-02-28"])
@pytest.mark.parametrize("path", ["projects?", "projects/P1?", "overview?", "projects/P1/tasks?"])
def test_up_to_today_a_forecast_is_what_was_reported(client: FlaskClient, day: str, path: str) -> None:
    assert get(client, f"/api/{path}as_of={day}&forecast=1") == get(client, f"/api/{path}as_of={day}&forecast=0")


def test_a_project_says_at_which_pace(client: FlaskClient) -> None:
    found = get(client, "/api/projects/P1?as_of=2026-03-31&forecast=1&lang=en")
    validate(found, "Project")
    assert found["light"] == "red"
    # 181 days at 45/59: 237.3 days, so the 238th
    assert found["pace"] == {"since": "2026-02-28", "spi_t": pytest.approx(45 / 59, abs=1e-6), "finish": "2026-08-26"}
    assert any("SPI(t) 0.763; done on 2026-08-26" in item["clause"] for item in found["evidence"])
    assert {item["fact_date"] for item in found["evidence"]} == {"2026-02-28"}
    curve = found["curve"]
    assert curve["days"][-1] == "2026-08-31"
    assert curve["forecast"][:2] == [None, 1.5e6]
    assert curve["forecast"][-1] == 6e6
    assert curve["forecast"][2] == pytest.approx(6e6 * found["progress"], abs=10)
    reported = get(client, "/api/projects/P1")
    assert reported["pace"] is None
    assert reported["curve"] == curve
    grey = get(client, "/api/projects/P2?as_of=2026-03-31&forecast=1&lang=en")
    assert (grey["light"], grey["pace"]) == ("grey", None)
    assert any(item["clause"].startswith("No forecast: no report says") for item in grey["evidence"])


def test_tasks_go_on(client: FlaskClient) -> None:
    found = get(client, "/api/projects/P1/tasks?as_of=2026-03-31&forecast=1")
    assert found["planned"] == [1, 1, 1, 0, 0, 0]
    left = (45 + 31 * 45 / 59 - 59) / 31
    assert found["completion"] == pytest.approx([1, 1, left, 0, 0, 0], abs=1e-4)


def test_the_city_is_compared_with_a_month_earlier(client: FlaskClient) -> None:
    for day, before in (("2026-03-31", "2026-02-28"), ("2026-04-15", "2026-03-15")):
        found = get(client, f"/api/overview?as_of={day}&forecast=1")
        validate(found, "Overview")
        assert (found["before"], found["forecast"]) == (before, True)
        now, then = (properties(client, f"as_of={of}&forecast=1") for of in (day, before))
        for name, of in (("lights", now), ("lights_before", then)):
            assert found[name] == {light: sum(p["light"] == light for p in of.values()) for light in LIGHTS}
        assert sum(found["totals"]["budget"].values()) == 15e6
        assert [group["name"] for group in found["districts"]] == ["江北区", "江南区"]
        assert found["districts"][0]["values"]["progress"] == now["P1"]["progress"]
        assert found["districts"][0]["index"] == now["P1"]["index"]


def test_a_wrong_flag_is_a_sentence(client: FlaskClient) -> None:
    assert client.get("/api/projects?forecast=yes").status_code == 400


def counted(client: FlaskClient, month: dict[str, Any]) -> dict[str, int]:
    lights = [p["light"] for p in properties(client, f"as_of={month['as_of']}&forecast=1").values()]
    return {light: lights.count(light) for light in LIGHTS}


def test_the_timeline_has_the_lights_of_every_month(client: FlaskClient) -> None:
    found = get(client, "/api/timeline")
    validate(found, "Timeline")
    assert (found["first"], found["last"], found["today"]) == ("2026-01-31", "2026-08-31", "2026-02-28")
    assert found["complete"]
    assert [month["forecast"] for month in found["months"]] == [False] * 2 + [True] * 6
    for month in found["months"]:
        assert {light: month[light] for light in LIGHTS} == counted(client, month)
    assert "timeline" not in {thread.name for thread in threading.enumerate()}  # `twin get` needs none


def test_a_server_judges_in_a_thread_and_answers_with_what_there_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = Judged(store)
    held, plain = threading.Event(), Judged.lights

    def slow(*arguments: Any, **more: Any) -> dict[str, int]:
        assert held.wait(10)
        return plain(*arguments, **more)

    monkeypatch.setattr(Judged, "lights", slow)
    timeline = Timeline(judged, patience=0.05)
    timeline.threaded = True
    begun = time.monotonic()
    first = timeline.months()
    assert time.monotonic() - begun < 5
    assert not first.complete
    assert set(first.lights) == {None}
    held.set()
    deadline = time.monotonic() + 10
    while not (found := timeline.months()).complete:
        assert time.monotonic() < deadline
    monkeypatch.undo()
    assert found == Timeline(judged).months()


def test_a_twin_that_is_closed_meanwhile_ends_the_thread(twin: Twin) -> None:
    with Store.open(twin.folder / "twin") as store:
        timeline = Timeline(Judged(store), patience=0.0)
        timeline.threaded = True
        timeline.months()
    for thread in threading.enumerate():
        if thread.name == "timeline":
            assert thread.daemon
            thread.join(10)
            assert not thread.is_alive()
