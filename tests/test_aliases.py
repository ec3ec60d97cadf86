"""Other names in a question: what the collection says they stand for, and when it is left alone."""

import pytest

from retriever.query import Mode, Query
from retriever.questions.normalise import normalise_question
from retriever.retrieve import Retriever
from tests.hashed_collection import ingested, retriever_of
from tests.hashing import HashingEncoder

PAGES = {
    "pembro.md": "# Pembrolizumab\n\nPembrolizumab (Keytruda) is given as an infusion.\n\n## Use\n\nFor melanoma.",
    "list.md": "# Drugs\n\nApproved are pembrolizumab (Keytruda) and nivolumab.",
    "eds.md": "# Ehlers-Danlos syndrome\n\nEhlers-Danlos syndrome (EDS) makes joints loose.\n\n## Signs\n\n"
    "People with Ehlers-Danlos syndrome (EDS) bruise easily.",
    "marrow.md": "# Myeloma\n\nMyeloma, also called kahlerosis, starts in plasma cells.\n\n## Outlook\n\n"
    "Once myeloma (also known as kahlerosis) was always fatal.",
    "cap.md": "# Pain after hiking\n\nPain after hiking (PAH) needs rest.\n\n## Care\n\n"
    "Pain after hiking (PAH) is treated with tablets. One pah is heard when the cap is put on.",
    "hats.md": "# Hats\n\nThe bathers said much and swam on.",
    "brands.md": "# Brands\n\n- Novaline Depot (Myeloma)\n- Zubine (Myeloma)",
    "ade.md": "# Etoposide\n\nThey give cytarabine and etoposide (ADE).\n\n## Again\n\n"
    "Cytarabine and etoposide (ADE).",
    "more.md": "# More brands\n\n- Novaline Depot (Myeloma)\n- Zubine (Myeloma)",
    "trial.md": "# A trial\n\nProgression-free survival (PFS) grew.\n\n## Later\n\nProgression-free survival "
    "(PFS) stayed longer. One report (Wombat) named zanubrutinib (Brukinsa) for lymphoma.",
}


BRANDS = {
    "deno.md": "# Deno injections (Prolin and Xgevin)\n\nDeno is given every six months.\n\n"
    "## Stopping\n\nIt should not be late.",
    "late.md": "# Drug holidays\n\nAfter the last dose of deno bone is lost.",
    "alen.txt": "Alen is a tablet that slows the loss of bone. Brand names include Fosamix and Bonasol.",
    "iban.txt": "Iban, also called ibanic acid, is a medicine. One brand is Bonivin, sold in Europe as Bonvirin.",
    "rise.md": "# Rise\n\nRise is for weak bones. Actonin is one of its brand names.",
    "teri.md": "# Teri\n\nTeri builds bone. Forstin (Fortin in America) was the first brand; others exist.",
    "zole.md": "# Zole infusions\n\n| Use | Brand | Dose |\n|---|---|---|\n| Bone | Aclastin, Reclastin | 5 mg |",
    "steps.md": "# Steroid tablets and bones\n\nRomo (brand name Evenin) is used as well. It can be had under the "
    "brand name Evenolin.",
    "romo.md": "# Romo\n\nRomo is new.",
    "abal.md": "# Abal\n\nAbal builds bone. Tymlin is its name in America and Eladyn in Europe.",
    "weak.md": "# Osteoporosis\n\nIn osteoporosis the first brand was Oldin. Nobody sells it any more.",
    "list.md": "# Costs\n\n- the Jonsin brand of rise is cheaper\n\nWe drink a brand of water called Tabloid. A "
    "tabloid is a newspaper, and every tabloid is printed.",
    "eye.md": "# Eye drops (Plain)\n\nPlain water is plain.",
}


