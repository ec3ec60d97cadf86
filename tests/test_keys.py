"""Keys: made once, kept as digests, several valid at once, taken up and revoked without a restart."""

import hashlib
import hmac
import json
import re
import resource
import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.admission.gate import is_writing
from api.admission.keys import KeyRing, KeysUnusable, Scope, change_keys, new_key, read_keys, without_key
from api.admission.live_keys import LOOK_EVERY_S, LiveKeys
from api.commands.keys import keys_group
from api.commands.serve import command as serve
from tests.fakes_api import small_collection
from tests.made_keys import add, bearer
from tests.waiting import wait_until

QUESTION = {"query": "denosumab"}


def run(*arguments: str) -> tuple[int, str, str]:
    outcome = CliRunner().invoke(keys_group, arguments)
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_a_key_is_printed_once_and_its_file_holds_the_digest_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    code, printed, talk = run("add", "web", "--keys", str(path))
    secret = printed.strip()
    assert (code, len(secret)) == (0, 46)
    assert "shown once" in talk
    assert secret not in path.read_text(encoding="utf-8")
    (kept,) = json.loads(path.read_text(encoding="utf-8"))["keys"]
    assert kept["sha256"] == hashlib.sha256(secret.encode()).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
    assert run("list", "--keys", str(path))[1].split()[:2] == ["web", "read"]


@pytest.mark.parametrize("name", ["web", "", "../x", "a b", "x" * 65, "é"])
def test_a_name_that_is_taken_or_odd_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "keys.json"
    add(path, "web")
    before = path.read_bytes()
    assert run("add", name, "--keys", str(path))[0] == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"format":2,"keys":[]}', b'{"format":1,"keys":[{"name":"\xff"}]}',
     b'{"format":1,"keys":[{"name":"a"}]}', b"\xff",
     b"x" * 2_000_000,
     b'{"format":1,"keys":[{"name":"a","scopes":["admin"],"sha256":"' + b"0" * 64 + b'","created":""}]}',
     b'{"format":1,"keys":[{"name":"a","scopes":["read"],"sha256":"abc","created":""}]}'],
)  # fmt: skip
def test_a_file_that_holds_no_proper_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    with pytest.raises(KeysUnusable):
        read_keys(path)


def test_keys_that_are_added_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: add(path, f"key-{number}"), range(12)))
    assert len(read_keys(path).keys) == 12


def test_without_a_valid_key_every_refusal_is_the_same(tmp_path: Path) -> None:
    secret = add(tmp_path / "keys.json", "web")
    attempts: list[list[tuple[bytes, bytes]]] = [
        [],
        [(b"Authorization", b"")],
        [(b"Authorization", b"Bearer")],
        [(b"Authorization", b"Bearer ")],
        [(b"Authorization", b"Bearer wrong")],
        [(b"Authorization", b"Basic " + secret.encode())],
        [(b"Authorization", secret.encode())],
        [(b"Authorization", b"Bearer " + secret.encode() + b"x")],
        [(b"Authorization", b"Bearer " + secret.encode()[:-1])],
        [(b"Authorization", b"Bearer x " + secret.encode())],
        [(b"Authorization", b"Bearer " + secret.encode() + b"\x00")],
        [(b"Authorization", b"Bearer k\xc3\xa9y")],
        [(b"Authorization", b"Bearer " + b"k" * 10_000)],
        [(b"Authorization", b"Bearer " + secret.encode())] * 2,
        [(b"X-Api-Key", secret.encode())],
    ]
    with small_collection(tmp_path, keys_file=tmp_path / "keys.json") as client:
        bodies = set()
        for headers in attempts:
            response = client.post("/v1/query", json=QUESTION, headers=headers)
            assert (response.status_code, response.headers["www-authenticate"]) == (
                401,
                'Bearer realm="footnoted"',
            )
            body = response.json()
            assert secret not in response.text
            bodies.add(
                json.dumps({name: body[name] for name in sorted(body) if name not in ("request_id", "instance")})
            )
        assert len(bodies) == 1
        assert client.post(f"/v1/query?key={secret}", json=QUESTION).status_code == 401
        assert client.post("/v1/query", json=QUESTION, headers=bearer(secret)).status_code == 200
        lower = {"Authorization": f"bearer {secret}"}
        assert client.post("/v1/query", json=QUESTION, headers=lower).status_code == 200


def test_finding_a_key_looks_at_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    real = hmac.compare_digest

    def counting(kept: str, given: str) -> bool:
        compared.append(kept)
        return real(kept, given)

    ring, secrets = KeyRing(()), []
    for name in "abcd":
        ring, secret = new_key(ring, name, [Scope.READ], created="2026-11-22")
        secrets.append(secret)
    monkeypatch.setattr(hmac, "compare_digest", counting)
    for given in (*secrets, secrets[0][:-1], "", "k" * 10_000):
        compared.clear()
        found = ring.find(given.encode())
        assert (found is not None) is (given in secrets)
        assert len(compared) == 4


