"""Flesch-Kincaid by hand."""

from __future__ import annotations

import pytest

from hepatica.ask.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("liver", 2), ("table", 2), ("fluid", 1), ("treated", 2), ("kidneys", 2),
     ("albumin", 3), ("needed", 2), ("passed", 1), ("doses", 2)],
)  # fmt: skip
def test_syllables_by_vowel_groups(word: str, count: int) -> None:
    assert syllables(word) == count


def test_grade_of_a_sentence_worked_by_hand() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_longer_sentences_and_words_read_harder() -> None:
    easy = ["The drug can help.", "The kidneys may get better."]
    hard = ["The drug can help and the kidneys may get better."]
    assert grade(easy) < grade(hard) < grade(["Vasoconstriction ameliorates renal hypoperfusion."])
    assert grade([]) == 0.0
