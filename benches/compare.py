"""The joins of the main job as a clerk's script would do them: pandas and openpyxl, no rules, no reports.

Reads the same folder as zicha, joins the register with rolls, outside table, ledger, aid and forms on the number,
and counts what does not match. Called by benches/compare.
"""
import glob
import os
import sys

import pandas as pd

folder = sys.argv[1]


def tables(path):
    head = open(path, "rb").read(4)
    if head[:2] == b"PK":
        try:
            return list(pd.read_excel(path, sheet_name=None, header=None, dtype=str, engine="openpyxl").values())
        except Exception:
            return []
    raw = open(path, "rb").read()
    for code in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(code)
            break
        except UnicodeDecodeError:
            continue
    if text.lstrip().startswith("<"):
        import io
        return pd.read_html(io.StringIO(text), converters=None)
    import io
    return [pd.read_csv(io.StringIO(text), sep="\t" if "\t" in text[:500] else ",", header=None, dtype=str)]


def headed(frame):
    frame = frame.astype(str)
    for row in range(min(10, len(frame))):
        cells = [c.strip() for c in frame.iloc[row]]
        if sum(("姓名" in c) or ("证" in c and "号" in c) for c in cells) >= 2:
            out = frame.iloc[row + 1:].copy()
            out.columns = [f"{c}_{i}" for i, c in enumerate(cells)]
            number = next((c for c in out.columns if "证" in c and "号" in c), None)
            if number is None:
                return None
            out["key"] = out[number].str.replace(r'[="\s]', "", regex=True).str[:18]
            return out
    return None


parts = {}
for path in sorted(glob.glob(os.path.join(folder, "*"))):
    for frame in tables(path):
        ready = headed(frame)
        if ready is not None:
            parts.setdefault(os.path.basename(path)[:2], []).append(ready)
groups = {name: pd.concat(frames) for name, frames in parts.items()}
register = groups["01"]
rolls = pd.concat([groups[n] for n in groups if n in {"02", "03", "04", "05", "06"}])
aid = pd.concat([groups[n] for n in groups if n in {"09", "10", "11"}])
forms = pd.concat([groups[n] for n in groups if n in {"13", "14"}])
joined = register.merge(rolls[["key"]].assign(roll=1), on="key", how="left")
joined = joined.merge(groups["07"][["key"]].assign(outside=1), on="key", how="left")
joined = joined.merge(groups["08"][["key"]].assign(listed=1), on="key", how="left")
paid = forms.merge(aid.groupby("key").size().rename("paid").reset_index(), on="key", how="left")
print(len(joined), int(joined["roll"].isna().sum()), int(paid["paid"].isna().sum()))