def test_a_key_is_asked_for_before_the_body_is_read(tmp_path: Path) -> None:
    add(tmp_path / "keys.json", "web")
    with small_collection(tmp_path, keys_file=tmp_path / "keys.json") as client:
        response = client.post("/v1/query", content=b"{" * 200_000, headers={"Content-Type": "text/plain"})
        assert response.status_code == 401


def test_only_the_signs_of_life_and_the_pages_are_open(tmp_path: Path) -> None:
    add(tmp_path / "keys.json", "web")
    closed = (
        "/v1/index",
        "/v1/documents",
        "/openapi.json",
        "/metrics",
        "/nothing",
        "/livez/",
        "/pageant",
    )
    with small_collection(tmp_path, keys_file=tmp_path / "keys.json") as client:
        for path in ("/livez", "/readyz", "/", "/docs", "/page/page.js"):
            assert client.get(path).status_code == 200, path
        for path in closed:
            assert client.get(path).status_code == 401, path


def test_a_key_is_rotated_while_the_service_runs(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    old = add(path, "old")
    with small_collection(tmp_path, keys_file=path) as client:

        def statuses(*secrets: str) -> list[int]:
            return [client.get("/v1/index", headers=bearer(secret)).status_code for secret in secrets]

        assert statuses(old) == [200]
        new = add(path, "new")
        wait_until(lambda: statuses(old, new) == [200, 200])
        assert run("revoke", "old", "--keys", str(path))[0] == 0
        wait_until(lambda: statuses(old, new) == [401, 200])
        path.write_text("spoilt", encoding="utf-8")
        assert statuses(old, new) == [401, 200]
        path.unlink()
        assert statuses(old, new) == [401, 200]


def writing_requests(client: TestClient, headers: dict[str, str]) -> list[tuple[int, str]]:
    asked = [("PUT", "/v1/documents/x"), ("DELETE", "/v1/documents/x"), ("POST", "/v1/index/reload"),
             ("POST", "/v1/index/rollback")]  # fmt: skip
    responses = [client.request(method, path, headers=headers) for method, path in asked]
    return [(response.status_code, response.json().get("code", "")) for response in responses]


def test_writing_is_off_until_a_key_may_write(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with small_collection(tmp_path) as client:
        assert writing_requests(client, {}) == [(403, "writing_off")] * 4
    reader = add(path, "reader")
    with small_collection(tmp_path, keys_file=path) as client:
        assert writing_requests(client, {}) == [(401, "key_required")] * 4
        assert writing_requests(client, bearer(reader)) == [(403, "writing_off")] * 4
        writer = add(path, "writer", Scope.WRITE)
        wait_until(lambda: writing_requests(client, bearer(reader)) == [(403, "scope_missing")] * 4)
        # What may be written here beside keys is for the writing routes to say.
        codes = {code for _, code in writing_requests(client, bearer(writer))}
        assert codes & {"key_required", "scope_missing"} == set()
        assert client.get("/v1/index", headers=bearer(writer)).status_code == 403


def test_an_address_that_others_reach_is_not_listened_on_without_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add(path, "only")
    change_keys(path, lambda _: KeyRing(()))
    for arguments in (["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--keys", str(path)]):  # noqa: S104
        outcome = CliRunner().invoke(serve, [*arguments, "--port", "0", "--index", str(tmp_path / "index")])
        assert outcome.exit_code == 2
        assert "--insecure" in outcome.stderr
    outcome = CliRunner().invoke(
        serve, ["--keys", str(tmp_path / "none.json"), "--index", str(tmp_path / "index")]
    )
    assert outcome.exit_code == 2
    assert "footnoted keys add" in outcome.stderr


def test_a_revoked_key_is_refused_as_soon_as_the_file_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    secret = add(path, "web")
    moments = count()
    live = LiveKeys(path, clock=lambda: next(moments))
    change_keys(path, lambda ring: without_key(ring, "web"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert live.ring().find(secret.encode()) is not None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert live.ring().find(secret.encode()) is None


def test_the_file_of_keys_is_looked_at_now_and_then_however_many_requests_come(tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", [0.0]
    secret = add(path, "web")
    live = LiveKeys(path, clock=lambda: now[0])
    change_keys(path, lambda ring: without_key(ring, "web"))
    assert live.ring().find(secret.encode()) is not None
    now[0] += LOOK_EVERY_S
    assert live.ring().find(secret.encode()) is None


def test_what_changes_the_collection_and_nothing_else_needs_the_right_to_write(tmp_path: Path) -> None:
    with small_collection(tmp_path) as client:
        routes = [route for route in client.app.routes if isinstance(route, APIRoute)]  # type: ignore[attr-defined]
    assert len(routes) > 20
    for route in routes:
        path = re.sub(r"\{\w+\}", "x", route.path)
        for method in route.methods or ():
            assert is_writing(method, path) is ("writing" in route.tags), (method, path)
    # The router takes a line end after a path for nothing; whoever sends one must not slip by.
    assert is_writing("PUT", "/v1/documents/x\n")
    assert is_writing("POST", "/v1/index/reload\n")
