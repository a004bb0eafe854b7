"""Runs a plan over the observations of one part in Spark, with the same queries."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.dialect import spark as translate
from hepatica.clinic.cohort.evaluate import COUNTED, evaluate
from hepatica.clinic.cohort.memory import size
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.statements import order, result, statements, uses
from hepatica.clinic.inputs.table import parquet, text
from hepatica.clinic.parameters import Parameters
from hepatica.errors import MissingExtraError

_ROWS = 250_000  # observations of one task
_GIVEN = ("observations", "unread", "asked", "indexed")


class Session:
    """The Spark session that is active, or one of its own on this machine."""

    def __init__(self, work: Path, memory: str) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise MissingExtraError(what="Running on Spark", extra="spark") from None
        self._work = work
        active: Any = SparkSession.getActiveSession()
        self._own = active is None
        self._spark: Any = active or (
            SparkSession.builder.appName("hepatica cohort")
            .config("spark.driver.memory", f"{size(memory) // 1024**2}m")
            .config("spark.local.dir", str(work / "spill"))
            .config("spark.sql.warehouse.dir", str(work / "warehouse"))
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self._spark.conf.set("spark.sql.session.timeZone", "UTC")
        self._spark.conf.set("spark.sql.ansi.enabled", "false")  # as in DuckDB, no error for x / 0

    def evaluate(
        self, connection: Any, plan: Plan, parameters: Parameters, out: Path
    ) -> Counter[str]:
        """Writes the rows of this part to `out`, in the types that DuckDB gives them.

        Returns for how many of them a concept is known.
        """
        folder = self._work / "spark"
        folder.mkdir(exist_ok=True)
        given = [name for name in _GIVEN if plan.per != "time" or name != "indexed"]
        for name in given:
            table = folder / f"{name}.parquet"
            connection.execute(f"COPY {name} TO {text(table)} (FORMAT parquet)")
            frame = self._spark.read.parquet(str(table))
            frame.createOrReplaceTempView(name)
        self._tune(connection)
        steps = list(statements(plan, parameters))
        readers = uses(plan, steps)
        for name, query in steps:
            if name in readers:  # each is computed at once: plans over plans grow beyond use
                frame = self._spark.sql(translate(query)).localCheckpoint(eager=True)
                frame.createOrReplaceTempView(name)
        known: Counter[str] = Counter()
        if "latest_values" in readers:
            known.update({row[0]: row[1] for row in self._spark.sql(COUNTED).collect()})
        self._spark.sql(translate(result(plan))).write.mode("overwrite").parquet(
            str(folder / "rows")
        )
        self._spark.catalog.clearCache()
        _typed(connection, plan, parameters, folder, out)
        return known

    def _tune(self, connection: Any) -> None:
        """For a small part planning and compiling would take longer than computing."""
        rows = connection.execute("SELECT count(*) FROM observations").fetchall()[0][0]
        small = "false" if rows < _ROWS else "true"
        self._spark.conf.set("spark.sql.shuffle.partitions", str(1 + rows // _ROWS))
        self._spark.conf.set("spark.sql.adaptive.enabled", small)
        self._spark.conf.set("spark.sql.codegen.wholeStage", small)

    def close(self) -> None:
        """Stops Spark, unless it was there before."""
        if self._own:
            self._spark.stop()


def _typed(connection: Any, plan: Plan, parameters: Parameters, folder: Path, out: Path) -> None:
    run = connection.execute
    run("TRUNCATE observations")
    run("TRUNCATE unread")
    run("TRUNCATE asked")
    run("CREATE OR REPLACE TEMP TABLE indexed (key VARCHAR, patient VARCHAR)")
    evaluate(connection, plan, parameters, folder / "empty.parquet")
    kinds = run(f"DESCRIBE SELECT * FROM {parquet(folder / 'empty.parquet')}").fetchall()
    cells = ", ".join(f'CAST("{row[0]}" AS {row[1]}) AS "{row[0]}"' for row in kinds)
    run(
        f"COPY (SELECT {cells} FROM {parquet(folder, '/rows/*.parquet')} "
        f"ORDER BY {order(plan)}) "
        f"TO {text(out)} (FORMAT parquet)"
    )
