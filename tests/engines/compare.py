"""Runs every view and every rule on DuckDB and on DataFusion, over what `zicha export` wrote, and compares the rows with zicha's own.

Usage: compare.py ZICHA
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[2]


class DuckDb:
    name = "DuckDB"

    def __init__(self):
        import duckdb

        self.connection = duckdb.connect()

    def table(self, name, path):
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{path}')")

    def view(self, name, sql):
        self.connection.execute(f"CREATE TABLE {name} AS {self.quoted(sql)}")

    def rows(self, sql):
        return self.connection.sql(self.quoted(sql)).to_arrow_table()

    @staticmethod
    def quoted(sql):
        """DuckDB 2 keeps the word AT for itself, so that the column of that name needs its quotation marks there."""
        code = "".join(line.split("--")[0] + "\n" for line in sql.splitlines())
        parts = code.split("'")
        parts[::2] = [re.sub(r"\bat\b", '"at"', part) for part in parts[::2]]
        return "'".join(parts)


class DataFusion:
    """The engine whose SQL Ballista distributes."""

    name = "DataFusion"

    def __init__(self):
        import datafusion

        # Nothing is spread over threads that would only wait for each other on such small tables.
        self.context = datafusion.SessionContext(datafusion.SessionConfig({"datafusion.execution.target_partitions": "2"}))

    def table(self, name, path):
        self.context.register_parquet(name, str(path))

    def view(self, name, sql):
        import pyarrow

        batches = self.context.sql(sql).collect()
        schema = batches[0].schema if batches else self.context.sql(sql).schema()
        self.context.register_record_batches(name, [batches or [pyarrow.RecordBatch.from_pylist([], schema=schema)]])

    def rows(self, sql):
        frame = self.context.sql(sql)
        return frame.to_arrow_table()


def plain(value):
    """A value as all engines can agree on it: numbers by their value, not by their type."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return round(float(value), 6)


def counted(table, columns):
    table = table.select(columns)
    return Counter(zip(*(map(plain, column.to_pylist()) for column in table.columns))) if columns else Counter()


def difference(name, own, other):
    missing, extra = own - other, other - own
    if missing or extra:
        return [f"{name}：少 {sum(missing.values())} 行，多 {sum(extra.values())} 行", f"  少 {next(iter(missing), None)}", f"  多 {next(iter(extra), None)}"]
    return []


def compare(folder, engine):
    contents = json.loads((folder / "sql.json").read_text(encoding="utf-8"))
    for table in contents["tables"]:
        engine.table(table, folder / "tables" / f"{table}.parquet")
    wrong, views, found = [], {}, 0
    for view in contents["views"]:
        own = parquet.read_table(folder / view["rows"])
        views[view["name"]] = view["sql"]
        try:
            engine.view(view["name"], view["sql"])
            other = engine.rows(f"SELECT * FROM {view['name']}")
        except Exception as error:
            wrong.append(f"{view['name']}：{str(error).splitlines()[0][:300]}")
            continue
        if set(own.column_names) != set(other.column_names):
            wrong.append(f"{view['name']}：列不同 {set(own.column_names) ^ set(other.column_names)}")
            continue
        wrong += difference(view["name"], counted(own, own.column_names), counted(other, own.column_names))
    for rule in contents["rules"]:
        try:
            rows = engine.rows(f"SELECT at FROM {rule['view']} WHERE {rule['when']}").column("at").to_pylist()
        except Exception as error:
            wrong.append(f"{rule['rule']}：{str(error).splitlines()[0][:300]}")
            continue
        if rule["found"] is not None:
            found += len(rows)
            wrong += difference(rule["rule"], Counter(rule["found"]), Counter(rows))
    return wrong, len(contents["views"]), len(contents["rules"]), found


def main():
    """Over the sample, and over townships that differ in size, seed and register codes."""
    program, failed = sys.argv[1], False
    with tempfile.TemporaryDirectory() as home:
        folders = [(ROOT / "datasets" / "sample", Path(home) / "样例.out")]
        for seed, persons, register in ((11, 3000, "new"), (12, 3000, "old"), (13, 400, "new")):
            town = Path(home) / f"{seed}"
            run(program, "generate", "-o", town, "--seed", seed, "--persons", persons, "--register", register, "--error-model", "careless")
            folders.append((town, Path(home) / f"{seed}号镇.out"))
        for papers, folder in folders:
            run(program, "export", papers, "-o", folder, "-q")
            failed |= compared(folder)
    if failed:
        raise SystemExit(1)


def run(program, *arguments):
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def compared(folder):
    failed = False
    for engine in (DuckDb(), DataFusion()):
        wrong, views, rules, found = compare(folder, engine)
        print(f"{engine.name} {folder.stem}：{views} 个视图、{rules} 条规则、{found} 处，{'有不同' if wrong else '逐行相同'}")
        for line in wrong:
            print("  " + line)
        failed |= bool(wrong)
    return failed


if __name__ == "__main__":
    main()
