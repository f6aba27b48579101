"""BCF programs where people sign in: a token, and the truth about who asks."""

from tests.people.conftest import City, MakeCity

TOPIC = {"title": "A duct through a beam", "topic_type": "Issue", "topic_status": "Active"}
TOPICS = "/bcf/3.0/projects/P001/topics"


def test_a_program_with_a_token(city: City) -> None:
    key = city.signed_in("wang").post("/api/tokens", {"name": "bcf", "role": "engineer"}).json["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    client = city.client()
    assert client.get("/bcf/3.0/auth").json == {"http_basic_supported": False, "supported_oauth2_flows": []}
    assert client.get("/bcf/3.0/current-user?by=somebody", headers=bearer).json == {"id": "wang", "name": "wang/bcf"}
    made = client.post(f"{TOPICS}?by=root", json=TOPIC, headers=bearer)
    assert made.status_code == 201, made.text
    assert made.json["creation_author"] == "wang/bcf"
    assert [entry.who for entry in city.store.audit(project="P001") if entry.action != "see"] == ["wang/bcf"]


def test_without_one(city: City) -> None:
    client = city.client()
    for path in ("/bcf/3.0/current-user", "/foundation/1.1/current-user"):
        assert client.get(path).status_code == 401
    for path in ("/bcf/3.0/projects", TOPICS):
        assert client.get(path).status_code == 401
    assert client.post(TOPICS, json=TOPIC).status_code == 401


def test_where_nobody_signs_in_a_name_is_taken(make_city: MakeCity) -> None:
    client = make_city(users=False).client()
    assert client.get("/bcf/3.0/current-user?by=li").json == {"id": "li", "name": "li"}
