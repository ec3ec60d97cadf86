"""Models by name or folder: their prompts, pooling, dimension and length limit, through ingest and answer."""

import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from click.testing import CliRunner

from api.commands.ask import command as ask
from ingest.commands.ingest import command as ingest
from retriever.encoding.known_models import KNOWN_MODELS, Prompts, known_model, prompts_of
from retriever.encoding.model_files import find_model
from retriever.encoding.sentence_model import SentenceTransformerEncoder, stated_prompts
from retriever.errors import EncoderUnavailable
from retriever.index import Index
from retriever.ranking.cross_encoder import CrossEncoderReranker
from tests.collections_on_disk import write_collection
from tests.tiny_models import DIMENSION, MAX_TOKENS, cross_encoder, sentence_model

DOCS = Path(__file__).resolve().parents[1] / "docs" / "models.md"
QUIET = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # torch and transformers use what Python will drop
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
SEARCH = "Represent this sentence for searching relevant passages: "


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("intfloat/e5-small-v2", Prompts("query: ", "passage: ")),
        ("intfloat/multilingual-e5-large", Prompts("query: ", "passage: ")),
        ("/srv/models/multilingual-e5-base/", Prompts("query: ", "passage: ")),
        ("BAAI/bge-small-en-v1.5", Prompts(SEARCH, "")),
        ("mixedbread-ai/mxbai-embed-large-v1", Prompts(SEARCH, "")),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", Prompts(SEARCH, "")),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", Prompts("query: ", "")),
        ("nomic-ai/nomic-embed-text-v1.5", Prompts("search_query: ", "search_document: ")),
        ("thenlper/gte-base", Prompts("", "")),
        ("all-MiniLM-L6-v2", Prompts("", "")),
        ("my/own-model", Prompts("", "")),
        ("my/own-e5-small-v2", Prompts("", "")),
    ],
)
def test_a_model_that_states_no_prompts_gets_those_of_its_family(name: str, expected: Prompts) -> None:
    assert prompts_of(name, None) == expected


def test_what_a_model_states_itself_is_used_before_any_table() -> None:
    assert prompts_of("intfloat/e5-small-v2", Prompts("frage: ", "")) == Prompts("frage: ", "")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, None),
        ({"query": "", "document": ""}, None),
        ({"query": "q: "}, Prompts("q: ", "")),
        ({"query": "q: ", "passage": "p: "}, Prompts("q: ", "p: ")),
        ({"query": "q: ", "document": "d: "}, Prompts("q: ", "d: ")),
    ],
)
def test_prompts_are_read_under_the_names_that_models_use(
    stated: dict[str, str], expected: Prompts | None
) -> None:
    assert stated_prompts(stated) == expected


def test_no_family_hides_another() -> None:
    names = ("multilingual-e5-large-instruct", "e5-large-v2", "bge-large-zh-v1.5", "bge-m3")
    families = {known.family for name in names if (known := known_model(name))}
    assert len(families) == len(names)


def test_the_page_on_models_has_every_family_and_its_words() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for known in KNOWN_MODELS:
        assert f"| {known.family} |" in page
        for prompt in (known.prompts.query, known.prompts.passage):
            assert f"`{prompt}`".replace("\n", "⏎") in page or not prompt


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models: one that states prompts and pools by CLS, one known by its folder's name, one by itself."""
    root = tmp_path_factory.mktemp("models")
    sentence_model(root / "own", pooling="cls", prompts={"query": "q: ", "document": "d: "})
    sentence_model(root / "e5-small-v2", normalized=False)
    sentence_model(root / "plain")
    return root


