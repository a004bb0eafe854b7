"""Loading, checking, packing and hashing the curated knowledge."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from hepatica.errors import KnowledgeError
from hepatica.evidence.curated import Line, Review, Topic
from hepatica.evidence.knowledge import (
    Knowledge,
    documents,
    fingerprint,
    load,
    pack,
    topic_hash,
    unpack,
)

CLAIM = "claims/trials/reversal.yaml"


def test_a_folder_is_read_into_records_by_id(knowledge_folder: Path) -> None:
    knowledge = load(knowledge_folder)
    assert knowledge.claims["reversal"].figures[0].value == 32
    assert list(knowledge.topics) == ["reversal-rate"]
    assert list(knowledge.concepts) == ["hrs"]
    assert knowledge.units["h"].name == "hours"
    assert knowledge.everyday == {"tips", "aid"}


def test_parts_may_be_missing(tmp_path: Path) -> None:
    assert load(tmp_path) == Knowledge()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no such folder"):
        load(tmp_path / "nowhere")


def test_the_fingerprint_follows_every_kind_of_change(knowledge_folder: Path) -> None:
    seen = [fingerprint(knowledge_folder)]
    assert fingerprint(knowledge_folder) == seen[0]
    path = knowledge_folder / CLAIM
    path.write_text(path.read_text(encoding="utf-8") + "note: Post hoc.\n", encoding="utf-8")
    seen.append(fingerprint(knowledge_folder))
    os.utime(path, ns=(1, 1))
    seen.append(fingerprint(knowledge_folder))
    path.rename(path.with_name("renamed.yaml"))
    seen.append(fingerprint(knowledge_folder))
    (knowledge_folder / "units.yaml").write_text("", encoding="utf-8")
    seen.append(fingerprint(knowledge_folder))
    (knowledge_folder / "gaps" / "missing.yaml").unlink()
    seen.append(fingerprint(knowledge_folder))
    assert len(set(seen)) == len(seen)


def test_the_fingerprint_ignores_what_is_not_loaded(knowledge_folder: Path) -> None:
    before = fingerprint(knowledge_folder)
    (knowledge_folder / "mappings").mkdir()
    (knowledge_folder / "mappings" / "meld.yaml").write_text("id: meld\n", encoding="utf-8")
    assert fingerprint(knowledge_folder) == before


def test_documents_hold_the_claims_of_their_source(knowledge_folder: Path) -> None:
    (document,) = documents(load(knowledge_folder))
    assert document.source.text.split("\n")[0] == "Reversal in 32%."
    assert document.passages[0].section == ("trials", "reversal")


def test_packed_knowledge_is_read_back_whole(knowledge_folder: Path) -> None:
    knowledge = load(knowledge_folder)
    assert unpack(pack(knowledge)) == knowledge


@pytest.mark.parametrize(
    "broken", [b"", b"\x00", b"no knowledge", pack(Knowledge())[:-1] + b"\xc1"]
)
def test_broken_packed_knowledge_is_refused(broken: bytes) -> None:
    with pytest.raises(KnowledgeError, match="load the files and pack them again"):
        unpack(broken)


def test_an_approval_is_bound_to_the_topic_and_its_claims(knowledge_folder: Path) -> None:
    knowledge = load(knowledge_folder)
    topic, claims = knowledge.topics["reversal-rate"], knowledge.claims
    before = topic_hash(topic, claims)
    assert len(before) == 16
    reviewed = msgspec.structs.replace(topic, review=Review(status="approved", reviewer="A. B."))
    assert topic_hash(reviewed, claims) == before
    reworded = msgspec.structs.replace(topic, plain=(Line(text="One in 3.", claims=("reversal",)),))
    assert topic_hash(reworded, claims) != before
    corrected = msgspec.structs.replace(claims["reversal"], statement="Reversal in 29%.")
    assert topic_hash(topic, {"reversal": corrected}) != before


def test_a_claim_of_a_line_counts_for_the_approval(knowledge_folder: Path) -> None:
    knowledge = load(knowledge_folder)
    topic = Topic(
        id="t",
        question="?",
        claims=(),
        bottom_line=(),
        plain=(Line(text="A.", claims=("reversal",)),),
    )
    corrected = msgspec.structs.replace(knowledge.claims["reversal"], note="Corrected.")
    assert topic_hash(topic, knowledge.claims) != topic_hash(topic, {"reversal": corrected})