@pytest.fixture(scope="module")
def brands(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A small collection that says once what each of its brand names is, each in its own way."""
    return retriever_of(ingested(tmp_path_factory, BRANDS))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("can i stop prolin", "can i stop prolin (Deno)"),
        ("xgevin dose", "xgevin (Deno) dose"),
        ("i forgot my fosamix", "i forgot my Alen"),
        ("bonasol", "Alen"),
        ("is bonivin good", "is Iban good"),
        ("is bonvirin good", "is Iban good"),
        ("actonin", "Rise"),
        ("forstin pen", "Teri pen"),
        ("fortin pen", "Teri pen"),
        ("reclastin", "Zole"),
        ("what is evenin", "what is Romo"),
        ("jonsin", "rise"),
        ("does tymlin hurt", "does Abal hurt"),
        ("eladyn", "Abal"),
        ("oldin", "oldin"),  # a medicine's, and its page is on a disease
        ("fosamix or actonin", "Alen or Rise"),
        (
            "is prolin the same as xgevin",
            "is prolin (Deno) the same as xgevin",
        ),  # set apart, as two names of one thing
        ("evenolin", "evenolin"),  # the page's title names no medicine that the sentence speaks of
        ("tabloid", "tabloid"),  # a word of the language
        ("plain", "plain"),
    ],
)
def test_a_brand_name_is_read_where_a_title_or_one_sentence_introduces_it(
    brands: Retriever, asked: str, searched: str
) -> None:
    assert brands.as_meant(asked).told == searched


def test_the_pages_that_name_only_the_medicine_are_found_by_its_brand(brands: Retriever) -> None:
    hits = brands.retrieve(Query(normalise_question("what if i stop prolin"), mode=Mode.LEXICAL)).hits

    assert "late.md" in {hit.document.source_path for hit in hits}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Pages that say what some names stand for."""
    return retriever_of(ingested(tmp_path_factory, PAGES))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("what is keytruda for", "what is keytruda (pembrolizumab) for"),
        ("Is EDS painful?", "Is EDS (Ehlers-Danlos syndrome) painful?"),
        ("is eds painful", "is eds (Ehlers-Danlos syndrome) painful"),
        ("kahlerosis outlook", "kahlerosis (Myeloma) outlook"),
        ("zubine", "zubine (Myeloma)"),
        ("is pah treated with tablets", "is pah (pain after hiking) treated with tablets"),
        ("pah", "pah (pain after hiking)"),
        ("why do bathers say pah", "why do bathers say pah"),  # a word of the language, too
        ("why do bathers have PAH", "why do bathers have PAH (pain after hiking)"),
        ("wombat depot", "wombat depot"),  # the end of a longer name
        ("pembrolizumab", "pembrolizumab"),  # names a page itself
        ("is Keytruda the same as pembrolizumab", "is Keytruda the same as pembrolizumab"),
        ("what is brukinsa", "what is brukinsa"),  # said once only
        ("what is PFS", "what is PFS"),  # no page is about that
        ("what is ADE", "what is ADE"),  # of a list, whose last thing is no long form
        ("what is ozempic", "what is ozempic"),  # unknown
        ("IS IT SAFE", "IS IT SAFE"),
        ("", ""),
    ],
)
def test_what_a_name_stands_for_is_searched_too_where_the_collection_says_it(
    retriever: Retriever, asked: str, searched: str
) -> None:
    assert retriever.as_meant(asked).told.lower() == searched.lower()


def test_quotes_are_chosen_by_the_name_that_the_pages_use(retriever: Retriever) -> None:
    assert retriever.as_meant("is Keytruda safe and is keytruda dear").in_place.lower() == (
        "is pembrolizumab safe and is keytruda dear"
    )
    assert retriever.as_meant("kahlerosis").told == "kahlerosis (Myeloma)"
    assert retriever.as_meant("kahlerosis").in_place == "Myeloma"


def test_a_brand_name_leads_to_the_page_on_the_drug(retriever: Retriever) -> None:
    hits = retriever.retrieve(Query(normalise_question("What is Keytruda used for?"), mode=Mode.LEXICAL)).hits

    assert hits[0].document.source_path == "pembro.md"


def test_a_search_by_meaning_alone_reads_the_question_as_it_stands(retriever: Retriever) -> None:
    asked = Query("keytruda", mode=Mode.DENSE, top_k=1)

    found = retriever.retrieve(asked).vector

    assert found is not None
    assert (found == HashingEncoder().encode_queries(["keytruda"])[0]).all()


def test_what_was_asked_twice_is_spelled_out_the_same(retriever: Retriever) -> None:
    assert retriever.as_meant("keytruda dose") == retriever.as_meant("keytruda dose")
