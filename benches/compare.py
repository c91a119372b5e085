"""The main comparisons as a clerk's script would do them, with pandas and openpyxl.

Reads the folder that `zicha generate` made, checks every number's check digit and duplicates, joins the register with
rolls, outside table and ledger, compares names, stages and A18 answers with payments, and writes one workbook of mismatches.
No page, no charts, no figures, no readiness, no recognition of unknown headers. Called by benches/compare.
"""
import glob
import io
import os
import re
import sys

import pandas as pd

folder, out = sys.argv[1], sys.argv[2]
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
ITEMS = {"学前": "1", "生活费": "2", "营养": "2", "免学杂费": "3", "免学费": "4", "助学金": "5", "贷款": "6", "雨露": "7"}


def sound(number):
    body = number[:17]
    return len(number) in (18, 20) and body.isdigit() and "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS)) % 11] == number[17]


def sheets(path):
    raw = open(path, "rb").read()
    if raw[:2] == b"PK":
        try:
            return list(pd.read_excel(path, sheet_name=None, header=None, dtype=str, engine="openpyxl").items())
        except Exception:
            return []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    if text.lstrip().startswith("<"):
        return [("", pd.read_html(io.StringIO(text))[0])]
    return [("", pd.read_csv(io.StringIO(text), sep="\t" if "\t" in text[:500] else ",", header=None, dtype=str))]


def headed(frame):
    frame = frame.fillna("").astype(str)
    for row in range(min(10, len(frame))):
        cells = [re.sub(r"\s", "", c) for c in frame.iloc[row]]
        if sum(("姓名" in c) or ("证" in c and "号" in c) for c in cells) >= 2:
            break
    else:
        return None
    skip = row + 1
    below = [re.sub(r"\s", "", c) for c in frame.iloc[row + 1]] if row + 1 < len(frame) else []
    if any("营养" in c and "生活" in c for c in below):
        cells, skip = [a if a and "A18" not in a else b for a, b in zip(cells, below)], row + 2
        cells = [b if b else a for a, b in zip(cells, below)]
    data = frame.iloc[skip:].copy()
    data.columns = [f"{c}" if cells.index(c) == i else f"{c}_{i}" for i, c in enumerate(cells)]
    number = next((c for c in data.columns if "证" in c and "号" in c and "类型" not in c), None)
    name = next((c for c in data.columns if "姓名" in c and "户主" not in c and "教师" not in c), None)
    if number is None or name is None:
        return None
    data["row"] = range(skip + 1, skip + 1 + len(data))
    data["number"] = data[number].str.replace(r'[="\s]', "", regex=True)
    data["key"] = data["number"].str[:18]
    data["person"] = data[name].str.replace(r"\s", "", regex=True)
    return data[data["key"] != ""]


parts, findings = {}, []
for path in sorted(glob.glob(os.path.join(folder, "*"))):
    for sheet, frame in sheets(path):
        data = headed(frame)
        if data is not None:
            data["file"], data["sheet"] = os.path.basename(path), sheet
            parts.setdefault(os.path.basename(path)[:2], []).append(data)


def both(*names):
    return pd.concat([frame for name in names for frame in parts.get(name, [])], ignore_index=True)


def note(rule, frame):
    part = frame[["file", "sheet", "row", "person", "number"]].copy()
    part.insert(0, "rule", rule)
    findings.append(part)


register, rolls, outside, ledger = both("01"), both("02", "03", "04", "05", "06"), both("07"), both("08")
aid, forms = both("09", "10", "11", "20"), both("13", "14")
for frame in (register, rolls, outside, ledger, aid, forms):
    note("check", frame[~frame["number"].map(sound)])
for frame in (register, rolls, outside, ledger):
    note("duplicate", frame[frame.duplicated("key")])
names = register.drop_duplicates("key").set_index("key")["person"]
for frame in (rolls, outside, aid, forms):
    known = frame["key"].map(names)
    note("name", frame[known.notna() & (known != frame["person"])])
found = pd.concat([rolls["key"], outside["key"]]).unique()
listed = ledger["key"].unique()
status, level = register["在校生状况"], register["文化程度"]
note("both-empty", register[(status == "") & (level == "")])
note("both-filled", register[(status != "") & (level != "")])
note("not-student", register[(status == "") & register["key"].isin(found)])
pupil = (status != "") & (status != "学龄前儿童")
note("not-found", register[pupil & ~register["key"].isin(found) & ~register["key"].isin(listed)])
born = pd.to_datetime(register["key"].str[6:14], format="%Y%m%d", errors="coerce")
scope = (born > "2004-07-15") & (born <= "2013-08-31")
note("unaccounted", register[scope & ~register["key"].isin(found) & ~register["key"].isin(listed)])
aid["text"] = aid.get("资助项目", "").fillna("") + aid["sheet"]
aid["item"] = aid["text"].map(lambda text: next((code for word, code in ITEMS.items() if word in str(text)), ""))
paid = aid[aid["item"] != ""].groupby("key")["item"].agg(set)
ticks = [c for c in forms.columns if re.search("资助$|补助$|免学|助学|雨露|均无", c)]


def chosen(row):
    listed = re.findall(r"\d", str(row.get("享受的教育扶贫政策(可多选)", "")))
    for place, column in enumerate(ticks, 1):
        if row.get(column) == "√":
            listed.append(str(place))
    return set(listed)


forms["chosen"] = forms.apply(chosen, axis=1)
forms["paid"] = forms["key"].map(paid).map(lambda items: items if isinstance(items, set) else set())
note("over", forms[forms.apply(lambda row: bool(row["chosen"] - row["paid"] - {"8", "2"}), axis=1)])
note("under", forms[forms.apply(lambda row: bool(row["paid"] - row["chosen"]), axis=1)])
result = pd.concat(findings)
with pd.ExcelWriter(out, engine="openpyxl") as book:
    for rule, frame in result.groupby("rule"):
        frame.to_excel(book, sheet_name=rule, index=False)
print(len(register), len(rolls), len(aid), len(forms), len(result))
