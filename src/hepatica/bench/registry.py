"""The assays that exist: one line each, one module each under `bench/assays/`.

Such a module has `COLUMNS` (the columns of its table), a `Study` with its own keys
and `analyse(table, study) -> AssayResult`. One whose files are more than
one table has `load(path, study)` in place of the tidy reader; what it returns is what `analyse`
takes.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.bench.result import AssayResult

__all__ = ["ASSAYS", "analyse", "assay", "example", "run"]

ASSAYS = {
    "binding": "Saturation binding: Bmax and Kd from total and non-specific binding.",
    "competition": "Competition binding: IC50 and Ki.",
    "kinetics": "Association and dissociation: kon, koff, and a competitor's rates.",
    "response": "Concentration-response: EC50, maximum, slope, groups compared.",
    "timecourse": "Inositol phosphate time courses: initial rate and desensitisation.",
    "qpcr": "qPCR: relative expression, efficiencies, stability of reference genes.",
    "elisa": "ELISA: standard curve, limits of quantification, samples read back.",
    "bca": "BCA: protein from a quadratic standard curve.",
    "western": "Western blot: densitometry in its linear range, blot as block.",
    "profile": "Resistance profile: what the assays say about each mechanism.",
}


def assay(name: str) -> Any:
    """The module of the assay `name`; InputError lists those there are."""
    if name not in ASSAYS:
        raise InputError(f"no assay {name!r}; there are: {', '.join(sorted(ASSAYS))}")
    try:
        return import_module(f"hepatica.bench.assays.{name}")
    except ModuleNotFoundError as error:
        from hepatica.errors import MissingExtraError

        if error.name and error.name.split(".")[0] in ("numpy", "scipy"):
            raise MissingExtraError(what="the bench", extra="assay") from error
        raise


def run(name: str, path: Path, study: Path | None = None) -> AssayResult:
    """The result of the assay `name` on the table in `path` with the study file `study`."""
    module = assay(name)
    from hepatica.bench.study import read_study

    described = read_study(study, module.Study)
    if hasattr(module, "load"):
        table = module.load(path, described)
    else:
        from hepatica.bench.table import read_table

        table = read_table(path, module.COLUMNS, described)
    return _result(name, module, table, described)


def analyse(name: str, data: Any, study: Any = None) -> AssayResult:
    """The result of the assay `name` on a data frame or a mapping of columns.

    `study` is a mapping with the keys of a study file, a study of that assay, or None.
    """
    module = assay(name)
    from hepatica.bench.study import study_from
    from hepatica.bench.table import table_from

    described = study_from(study, module.Study)
    return _result(name, module, table_from(data, module.COLUMNS, described), described)


def _result(name: str, module: Any, table: Any, study: Any) -> AssayResult:
    """What the assay makes of `table`; one line where it made a number that cannot be a result."""
    from hepatica.errors import HepaticaError

    try:
        result: AssayResult = module.analyse(table, study)
    except (ValueError, ArithmeticError, LookupError) as error:
        raise HepaticaError(
            f"{name}: {error}; the analysis made no usable number of these readings, so nothing "
            "is reported; this is a fault of the program"
        ) from error
    return result


def example(name: str) -> tuple[str, str]:
    """A worked example of the assay `name`: the text of its table and of its study file."""
    folder = Path(__file__).parent / "examples"
    assay(name)
    return (
        (folder / f"{name}.csv").read_text(encoding="utf-8"),
        (folder / f"{name}.yaml").read_text(encoding="utf-8"),
    )
