"""Runs every view and every rule of an export in DuckDB with two threads, and says how long the statements took.

Usage: duckdb_rules.py EXPORT [--each]

The tables are in memory before the clock starts, as they are when zicha begins its rules. Views that others use are made
once; over each other view all its rules run in one statement, as in zicha.
"""

import json
import re
import sys
import time
from pathlib import Path

import duckdb


def quoted(sql):
    """DuckDB 2 keeps the word AT for itself."""
    code = "".join(line.split("--")[0] + "\n" for line in sql.splitlines())
    parts = code.split("'")
    parts[::2] = [re.sub(r"\bat\b", '"at"', part) for part in parts[::2]]
    return "'".join(parts)


def main():
    folder, each = Path(sys.argv[1]), "--each" in sys.argv
    contents = json.loads((folder / "sql.json").read_text())
    connection = duckdb.connect(config={"threads": 2})
    for name in contents["tables"]:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder}/tables/{name}.parquet')")
    views = {view["name"]: view["sql"] for view in contents["views"]}
    used = {name for name in views if any(re.search(rf"\b{name}\b", sql) for other, sql in views.items() if other != name)}
    rules = {}
    for rule in contents["rules"]:
        if rule["found"] is not None:
            rules.setdefault(rule["view"], []).append(rule["when"])
    took = {}
    whole = time.perf_counter()
    for name, sql in views.items():
        start = time.perf_counter()
        if name in used:
            connection.execute(f"CREATE TABLE {name} AS {quoted(sql)}")
        if name in rules:
            source = f"(SELECT * FROM {name})" if name in used else f"({quoted(sql)})"
            marks = ", ".join(f"COALESCE({quoted(when)}, FALSE) AS rule_{place}" for place, when in enumerate(rules[name]))
            some = " OR ".join(f"rule_{place}" for place in range(len(rules[name])))
            connection.execute(f"SELECT * FROM (SELECT *, {marks} FROM {source}) WHERE {some}").to_arrow_table()
        took[name] = time.perf_counter() - start
    print(f"{time.perf_counter() - whole:.3f}")
    if each:
        for name, seconds in sorted(took.items(), key=lambda item: -item[1])[:20]:
            print(f"{seconds * 1000:8.1f} ms  {name}{' (kept)' if name in used else ''}")


if __name__ == "__main__":
    main()