class TestModels:
    """What a folder says is what the encoder does."""

    pytestmark: ClassVar = [pytest.mark.model, *QUIET]

    def test_prompts_are_put_before_the_texts(self, models: Path) -> None:
        own, plain = (SentenceTransformerEncoder(find_model(str(models / name))) for name in ("own", "plain"))
        assert (own.identity.query_prompt, own.identity.passage_prompt) == ("q: ", "d: ")
        raw = own._model.encode(["q: bones"], prompt="", normalize_embeddings=True)
        np.testing.assert_allclose(own.encode_queries(["bones"]), raw, atol=1e-6)
        assert not np.allclose(own.encode_queries(["bones"]), own.encode_passages(["bones"]))
        assert plain.encode_queries(["bones"]).tobytes() == plain.encode_passages(["bones"]).tobytes()

    def test_the_pooling_of_the_folder_is_used(self, models: Path) -> None:
        own, plain = (SentenceTransformerEncoder(find_model(str(models / name))) for name in ("own", "plain"))
        same_text = plain._model.encode(["q: bones"], normalize_embeddings=True)
        assert not np.allclose(own.encode_queries(["bones"]), same_text, atol=1e-3)

    def test_a_known_model_without_prompts_of_its_own_gets_its_familys(self, models: Path) -> None:
        identity = SentenceTransformerEncoder(find_model(str(models / "e5-small-v2"))).identity
        assert (identity.query_prompt, identity.passage_prompt) == ("query: ", "passage: ")

    def test_vectors_have_length_one_even_where_the_model_does_not_normalise(self, models: Path) -> None:
        encoder = SentenceTransformerEncoder(find_model(str(models / "e5-small-v2")))
        vectors = encoder.encode_passages(["bones", "thin bones " * 40])
        assert vectors.shape == (2, DIMENSION)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_the_limit_is_the_models_and_counts_the_prompt(self, models: Path) -> None:
        encoder = SentenceTransformerEncoder(find_model(str(models / "own")))
        assert encoder.identity.max_tokens == MAX_TOKENS
        assert encoder.count_tokens(["b"]) == [len("d:") + len("b") + 2]

    @pytest.mark.slow
    @pytest.mark.parametrize("arithmetic", ["torch-float32", "float32"])
    def test_a_folder_is_ingested_and_asked(
        self, models: Path, tmp_path: Path, arithmetic: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path / "cache"))
        pages, index = write_collection(tmp_path / "pages"), tmp_path / "index"
        done = CliRunner().invoke(
            ingest, [str(pages), "--index", str(index), "--model", str(models / "own"), "--arithmetic", arithmetic]
        )
        assert done.exit_code == 0, done.output
        assert "reads 'q: ' before a question and 'd: ' before a passage" in done.output
        opened = Index.open(index)
        assert opened.manifest.encoder.query_prompt == "q: "
        assert opened.dense.vectors.shape[1] == DIMENSION
        assert int(opened.rows["tokens"].max()) <= MAX_TOKENS
        asked = CliRunner().invoke(ask, ["thin bones", "--index", str(index), "--json"])
        assert asked.exit_code == 0, asked.output
        assert json.loads(asked.stdout)["passages"]


class TestReranker:
    """A cross-encoder as the second stage."""

    pytestmark: ClassVar = [pytest.mark.model, *QUIET]

    def test_each_pair_has_one_score_whatever_stands_beside_it(self, tmp_path: Path) -> None:
        reranker = CrossEncoderReranker(str(cross_encoder(tmp_path / "tiny")))
        alone = reranker.score("bones", ["thin bones"])
        among = reranker.score("bones", ["thin bones", "a fall at home " * 30, ""])
        assert among.shape == (3,)
        np.testing.assert_allclose(among[0], alone[0], atol=1e-5)
        assert len(set(among.tolist())) == 3
        assert reranker.score("bones", []).shape == (0,)

    def test_a_classifier_is_no_reranker(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderUnavailable, match="gives 3 scores for a pair"):
            CrossEncoderReranker(str(cross_encoder(tmp_path / "three", labels=3)))

    def test_a_folder_without_a_model_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderUnavailable, match=r"config\.json"):
            CrossEncoderReranker(str(tmp_path))
