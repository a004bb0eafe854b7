"""The contract that every topic keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hepatica.ask.readability import grade
from hepatica.evidence.claim_text import claim_text
from hepatica.evidence.curated import Line, Seen, Topic
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.numbers import unsupported

READING_GRADE = 8.0
SENTENCE = re.compile(r"(?<=[.!?])\s+")
INTERNAL = re.compile(r"seed|dossier|github", re.I)
INSTRUCTS = re.compile(r"\b(you should|take \d|give yourself|stop taking|start taking)\b", re.I)


def _lines(knowledge: Knowledge) -> Iterator[tuple[str, Line]]:
    for topic in knowledge.topics.values():
        for at, line in enumerate(topic.bottom_line):
            yield f"{topic.id} bottom_line[{at}]", line
        for at, line in enumerate(topic.plain):
            yield f"{topic.id} plain[{at}]", line


def _askings(topic: Topic) -> list[str]:
    return [
        " ".join(text.lower().split()).rstrip("?") for text in (topic.question, *topic.asked_as)
    ]


def test_there_are_at_least_forty_topics(knowledge: Knowledge) -> None:
    assert len(knowledge.topics) >= 40


def test_a_topic_is_complete(knowledge: Knowledge) -> None:
    faults = []
    for topic in knowledge.topics.values():
        counts = {
            "asked_as": 8 <= len(topic.asked_as) <= 16,
            "keywords": 5 <= len(topic.keywords) <= 15,
            "claims": len(topic.claims) >= 3,
            "bottom_line": 1 <= len(topic.bottom_line) <= 3,
            "plain": 2 <= len(topic.plain) <= 6,
            "related": 3 <= len(topic.related) <= 5,
            "question": topic.question.endswith("?"),
        }
        faults += [(topic.id, key) for key, holds in counts.items() if not holds]
    assert not faults


def test_nothing_is_named_twice_in_a_topic(knowledge: Knowledge) -> None:
    faults = []
    for topic in knowledge.topics.values():
        for names in (topic.claims, topic.families, topic.gaps, topic.related, topic.keywords):
            if len(set(names)) < len(names):
                faults.append((topic.id, names))
        if topic.id in topic.related:
            faults.append((topic.id, topic.related))
    assert not faults


def test_no_two_topics_are_asked_in_the_same_words(knowledge: Knowledge) -> None:
    seen: dict[str, str] = {}
    faults = []
    for topic in knowledge.topics.values():
        for asking in _askings(topic):
            if asking in seen:
                faults.append((asking, seen[asking], topic.id))
            seen[asking] = topic.id
    assert not faults


def test_every_claim_belongs_to_a_topic(knowledge: Knowledge) -> None:
    used = {claim for topic in knowledge.topics.values() for claim in topic.claims}
    assert sorted(set(knowledge.claims) - used) == []


def test_a_line_rests_on_claims_of_its_topic(knowledge: Knowledge) -> None:
    faults = []
    for topic in knowledge.topics.values():
        for line in (*topic.bottom_line, *topic.plain):
            if not line.claims or not set(line.claims) <= set(topic.claims):
                faults.append((topic.id, line))
    assert not faults


def test_every_number_of_a_line_stands_in_a_claim_it_cites(knowledge: Knowledge) -> None:
    faults = []
    for where, line in _lines(knowledge):
        supports = [claim_text(knowledge.claims[name], knowledge.units) for name in line.claims]
        if missing := unsupported(line.text, supports):
            faults.append((where, sorted(missing), line.text))
    assert not faults


def test_no_bottom_line_rests_on_a_tertiary_page(knowledge: Knowledge) -> None:
    faults = [
        (topic.id, name)
        for topic in knowledge.topics.values()
        for line in topic.bottom_line
        for name in line.claims
        if knowledge.claims[name].seen is Seen.TERTIARY
    ]
    assert not faults


def test_a_line_is_one_clean_sentence(knowledge: Knowledge) -> None:
    faults = [
        (where, line.text)
        for where, line in _lines(knowledge)
        if line.text != " ".join(line.text.split())
        or not line.text.endswith(".")
        or INTERNAL.search(line.text)
    ]
    assert not faults


def test_what_a_patient_reads_is_easy_to_read(knowledge: Knowledge) -> None:
    hard = []
    for topic in knowledge.topics.values():
        lines = [line.text for line in topic.plain]
        help_ = SENTENCE.split(topic.seek_help) if topic.seek_help else []
        for part in (lines, [*lines, *help_]):
            if (level := grade(part)) > READING_GRADE:
                hard.append((topic.id, round(level, 1)))
    assert not hard


def test_the_advice_on_calling_for_help_is_short_and_without_figures(knowledge: Knowledge) -> None:
    faults = [
        (topic.id, topic.seek_help)
        for topic in knowledge.topics.values()
        if topic.seek_help
        and (len(SENTENCE.split(topic.seek_help)) > 3 or re.search(r"\d", topic.seek_help))
    ]
    assert not faults


def test_the_plain_lines_inform_and_instruct_no_regimen(knowledge: Knowledge) -> None:
    faults = [
        (topic.id, line.text)
        for topic in knowledge.topics.values()
        for line in topic.plain
        if INSTRUCTS.search(line.text)
    ]
    assert not faults


def test_no_wording_is_copied_from_the_test_questions(shared: Path, knowledge: Knowledge) -> None:
    files = sorted((shared / "evidence").glob("questions*.yaml"))
    if not files:
        pytest.skip(f"no test questions in {shared}")
    held_out = {
        " ".join(item["question"].lower().split()).rstrip("?")
        for path in files
        for item in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    }
    copied = [
        (topic.id, asking)
        for topic in knowledge.topics.values()
        for asking in _askings(topic)
        if asking in held_out
    ]
    assert not copied
