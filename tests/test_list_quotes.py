"""Lists as quotes: with what introduces them, cut between their own items, and items that stand alone."""

import pytest

from retriever.answers.quotable.list_quotes import MAX_ITEM_SENTENCES
from tests.small_answers import texts_in


def test_an_item_of_several_sentences_is_quoted_whole_and_without_its_mark() -> None:
    text = "Caring for hair\n\n- Be gentle. Hair breaks easily while it grows.\n- Wait for 3 months."
    assert "Be gentle. Hair breaks easily while it grows." in texts_in(text, heading="Caring for hair")


@pytest.mark.parametrize("lead", ["Do not take it if:", "It may cause:", "When you have a fever"])
def test_an_item_that_needs_what_introduces_its_list_is_not_quoted_alone(lead: str) -> None:
    text = f"{lead}\n\n- You are ill. Illness lowers calcium.\n- You are pregnant. Ask a doctor."
    assert texts_in(text, heading=lead) == [text]


def test_an_item_that_defines_a_word_may_be_quoted_below_any_introduction() -> None:
    text = "These tests may be done:\n\n- Bone scan: A procedure that shows bones. A dye is injected.\n- Biopsy."
    assert texts_in(text) == ["Bone scan: A procedure that shows bones. A dye is injected."]


def test_a_caption_between_two_lists_introduces_none() -> None:
    text = "Signs include:\n\n- pain\n\nA red hand may be a sign.\n\n- Swelling of the hand."
    assert texts_in(text) == ["Signs include:\n\n- pain", "A red hand may be a sign."]


def test_links_to_other_pages_are_no_list_of_the_sentence_before() -> None:
    assert texts_in("Exercise keeps bones strong.\n\n- Falls at Home\n- Eating Well") == [
        "Exercise keeps bones strong."
    ]


@pytest.mark.parametrize("heading", ["Key Points", "On This Page"])
def test_a_table_of_contents_is_not_quoted(heading: str) -> None:
    assert texts_in(f"{heading}\n\n- Bones thin with age.\n- Falls break bones.", heading=heading) == []


def test_a_list_is_quoted_with_what_introduces_it() -> None:
    text = "Bones break easily. Known side effects include:\n\n- skin infections\n- low calcium"
    assert texts_in(text) == [
        "Bones break easily.",
        "Known side effects include:\n\n- skin infections\n- low calcium",
    ]


def test_a_lead_in_that_leans_on_another_sentence_brings_it() -> None:
    text = "Denosumab can harm. These harms include:\n\n- skin infections"
    assert texts_in(text)[-1] == text


NESTED = (
    "Bikes come in the following kinds:\n\n- Road bikes, which have:\n  - thin tyres\n  - low handles\n"
    "- Mountain bikes: A kind of bike with the following parts:\n  - wide tyres\n  - strong brakes\n"
    "- Tandems. Two people ride them. They are long."
)


def test_a_list_is_cut_at_its_own_items_and_not_amid_those_below_one() -> None:
    behind = NESTED.index("  - strong")
    assert texts_in(NESTED)[0] == NESTED
    assert texts_in(NESTED, end=behind)[0] == NESTED[: NESTED.index("\n- Mountain")]
    assert texts_in(NESTED, end=NESTED.index("\n  - wide"))[0] == NESTED[: NESTED.index("\n- Mountain")]


def test_an_item_below_another_is_not_quoted_as_if_it_stood_below_the_list() -> None:
    inner = (
        "You can do all of this.\n\n- Never do these:\n  - Eat late. It keeps you awake.\n- Sleep well. It helps."
    )
    flat = inner.replace("  -", "-")
    assert [quote for quote in texts_in(inner) if "\n" not in quote] == [
        "You can do all of this.",
        "Sleep well. It helps.",
    ]
    assert [quote for quote in texts_in(flat) if "\n" not in quote] == ["You can do all of this."]


def test_a_list_right_below_its_heading_is_quoted_with_the_heading() -> None:
    assert texts_in("Side effects\n\n- skin infections", heading="Side effects") == [
        "Side effects\n\n- skin infections"
    ]


def test_a_table_is_quoted_with_its_header() -> None:
    text = "The doses differ:\n\nUse\tDose\nBones\t60 mg"
    assert texts_in(text) == [text]


@pytest.mark.parametrize("cut", ["- low calcium", "Do not take it if:\n\n- you have low calcium\n"])
def test_items_without_what_introduces_them_are_not_quoted(cut: str) -> None:
    text = "Do not take it if:\n\n- you have low calcium\n- low calcium runs in the family"
    assert texts_in(text, start=text.index(cut) + len(cut)) == []


def test_a_list_whose_lead_in_names_nothing_brings_what_does() -> None:
    text = "Care of broken hips depends on age. Treatment may include:\n\n- rest\n- surgery"
    assert text in texts_in(text)
    below = "Broken hips in winter\n\nTreatment may include:\n\n- rest\n- surgery"
    assert texts_in(below, heading="Broken hips in winter") == [below]


def test_a_sentence_between_two_parts_of_one_list_introduces_none() -> None:
    text = "Dangers at home:\n\n- Rugs.\n- Wires.\n\nFalls are worse on stone.\n\n- Stairs slip.\n- Tubs slip."
    assert texts_in(text) == ["Dangers at home:\n\n- Rugs.\n- Wires.", "Falls are worse on stone."]


def test_a_list_that_begins_in_the_middle_belongs_to_no_closed_sentence() -> None:
    text = "These trials rank lower than many others.\n\n2. Old trials.\n3. Older trials."
    assert not any("Old trials" in quote for quote in texts_in(text))


def test_a_list_that_is_announced_as_below_is_quoted_whole() -> None:
    text = "Below are some ways to prevent falls.\n\n- Wear shoes.\n- Fix rugs."
    assert texts_in(text) == [text]


def test_names_of_other_pages_below_a_heading_are_no_list() -> None:
    text = "For patients\n\n- Bone Cancer Treatment\n- Care of the Bones"
    assert texts_in(text, heading="For patients") == []


def test_a_long_item_is_quoted_up_to_its_fourth_sentence() -> None:
    said = [f"Rest does good number {number}." for number in range(6)]
    text = f"Ways to help your bones:\n\n- {' '.join(said)}\n- Walk."
    assert " ".join(said[:MAX_ITEM_SENTENCES]) in texts_in(text, heading="Ways to help your bones:")


def test_an_item_that_repeats_its_name_stands_alone() -> None:
    text = "Risks include:\n\n- Radon: Radon is a gas that harms lungs.\n- Tar."
    assert "Radon: Radon is a gas that harms lungs." in texts_in(text)


@pytest.mark.parametrize("lead", ["Ways to avoid if you are ill:", "Questions and ways to ask for help:"])
def test_an_item_below_a_condition_or_a_list_of_questions_is_not_quoted_alone(lead: str) -> None:
    text = f"{lead}\n\n- Rest well. Sleep helps.\n- Walk."
    assert not any(quote.startswith("Rest") for quote in texts_in(text, heading=lead))


def test_a_list_whose_lead_in_leans_is_quoted_with_its_heading() -> None:
    text = "Two products\n\nThe same substance is sold in two strengths:\n\n- Red: 60 mg\n- Blue: 120 mg"
    assert texts_in(text, heading="Two products") == [text]


def test_a_row_of_sentences_is_quoted_without_its_table() -> None:
    row = "Lumpectomy\tThere is a chance that it comes back. About 5% to 10% of women have it again."
    table = f"Chances\n\n{row}\nMastectomy\t{'It is rare that it comes back. ' * 40}"
    assert row in texts_in(table, heading="Chances")


def test_a_row_of_figures_is_not_quoted_without_its_table() -> None:
    table = "Dose\n\nOsteoporosis\t5 mg\nMyeloma\t4 mg"
    assert "Myeloma\t4 mg" not in texts_in(table, heading="Dose")
