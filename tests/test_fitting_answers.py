"""Fitting answers: whole questions that are told what they ask for, or nothing."""

from pathlib import Path

from tests.small_answers import answer_of


def test_no_sentence_is_quoted_where_none_takes_the_stand_that_was_asked_for(tmp_path: Path) -> None:
    page = "# Bone cysts\n\nBone cysts are small hollows in a bone that are filled with clear fluid.\n"
    assert answer_of(tmp_path, {"a.md": page}, "Is a bone cyst dangerous?") is None
    told = page + "\nA bone cyst is not dangerous, and most of them heal without any treatment.\n"
    answer = answer_of(tmp_path / "told", {"a.md": told}, "Is a bone cyst dangerous?")
    assert answer is not None
    assert "not dangerous" in answer.text


def test_who_asks_what_a_drug_is_used_for_hears_its_uses(tmp_path: Path) -> None:
    page = (
        "# Zoledronic acid\n\n## Use\n\nZoledronic acid is approved to treat bone loss.\n\n"
        "Zoledronic acid is also being studied in the treatment of other conditions of bones."
    )
    answer = answer_of(tmp_path, {"a.md": page}, "What is zoledronic acid used for?")
    assert answer is not None
    assert answer.text == "Zoledronic acid is approved to treat bone loss. [1]"


DRUG = (
    "# Zoledronic acid\n\nZoledronic acid is a drug that slows bone loss.\n\nUS Brand Name(s)\n\nAclasta, Reclast"
    "\n\nApproved\n\nYes\n"
)


def test_who_asks_for_a_brand_name_hears_it_with_the_line_that_says_what_it_is(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": DRUG}, "brand name of zoledronic acid")
    assert answer is not None
    assert "US Brand Name(s)\n\nAclasta, Reclast [1]" in answer.text


def test_who_asks_for_something_else_hears_no_brand_name(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": DRUG}, "What is zoledronic acid?")
    assert answer is not None
    assert answer.text == "Zoledronic acid is a drug that slows bone loss. [1]"


def test_a_misspelt_question_is_answered_as_the_word_that_was_meant(tmp_path: Path) -> None:
    pages = {
        "a.md": "# Osteoporosis\n\nOsteoporosis is a disease of thin bones.",
        "b.md": "# Osteoporosis in men\n\nOsteoporosis in men is rare.",
    }
    right = answer_of(tmp_path / "right", pages, "what is osteoporosis")
    wrong = answer_of(tmp_path / "wrong", pages, "what is osteoporsis")
    assert right is not None
    assert wrong is not None
    assert wrong.text == right.text


def test_a_brand_name_is_answered_as_the_drug_that_the_pages_call_it(tmp_path: Path) -> None:
    pages = {
        "pembro.md": "# Pembrolizumab\n\nPembrolizumab (Keytruda) is an infusion.\n\n## Use\n\n"
        "Pembrolizumab is approved to treat melanoma.",
        "trial.md": "# A trial\n\nWhat Keytruda is used for was compared.\n\nIt was pembrolizumab (Keytruda).",
    }
    by_name = answer_of(tmp_path / "name", pages, "What is pembrolizumab used for?")
    by_brand = answer_of(tmp_path / "brand", pages, "What is Keytruda used for?")
    assert by_name is not None
    assert by_brand is not None
    assert by_brand.text.split("[")[0] == by_name.text.split("[")[0]


def test_what_nobody_knows_is_quoted_to_who_asks_for_yes_or_no(tmp_path: Path) -> None:
    page = {
        "a.md": "# Smoke and bones\n\nWhether smoke harms bones is not yet known.\n\nSmoke harms bones by its tar."
    }
    how = answer_of(tmp_path / "how", page, "How does smoke harm bones?")
    whether = answer_of(tmp_path / "whether", page, "Does smoke harm bones?")
    assert how is not None
    assert whether is not None
    assert how.text.startswith("Smoke harms")
    assert whether.text.startswith("Whether smoke")
