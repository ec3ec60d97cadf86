"""Rates: exact over any window, one count for each caller, and no silence where somebody is in need."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.admission.caller import address_of, networks
from api.admission.rate_limit import MAX_CALLERS, Rate, RateLimiter
from tests.fakes_api import small_collection
from tests.made_keys import add, bearer

QUESTION = {"query": "denosumab"}


@given(st.lists(st.floats(0, 5), max_size=80), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_quota_and_no_place_is_wasted(gaps: list[float], quota: int) -> None:
    now = 0.0
    limiter = RateLimiter(Rate(quota, 10), clock=lambda: now)
    allowed: list[float] = []
    for gap in gaps:
        now += gap
        recent = sum(1 for time in allowed if time > now - 10)
        standing = limiter.count("caller")
        assert standing.allowed is (recent < quota)
        assert standing.remaining == quota - recent - standing.allowed
        assert 1 <= standing.reset_s <= 10
        if standing.allowed:
            allowed.append(now)


def test_as_many_callers_are_remembered_as_fit() -> None:
    limiter = RateLimiter(Rate(1, 60), clock=lambda: 0.0)
    for number in range(MAX_CALLERS + 1):
        limiter.count(str(number))
    assert not limiter.count(str(MAX_CALLERS)).allowed
    assert limiter.count("0").allowed


@pytest.mark.parametrize("text", ["", "0/minute", "10", "10/day", "10 / minute", "1000000/second", "-1/minute"])
def test_a_rate_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="600/minute"):
        Rate.parse(text)


def test_what_is_above_the_rate_is_refused_and_told_when_to_come_back(tmp_path: Path) -> None:
    with small_collection(tmp_path, rate_limit="3/hour") as client:
        responses = [client.post("/v1/query", json=QUESTION) for _ in range(5)]
        assert [response.status_code for response in responses] == [200, 200, 200, 429, 429]
        assert [response.headers["ratelimit"].split(";")[1] for response in responses] == [
            "r=2", "r=1", "r=0", "r=0", "r=0"
        ]  # fmt: skip
        refused = responses[-1]
        assert refused.headers["ratelimit-policy"] == '"default";q=3;w=3600'
        assert 3_500 < int(refused.headers["retry-after"]) <= 3_600
        assert (refused.json()["code"], refused.headers["content-type"]) == (
            "rate_limited",
            "application/problem+json",
        )
        assert client.get("/v1/index").status_code == 429
        assert client.get("/livez").status_code == 200
        assert "ratelimit" not in client.get("/livez").headers


def test_each_key_has_a_rate_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first, second = add(path, "first"), add(path, "second")
    with small_collection(tmp_path, rate_limit="1/hour", keys_file=path) as client:
        assert [client.get("/v1/index", headers=bearer(key)).status_code for key in (first, first, second)] == [
            200, 429, 200
        ]  # fmt: skip
        assert client.get("/v1/index").status_code == 401


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forged_address_does_not_get_around_the_rate(tmp_path: Path, header: str) -> None:
    with small_collection(tmp_path, rate_limit="1/hour") as client:
        assert client.get("/v1/index", headers={header: "198.51.100.1"}).status_code == 200
        assert client.get("/v1/index", headers={header: "198.51.100.2"}).status_code == 429


@pytest.mark.parametrize(
    ("client", "forwarded", "counted"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.7, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.7, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.7, not an address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8::1", "", "2001:db8::/64"),
        ("::ffff:198.51.100.1", "", "198.51.100.1"),
        ("testclient", "198.51.100.1", "unknown"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(client: str, forwarded: str, counted: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": (client, 1), "headers": headers}
    assert address_of(scope, networks("10.0.0.0/8, ::1")) == counted


def test_who_tells_of_an_emergency_above_the_rate_is_told_what_to_do(tmp_path: Path) -> None:
    with small_collection(tmp_path, rate_limit="1/hour") as client:
        client.post("/v1/query", json=QUESTION)
        refused = client.post("/v1/query", json={"query": "I took too many pills and want to die"})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert "emergency number" in refused.json()["detail"]
        assert refused.json()["errors"][0]["code"] in ("emergency", "self_harm")
        assert "emergency" not in client.post("/v1/query", json=QUESTION).json()["detail"]
        assert client.post("/v1/query", json={"query": 1}).status_code == 422


def test_a_search_that_tells_of_an_emergency_above_the_rate_is_told_what_to_do(tmp_path: Path) -> None:
    with small_collection(tmp_path, rate_limit="1/hour") as client:
        client.post("/v1/query", json=QUESTION)
        asked = {"query": "I took too many pills and want to die"}
        refused = client.post("/v1/vector_stores/default/search", json=asked)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
        assert "emergency number" in refused.json()["error"]["message"]
