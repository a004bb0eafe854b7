"""What the curated files say about pooling: arms, trials, and settings of single syntheses.

They stand in `pooling/` of the knowledge folder: treatments.yaml, trials.yaml, settings/*.yaml.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from hepatica.errors import KnowledgeError
from hepatica.evidence.knowledge import SHIPPED
from hepatica.evidence.knowledge_files import files, read, read_table

__all__ = ["Lump", "Pooling", "Preference", "Setting", "Treatment", "Trial", "load_pooling"]


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Treatment(_Record, frozen=True):
    """A treatment with the arm names that mean it, anywhere or `in_claims` only."""

    name: str
    arms: tuple[str, ...] = ()
    in_claims: dict[str, tuple[str, ...]] = {}


class Trial(_Record, frozen=True):
    """One trial with the sources and claims that report it.

    `parts` are claims on some of its patients with the reason not to take them for the trial.
    """

    name: str
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    parts: dict[str, str] = {}
    whole: str | None = None


class Lump(_Record, frozen=True, rename={"others": "with"}):
    """Treatments taken for one, and why."""

    treatment: str
    others: tuple[str, ...]
    name: str
    because: str


class Preference(_Record, frozen=True):
    """Claims to take where a trial reports several results, and why."""

    claims: tuple[str, ...]
    because: str


class Setting(_Record, frozen=True):
    """How one question is pooled: families of claims, and decisions with their reasons.

    `derived` lets counts in that were calculated from percentages.
    """

    id: str
    title: str
    families: tuple[str, ...]
    outcome: str
    network: bool = False
    derived: bool = False
    derived_because: str | None = None
    reference: str | None = None
    treatment: str | None = None
    control: str | None = None
    lump: tuple[Lump, ...] = ()
    prefer: tuple[Preference, ...] = ()
    cautions: tuple[str, ...] = ()


class Pooling(_Record, frozen=True):
    """Treatments, trials and settings by id."""

    treatments: dict[str, Treatment]
    trials: dict[str, Trial]
    settings: dict[str, Setting]

    def treatment_of(self, arm: str | None, claim: str) -> str | None:
        """The treatment that `arm` of `claim` got, or None when its name is not known."""
        name = (arm or "").strip().lower()
        for key, treatment in self.treatments.items():
            if name in (known.lower() for known in treatment.in_claims.get(claim, ())):
                return key
        for key, treatment in self.treatments.items():
            if name and name in (known.lower() for known in treatment.arms):
                return key
        return None

    def trial_of(self, claim: str, source: str) -> str | None:
        """The trial that a claim reports, where the files name it."""
        for key, trial in self.trials.items():
            if claim in trial.claims or claim in trial.parts:
                return key
        return next((key for key, t in self.trials.items() if source in t.sources), None)

    def part(self, claim: str) -> str | None:
        """Why `claim` is not a whole trial, or None when it is."""
        for trial in self.trials.values():
            if claim in trial.parts:
                whole = f"; {trial.whole}" if trial.whole else ""
                return trial.parts[claim] + whole
        return None


def load_pooling(folder: Path | None = None) -> Pooling:
    """The files in `folder`/pooling, of the shipped knowledge by default.

    Raises KnowledgeError for a broken file, a setting whose id is not its file's name, and an arm
    name that two treatments claim.
    """
    root = SHIPPED if folder is None else folder
    place = root / "pooling"
    settings: dict[str, Setting] = {}
    for path in files(place / "settings"):
        setting = read(path, Setting, root=root)
        if setting.id != path.stem:
            raise KnowledgeError(
                f"{path.relative_to(root).as_posix()}: id: the value is {setting.id!r}, expected "
                f"the name of the file, {path.stem!r}"
            )
        settings[setting.id] = setting
    treatments = read_table(place / "treatments.yaml", Treatment, root=root)
    owners: dict[str, str] = {}
    for key, treatment in treatments.items():
        for arm in treatment.arms:
            if owners.setdefault(arm.lower(), key) != key:
                raise KnowledgeError(
                    f"pooling/treatments.yaml: the arm {arm!r} belongs to {owners[arm.lower()]!r} "
                    f"and to {key!r}, expected one of them"
                )
    return Pooling(
        treatments=treatments,
        trials=read_table(place / "trials.yaml", Trial, root=root),
        settings=settings,
    )
