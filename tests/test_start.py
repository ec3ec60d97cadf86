"""What a start spares: nothing is compiled, collected or tidied up that one question does not need."""

import gc
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.garbage import spare_what_is_made, uncollected
from retriever.late_pattern import compile_late_patterns, late_pattern
from retriever.questions.routing import default_rules

CHECKOUT = Path(__file__).parent.parent
SHORT = 100
"""Characters of the longest pattern that a module may compile when it is read."""


def printed_by(program: str) -> str:
    """What a program prints that runs by itself."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("module", ["api.query.answers", "api.commands.ask", "api.app"])
def test_no_long_pattern_is_compiled_when_a_program_is_imported(module: str) -> None:
    compiled = printed_by(
        "import json, re, sys\n"
        "compiled, compile_now = [], re.compile\n"
        "def noting(pattern, flags=0):\n"
        "    name = sys._getframe(1).f_globals.get('__name__', '')\n"
        "    if name.split('.')[0] in ('api', 'retriever', 'footnoted'):\n"
        "        compiled.append((name, len(pattern)))\n"
        "    return compile_now(pattern, flags)\n"
        "re.compile = noting\n"
        f"import footnoted, {module}\n"
        "from retriever.questions.routing import default_rules\n"
        "from retriever.questions.synonyms import default_synonyms\n"
        "default_rules(), default_synonyms()\n"
        "print(json.dumps(compiled))\n"
    )
    lengths = json.loads(compiled)
    assert lengths
    assert [(name, length) for name, length in lengths if length > SHORT] == []


def test_a_late_pattern_does_what_the_compiled_one_does() -> None:
    late, compiled = late_pattern(r"(\d+) mg", re.IGNORECASE), re.compile(r"(\d+) mg", re.IGNORECASE)
    text = "20 MG or 5 mg"
    assert (late.pattern, late.flags, late.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert [found.span() for found in late.finditer(text)] == [found.span() for found in compiled.finditer(text)]
    assert late.sub(r"\1", text) == compiled.sub(r"\1", text) == "20 or 5"
    assert late.split(text) == compiled.split(text)
    assert late.findall(text) == compiled.findall(text) == ["20", "5"]
    assert late.search(text, 3) is not None
    assert late.match(text, 3) is late.fullmatch(text) is None


def test_a_late_pattern_has_the_methods_of_the_compiled_one_after_its_first_use() -> None:
    late = late_pattern("twice")
    assert late.search("once") is None
    assert late.search is late.search


def test_a_pattern_that_is_none_is_told_of_when_it_is_used_or_all_are_compiled() -> None:
    late = late_pattern("(")
    with pytest.raises(re.error):
        late.search("")
    with pytest.raises(re.error):
        compile_late_patterns()


def test_every_pattern_that_the_program_has_written_down_is_one() -> None:
    signs = [sign for rule in default_rules().rules for sign in (*rule.signs.each, *rule.unless, *rule.context)]
    assert len(signs) > 100
    assert [sign.pattern.search("") for sign in signs] == [None] * len(signs)
    printed_by(
        "import api.app, api.query.answers\nfrom retriever.late_pattern import compile_late_patterns\n"
        "compile_late_patterns()\n"
    )


def test_nobody_looks_for_garbage_during_a_start_and_afterwards_again() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_a_start_has_made_is_not_looked_through_again() -> None:
    before = gc.get_freeze_count()
    try:
        spare_what_is_made()
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_a_question_ends_with_its_own_exit_code_and_takes_nothing_apart(tmp_path: Path) -> None:
    program = (
        "import atexit, os, sys\n"
        "from footnoted import main\n"
        "atexit.register(os._exit, 77)\n"
        f"sys.argv = ['footnoted', 'ask', 'what is it', '--index', {str(tmp_path)!r}]\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "nothing is published" in done.stderr


def test_after_each_pattern_others_have_python_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr("retriever.late_pattern.time.sleep", rests.append)
    monkeypatch.setattr("retriever.late_pattern.time.thread_time", iter(range(100)).__next__)
    monkeypatch.setattr("retriever.late_pattern._waiting", [])
    late_pattern("one"), late_pattern("two")
    compile_late_patterns(resting=4.0)
    assert rests == [4.0, 4.0]
    late_pattern("three")
    compile_late_patterns()
    assert rests == [4.0, 4.0]
