"""Whether a result holds every planted defect, calls nothing else an error, and has the generator's figures.

    planted.py RESULT TRUTH
"""

import json
import sys
from pathlib import Path

import duckdb

result, truth = Path(sys.argv[1]), Path(sys.argv[2])
engine = duckdb.connect()
parquet = result / "findings.parquet"
if parquet.exists():
    source = f"read_parquet('{parquet}')"
else:
    source = f"read_csv('{result / 'findings.csv'}', all_varchar=true, header=true)"
place = "rule, file, coalesce(sheet, '') AS sheet, CAST(nullif(row, '') AS BIGINT) AS row"
engine.execute(
    f"CREATE TABLE planted AS SELECT DISTINCT {place} FROM read_csv('{truth / 'truth.csv'}', all_varchar=true, header=true)"
)
engine.execute(f"CREATE TABLE found AS SELECT DISTINCT severity, {place} FROM {source}")


def count(query):
    return engine.execute(f"SELECT count(*) FROM ({query})").fetchone()[0]


missing = count("SELECT * FROM planted EXCEPT SELECT rule, file, sheet, row FROM found")
beyond = count(
    "SELECT rule, file, sheet, row FROM found WHERE severity = 'error' EXCEPT SELECT * FROM planted"
)
figures = json.loads((result / "summary.json").read_text())["indicators"]
expected = json.loads((truth / "indicators.json").read_text())
wrong = [
    f"{name} {code}"
    for name, codes in expected.items()
    for code, value in codes.items()
    if figures[name].get(code) != value
]
print(
    f"{count('SELECT * FROM planted')} planted, {count('SELECT * FROM found')} found, {missing} missing, "
    f"{beyond} errors beyond what was planted, figures that differ: {', '.join(wrong) or 'none'}"
)
sys.exit(bool(missing or beyond or wrong))
