"""Conditions over an assessment: SQL expressions over facts, three-valued, run by one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hepatica.clinic.blame import missing
from hepatica.clinic.compiled import SPACE, Compiled, python
from hepatica.clinic.definition import Input, Output, Parameter, Reference, Score
from hepatica.clinic.expression import bind, columns, parse
from hepatica.clinic.records import Record, read
from hepatica.errors import KnowledgeError

FOLDER = "assessment"


class Fact(Record, frozen=True, kw_only=True):
    """What a rule may ask. `source` is where it comes from; `settle` what makes it known.

    `within` names the parameter that says how old a value may be; an older one is unknown.
    """

    source: str
    about: str
    unit: str | None = None
    settle: str | None = None
    within: str | None = None


class Derived(Record, frozen=True, kw_only=True):
    """A fact that follows from others, as an SQL expression."""

    sql: str
    about: str


class Facts(Record, frozen=True, kw_only=True):
    """The file `assessment/facts.yaml`."""

    parameters: Mapping[str, Parameter]
    facts: Mapping[str, Fact]
    derived: Mapping[str, Derived]


@cache
def facts() -> Facts:
    """All facts that conditions may use."""
    return read(FOLDER, "facts", Facts)


class Conditions:
    """Many conditions, compiled once: `Conditions({"id": "hrs AND NOT hypoxia_now"})`."""

    def __init__(self, conditions: Mapping[str, str]) -> None:
        known = facts()
        self._steps = {key: f"condition_{index}" for index, key in enumerate(conditions)}
        texts = {name: item.sql for name, item in known.derived.items()}
        texts |= {self._steps[key]: sql for key, sql in conditions.items()}
        values = {name: item.default for name, item in known.parameters.items()}
        steps = {name: bind(parse(sql), values) for name, sql in texts.items()}
        defined = {*known.facts}
        names = {step: key for key, step in self._steps.items()}
        for step, tree in steps.items():
            for column in columns(tree):
                if column not in defined:
                    raise KnowledgeError(f"{names.get(step, step)}: no fact is called {column!r}")
            defined.add(step)
        self._uses: dict[str, tuple[str, ...]] = {}
        self._form = Compiled(_carrier(), values, steps, {}, _function(steps), ())

    def uses(self, key: str) -> tuple[str, ...]:
        """The facts that a condition rests on, derived ones resolved."""
        if key not in self._uses:
            self._uses[key] = self._resolve(self._steps[key])
        return self._uses[key]

    def _resolve(self, step: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in columns(self._form.steps[step]):
            inner = self._resolve(name) if name in facts().derived else (name,)
            found |= dict.fromkeys(inner)
        return tuple(found)

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """Every condition over the values of facts; what is not given is unknown."""
        computed = self._form.run(values)
        unknown = missing(self._form, values, computed, tuple(self._steps.values()))
        return Outcome(
            {key: computed[step] for key, step in self._steps.items()},
            {key: unknown[step] for key, step in self._steps.items() if step in unknown},
        )


class Outcome:
    """What conditions came to: `value[key]`, and for unknown ones the facts to settle."""

    def __init__(
        self, value: Mapping[str, bool | None], unknown: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.value = value
        self.unknown = unknown


def _carrier() -> Score:
    """The facts in the shape in which the clinic's definitions declare their inputs."""
    return Score(
        id=FOLDER, spec="", status="A", name="Assessment", about="", version="1",
        inputs={name: Input(flag=True) for name in facts().facts}, steps={},
        outputs={"": Output(about="")}, result="", rounding="", bounds="", population="",
        limits=(), reference=Reference(text=""), examples=(),
    )  # fmt: skip


def _function(steps: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    lines = ["def run(values):", "    get = values.get"]
    lines += [f"    v_{name} = get({name!r})" for name in facts().facts]
    lines += [f"    v_{name} = {python(tree)}" for name, tree in steps.items()]
    lines.append("    return {" + ", ".join(f"{name!r}: v_{name}" for name in steps) + "}")
    space = dict(SPACE)
    # The text is generated from parsed expression trees: names and literals, nothing else.
    exec(compile("\n".join(lines), "<conditions>", "exec"), space)
    run: Callable[[Mapping[str, Any]], dict[str, Any]] = space["run"]
    return run
