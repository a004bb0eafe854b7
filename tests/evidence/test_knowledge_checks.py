"""What is wrong in a curated file is named in one line, with the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hepatica.errors import KnowledgeError
from hepatica.evidence.knowledge import load

CLAIM = "claims/trials/reversal.yaml"
TOPIC = "topics/reversal-rate.yaml"
FAMILY = "families/rates.yaml"
GAP = "gaps/missing.yaml"
WORDS = "vocabulary/hrs.yaml"
UNITS = "units.yaml"
MISSING = "expected the id of a"

Edit = Callable[[str, str, str], None]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (CLAIM, "value: 32", "value: many", "figures[0].value: Expected `float | null`, got `str`"),
        (CLAIM, "value: 32", "value: many", "the value is 'many'"),
        (CLAIM, "value: 32", "valeu: 32", "figures[0]: Object contains unknown field `valeu`"),
        (CLAIM, "design: rct", "design: trial", "design: Invalid enum value 'trial'"),
        (CLAIM, "source: trial-2021\n", "", "Object missing required field `source`"),
        (CLAIM, "seen: primary", "seen: primary\nseen: secondary", "key 'seen' is given twice"),
        (CLAIM, "id: reversal\n", "id: [reversal\n", "not valid YAML"),
        (CLAIM, "id: reversal\n", "id: rate\n", "expected the name of the file, 'reversal'"),
        (CLAIM, "subject: trials", "subject: tests", "expected the name of the folder, 'trials'"),
        (CLAIM, "trial-2021", "trial-2022", f"source: the value is 'trial-2022', {MISSING} source"),
        (CLAIM, 'unit: "%"', "unit: percent", f"[0].unit: the value is 'percent', {MISSING} unit"),
        (CLAIM, "value: 32,", "value: 32, low: 1, high: 2,", "expected a value, a range or a text"),
        (CLAIM, "value: 32,", "", "expected a value, a range or a text"),
        (CLAIM, "value: 32,", "low: 3,", "expected a value, a range or a text"),
        (CLAIM, "value: 32,", "low: 3, high: 2,", "expected both ends, the lower one first"),
        (CLAIM, "value: 32,", "value: 32, ci_low: 3,", "expected both ends, the lower one first"),
        (CLAIM, "Reversal in 32%.", '"Reversal\\nin 32%."', "in 32%.', expected one line"),
        (FAMILY, "figures: [0]", "figures: [1]", "one of the 1 figures of claim 'reversal'"),
        (FAMILY, "claim: reversal", "claim: x", f"members[0].claim: the value is 'x', {MISSING}"),
        (GAP, "subject: trials", "subject: tests", f"subject: the value is 'tests', {MISSING}"),
        (TOPIC, "claims: [reversal]\nfam", "claims: [x]\nfam", f"'x', {MISSING} claim"),
        (TOPIC, "families: [rates]", "families: [x]", f"families: the value is 'x', {MISSING}"),
        (TOPIC, "gaps: [missing]", "gaps: [x]", f"gaps: the value is 'x', {MISSING} gap"),
        (TOPIC, "related: []", "related: [x]", f"related: the value is 'x', {MISSING} topic"),
        (TOPIC, "plain: [{", "plain: [{claims: [], ", "key 'claims' is given twice"),
        (TOPIC, "[reversal]}]\n# end", "[x]}]", f"plain[0].claims: the value is 'x', {MISSING}"),
        (WORDS, "words: [HRS]", "words: [HRS]\nbroader: [aki]", f"'aki', {MISSING} concept"),
        (UNITS, "name: hours", "title: hours", "h: the whole entry: Object"),
        (UNITS, "name: hours", "name: 3", "h: name: Expected `str`, got `int`; the value is 3"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_file_key_value_and_expectation(
    knowledge_folder: Path, edit: Edit, name: str, old: str, new: str, message: str
) -> None:
    edit(name, old, new)
    with pytest.raises(KnowledgeError) as error:
        load(knowledge_folder)
    assert message in str(error.value)
    assert str(error.value).startswith(name)
    assert "\n" not in str(error.value)


def test_an_id_given_twice_is_refused(knowledge_folder: Path) -> None:
    copy = knowledge_folder / "claims" / "mortality" / "reversal.yaml"
    copy.parent.mkdir()
    text = (knowledge_folder / CLAIM).read_text(encoding="utf-8")
    copy.write_text(text.replace("subject: trials", "subject: mortality"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="'reversal' is given twice under claims/"):
        load(knowledge_folder)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"- a\n- b\n", b"id: \x1b[31m\n"])
def test_bytes_that_are_no_record_are_refused(knowledge_folder: Path, content: bytes) -> None:
    (knowledge_folder / CLAIM).write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"^claims/trials/reversal\.yaml") as error:
        load(knowledge_folder)
    assert str(error.value).isprintable()


def test_a_tag_builds_nothing(knowledge_folder: Path) -> None:
    (knowledge_folder / CLAIM).write_text(
        "!!python/object/apply:os.system [exit]\n", encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match="not valid YAML"):
        load(knowledge_folder)
