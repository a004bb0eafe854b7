"""A small knowledge folder that tests may break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "units.yaml": '"%": {text: "%", name: per cent}\nh: {text: h, name: hours}\n',
    "subjects.yaml": "trials: Trials\n",
    "sources/trial-2021.yaml": "id: trial-2021\ntitle: A trial\ndesign: rct\n",
    "claims/trials/reversal.yaml": (
        "id: reversal\nstatement: Reversal in 32%.\nsource: trial-2021\ndesign: rct\n"
        "subject: trials\nseen: primary\nseen_in: abstract\nurl: https://example.org\n"
        'figures: [{name: reversal, value: 32, unit: "%"}]\n'
    ),
    "families/rates.yaml": (
        "id: rates\ntitle: Rates\noutcome: reversal\nmembers: [{claim: reversal, figures: [0]}]\n"
    ),
    "gaps/missing.yaml": (
        "id: missing\nlooked_for: a rate\nwould_stand_in: a paper\nsubject: trials\n"
    ),
    "topics/reversal-rate.yaml": (
        "id: reversal-rate\nquestion: How often?\nclaims: [reversal]\nfamilies: [rates]\n"
        "gaps: [missing]\nrelated: []\n"
        "bottom_line: [{text: In a third., claims: [reversal]}]\n"
        "plain: [{text: In a third., claims: [reversal]}]\n# end\n"
    ),
    "vocabulary/hrs.yaml": "id: hrs\nname: HRS\nkind: condition\nwords: [HRS]\n",
    "everyday.txt": "# common words\ntips\n\nAID\n",
}


@pytest.fixture
def knowledge_folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def edit(knowledge_folder: Path) -> Callable[[str, str, str], None]:
    """Replaces text in one file of the folder; the text must stand there once."""

    def replace(name: str, old: str, new: str) -> None:
        text = (knowledge_folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (knowledge_folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace
