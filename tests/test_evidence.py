"""The evidence gate for bots: what it approves, and why it does not."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.evidence.cancer_type import Fit, asked_type
from api.evidence.policy import EvidencePolicyInvalid, evidence_policy, parse_policy
from api.settings import Settings
from footnoted import main
from ingest.commands.ingest import command as ingest
from retriever.document import Document, Metadata
from tests.collections_on_disk import run_ingest, unpack_real_pages, write_collection
from tests.fakes_api import FolderOpener, MemoryIndex, open_with_hashing, publish, served, snapshot_of

PATH = "/v1/compat/evidence"
TODAY = date(2026, 11, 22)


def page(title: str, body: str, **front_matter: str) -> str:
    """A page with front matter; `sourceType` is a trusted one unless given."""
    fields = {"title": title, "source": "NCI", "sourceType": "02_nci_core", "lastReviewed": "'2026-06-01'"}
    lines = "\n".join(f"{key}: {value}" for key, value in {**fields, **front_matter}.items())
    return f"---\n{lines}\n---\n\n# {title}\n\n{body}\n"


PAGES = {
    "denosumab.md": page(
        "Denosumab",
        "## Side effects\n\nThe side effects of denosumab are skin infections and low blood calcium.",
        cancerTypes="[breast, prostate]",
        url="https://example.org/denosumab",
        citation="NCI, 2026",
    ),
    "tamoxifen.md": page(
        "Tamoxifen stories",
        "## Hot flushes\n\nTamoxifen causes hot flushes, and a fan at night helps against them.",
        sourceType="blog_readers",
    ),
    "strontium.md": page(
        "Strontium",
        "## How strontium works\n\nStrontium slows the loss of bone and builds new bone.",
        lastReviewed="'2015-01-01'",
    ),
    "radium.md": page(
        "Radium",
        "## How radium works\n\nRadium settles in bone and kills tumour cells.",
        lastReviewed="'2062-01-01'",
    ),
    "zoledronic.md": page(
        "Zoledronic acid", "## How often\n\nZoledronic acid is given every four weeks.", source="NCI"
    ),
    "zoledronic-clinic.md": page(
        "Zoledronic acid in the clinic",
        "## How often\n\nZoledronic acid is given every twelve months.",
        source="CDC",
    ),
    "screening.md": page("Lung screening", "## The scan\n\nLung screening is done with a low-dose CT scan."),
    "falls.md": page(
        "Falls", "## At home\n\nGood light and firm shoes prevent falls at home.", cancerTypes="[general]"
    ),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("evidence")
    write_collection(folder / "pages", PAGES)
    make_index(folder / "pages", folder / "index")
    return folder / "pages", folder / "index"


def make_index(pages: Path, index_dir: Path) -> None:
    """One ingest with the bundled model."""
    arguments = [str(pages), "--index", str(index_dir), "--force"]
    outcome = CliRunner().invoke(ingest, arguments)
    assert outcome.exit_code == 0, outcome.output


@pytest.fixture(scope="module")
def client(folders: tuple[Path, Path]) -> Iterator[TestClient]:
    settings = Settings(index_dir=folders[1], reload_interval_s=0.01)
    with TestClient(create_app(settings, today=lambda: TODAY)) as client:
        yield client


def evidence(client: TestClient, query: str, **fields: Any) -> Any:
    """The verdict."""
    response = client.post(PATH, json={"query": query, **fields})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.model
@pytest.mark.parametrize(
    ("query", "fields", "code"),
    [
        ("what are the side effects of denosumab?", {}, None),
        ("what are the side effects of denosumab?", {"cancerType": "breast cancer"}, None),
        ("what are the side effects of denosumab?", {"cancerType": "lung"}, "NO_RESULTS"),
        ("what is the capital of France?", {}, "NO_RESULTS"),
        ("how do I change the oil of a car?", {"cancerType": "breast"}, "NO_RESULTS"),
        ("what helps against hot flushes from tamoxifen?", {}, "LOW_TRUST"),
        ("how does strontium work?", {}, "RECENCY_FAIL"),
        ("how does radium work?", {"queryType": "sideEffects"}, "RECENCY_FAIL"),
        ("what are the side effects of denosumab?", {"queryType": "prognosis"}, "LOW_DIVERSITY"),
        ("what are the side effects of denosumab?", {"intent": "Prognosis"}, "LOW_DIVERSITY"),
        ("what are the side effects of denosumab?", {"queryType": "smallTalk"}, None),
    ],
)
def test_each_question_has_its_reason(
    client: TestClient, query: str, fields: dict[str, str], code: str | None
) -> None:
    verdict = evidence(client, query, **fields)
    assert verdict["reasonCode"] == code, verdict["reason"]
    assert verdict["status"] == ("ok" if code is None else "insufficient")
    assert verdict["shouldAbstain"] is (code is not None)
    assert bool(verdict["approvedChunks"]) is (code is None)
    assert (verdict["quality"] == "insufficient") is (code is not None)


@pytest.mark.model
def test_an_approved_chunk_is_the_passage_that_a_query_cites(client: TestClient) -> None:
    question = "what are the side effects of denosumab?"
    chunk = evidence(client, question, topK=1)["approvedChunks"][0]
    passage = client.post("/v1/query", json={"query": question}).json()["passages"][0]
    assert chunk == {
        "chunkId": passage["passage_id"],
        "docId": passage["document_id"],
        "content": passage["text"],
        "similarity": passage["scores"]["dense"],
        "document": {
            "title": "Denosumab",
            "url": "https://example.org/denosumab",
            "sourceType": "02_nci_core",
            "source": "NCI",
            "citation": "NCI, 2026",
            "lastReviewed": "2026-06-01",
            "isTrustedSource": True,
        },
    }


@pytest.mark.model
def test_a_similarity_is_not_stretched_to_one_for_the_best_chunk(client: TestClient) -> None:
    vague = evidence(client, "lung screening with a scan")["approvedChunks"][0]["similarity"]
    exact = evidence(client, "what are the side effects of denosumab?")["approvedChunks"][0]["similarity"]
    assert vague < 0.99
    assert exact < 0.99
    assert vague != exact


@pytest.mark.model
def test_pages_that_contradict_each_other_are_both_shown_and_called_conflicting(client: TestClient) -> None:
    verdict = evidence(client, "how often is zoledronic acid given?", topK=2)
    assert (verdict["quality"], verdict["confidence"]) == ("conflicting", "low")
    assert {chunk["document"]["source"] for chunk in verdict["approvedChunks"]} == {"NCI", "CDC"}
    assert "do not say the same" in verdict["message"]


@pytest.mark.model
def test_a_changed_status_applies_without_any_other_change(folders: tuple[Path, Path], tmp_path: Path) -> None:
    pages = write_collection(tmp_path / "pages", PAGES)
    shutil.copytree(folders[1], tmp_path / "index")
    (pages / "denosumab.md").write_text(
        PAGES["denosumab.md"].replace("source: NCI", "source: NCI\nstatus: archived")
    )
    make_index(pages, tmp_path / "index")
    with TestClient(create_app(Settings(index_dir=tmp_path / "index"), today=lambda: TODAY)) as client:
        verdict = evidence(client, "what are the side effects of denosumab?")
    assert verdict["status"] == "insufficient"


def test_where_every_page_is_on_other_types_all_is_filtered_out(tmp_path: Path) -> None:
    pages = {name: text for name, text in PAGES.items() if name == "denosumab.md"}
    run_ingest(write_collection(tmp_path / "pages", pages), tmp_path / "index")
    settings = Settings(index_dir=tmp_path / "index")
    with TestClient(create_app(settings, opener=open_with_hashing, today=lambda: TODAY)) as client:
        verdict = evidence(client, "what are the side effects of denosumab?", cancerType="thyroid")
    assert verdict["reasonCode"] == "FILTERED_OUT"


@pytest.mark.model
def test_a_policy_of_ones_own_decides_who_is_trusted(folders: tuple[Path, Path], tmp_path: Path) -> None:
    content = evidence_file().replace('"blog*", tier = 4', '"blog*", tier = 1')
    (tmp_path / "own.toml").write_text(content, encoding="utf-8")
    settings = Settings(index_dir=folders[1], evidence_policy=tmp_path / "own.toml")
    with TestClient(create_app(settings, today=lambda: TODAY)) as client:
        verdict = evidence(client, "what helps against hot flushes from tamoxifen?")
    assert verdict["status"] == "ok"
    assert verdict["approvedChunks"][0]["document"]["isTrustedSource"] is True


@pytest.mark.model
def test_passages_that_are_less_similar_than_the_policy_asks_are_no_evidence(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    content = evidence_file().replace("similarity = 0.35", "similarity = 0.99")
    (tmp_path / "own.toml").write_text(content, encoding="utf-8")
    settings = Settings(index_dir=folders[1], evidence_policy=tmp_path / "own.toml")
    with TestClient(create_app(settings, today=lambda: TODAY)) as client:
        verdict = evidence(client, "what are the side effects of denosumab?")
    assert (verdict["status"], verdict["reasonCode"]) == ("insufficient", "LOW_SCORE")


@pytest.mark.model
@pytest.mark.slow
def test_on_real_pages_an_off_topic_question_is_insufficient_though_all_are_trusted(tmp_path: Path) -> None:
    make_index(unpack_real_pages(tmp_path, every=358), tmp_path / "index")
    with TestClient(create_app(Settings(index_dir=tmp_path / "index"), today=lambda: TODAY)) as client:
        titles = [each["title"] for each in client.get("/v1/documents").json()["documents"]]
        assert len(titles) > 3
        for query in ("what is the capital of France?", "how do I change the oil of a car?"):
            assert evidence(client, query, cancerType="breast")["status"] == "insufficient"
        verdicts = [evidence(client, f"what is {title.removesuffix(' - NCI')}?") for title in titles]
    answered = [verdict for verdict in verdicts if verdict["status"] == "ok"]
    assert len(answered) >= len(titles) / 2
    assert all(chunk["document"]["isTrustedSource"] for verdict in answered for chunk in verdict["approvedChunks"])


def test_an_emergency_is_answered_with_its_text_before_anything_else(tmp_path: Path) -> None:
    pages = [(replace(metadata, tags=("health",)), text) for metadata, text in MEMORY]
    with memory(tmp_path, pages) as client:
        verdict = evidence(client, "my husband can't breathe")
    assert verdict["message"].startswith("This may be an emergency.")


def test_an_empty_collection_has_no_results(tmp_path: Path) -> None:
    with memory(tmp_path, []) as client:
        assert evidence(client, "denosumab")["reasonCode"] == "NO_RESULTS"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        ({"query": " "}, "query_empty"),
        ({"query": "x", "top_k": 3}, "unknown_field"),
        ({"query": "x", "topK": 0}, "out_of_range"),
        ({"query": "x", "topK": 21}, "out_of_range"),
        ({"query": "x", "cancerType": 1}, "type"),
        ({"query": "x", "intent": "y" * 201}, "too_long"),
    ],
)
def test_a_bad_request_is_refused(tmp_path: Path, body: dict[str, Any], code: str) -> None:
    with memory(tmp_path, MEMORY) as client:
        response = client.post(PATH, json=body)
    assert (response.status_code, response.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("asked", "declared", "title", "fit"),
    [
        ("breast", ("breast",), "Denosumab", Fit.NAMED),
        ("Breast Cancer", ("breast", "lung"), "Denosumab", Fit.NAMED),
        ("small cell lung cancer", ("lung",), "Treatment", Fit.NAMED),
        ("breast", ("prostate",), "Denosumab", Fit.OTHER),
        ("breast", ("prostate",), "Breast and prostate", Fit.NAMED),
        ("breast", (), "Breast Cancer Treatment", Fit.NAMED),
        ("breast", (), "Prostate Cancer Treatment", Fit.TITLED_OTHERWISE),
        ("breast", (), "Denosumab", Fit.OPEN),
        ("breast", ("general",), "Denosumab", Fit.OPEN),
        ("head_and_neck", ("head and neck",), "Surgery", Fit.NAMED),
    ],
)
def test_a_page_fits_a_type_by_what_it_declares_and_by_its_title(
    asked: str, declared: tuple[str, ...], title: str, fit: Fit
) -> None:
    document = Document("d", "d.md", "0", "0", Metadata(title=title, cancer_types=declared), title, ())
    wanted = asked_type(asked, [document], evidence_policy(None).cancer_type)
    assert wanted is not None
    assert wanted.fit(document) is fit


@pytest.mark.parametrize("name", [None, "", "general", "cancer", "All"])
def test_a_type_that_names_none_narrows_nothing(name: str | None) -> None:
    assert asked_type(name, [], evidence_policy(None).cancer_type) is None


def test_the_stricter_of_two_types_of_question_counts() -> None:
    minimum = evidence_policy(None).minimum_for("dosage", "prognosis")
    assert (minimum.similarity, minimum.documents, minimum.undated) == (0.45, 2, False)
    assert minimum.max_review_age_days == 1095


def test_a_minimum_takes_what_it_does_not_say_from_the_default() -> None:
    policy = evidence_policy(None)
    assert policy.minimum_for("side-effects").tier == policy.minimum_for(None).tier == 2
    assert policy.minimum_for("sideEffects").undated is False


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 1", "version = 2", "version"),
        ("version = 1", "version = ", "TOML"),
        ("trusted = 2", "trusted = 0", "trust.trusted"),
        ("trusted = 2", "trused = 2", "trust.trus"),
        ("[minimum.default]", "[minimum.usual]", "minimum.default"),
        ("undated = true", "undated = 1", "undated"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_by_its_key(old: str, new: str, says: str) -> None:
    with pytest.raises(EvidencePolicyInvalid, match=says):
        parse_policy(evidence_file().replace(old, new, 1))


def test_serve_refuses_a_policy_that_is_not_there(tmp_path: Path) -> None:
    arguments = ["serve", "--evidence-policy", str(tmp_path / "none.toml"), "--index", str(tmp_path / "index")]
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 2
    assert "cannot be read" in outcome.stderr


MEMORY = [(Metadata(title="Denosumab", source_type="02_nci"), "Denosumab lowers calcium levels.")]


def memory(folder: Path, pages: list[tuple[Metadata, str]]) -> Any:
    """A client of a service over pages in memory."""
    name = publish(folder / "index", 1)
    return served(folder / "index", FolderOpener({name: snapshot_of(MemoryIndex(name, pages))}))


def evidence_file() -> str:
    """The program's own policy as text."""
    return (Path(__file__).parent.parent / "api" / "evidence" / "evidence.toml").read_text(encoding="utf-8")
