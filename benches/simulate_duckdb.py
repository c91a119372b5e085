"""DuckDB generating as many rows and columns as `zicha generate` wrote, and writing them to Parquet with two threads.

Random texts without any of the structure: no households, histories, check digits or truth. Called by benches/simulate.
"""
import glob
import os
import sys
import time

import duckdb

folder, out = sys.argv[1], sys.argv[2]
con = duckdb.connect()
con.execute("SET threads = 2")
GIVEN = "['安','柏','辰','诚','川','丹','德','栋','芳','枫','刚','国','海','涵','浩','禾','衡','红','华','慧']"
NAME = f"['张','王','李','赵','刘','陈'][1 + (random() * 6)::INT] || {GIVEN}[1 + (random() * 20)::INT] || {GIVEN}[1 + (random() * 20)::INT]"
DAY = "strftime(DATE '1935-01-01' + (random() * 31000)::INT, '%Y%m%d')"
NUMBER = f"'610398' || {DAY} || lpad((random() * 999)::INT::VARCHAR, 3, '0') || (random() * 9)::INT::VARCHAR"
HOUSEHOLD = "'610398' || lpad((i // 3.58)::BIGINT::VARCHAR, 8, '0')"
WORD = "['小学','初中','高中','学前','一年级','住校'][1 + (random() * 6)::INT]"
# What a column looks like, by its name.
LOOKS = {"姓名": NAME, "学生姓名": NAME, "户主姓名": NAME, "出生日期": DAY, "证件号码": NUMBER, "身份证号码": NUMBER,
         "身份证件号": NUMBER, "身份证号": NUMBER, "全国学籍号": f"'G' || {NUMBER}", "户编号": HOUSEHOLD,
         "人口编号": HOUSEHOLD + " || lpad((i % 100)::VARCHAR, 2, '0')", "行政村": "'村' || (i // 550)", "学校全称": "'小学' || (i // 900)"}
begun = time.time()
rows_written = 0
for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
    rows = con.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    picked = ", ".join(f"{LOOKS.get(name, WORD)} AS \"{name}\"" for name in columns)
    target = os.path.join(out, os.path.basename(path))
    con.execute(f"COPY (SELECT {picked} FROM range({rows}) t(i)) TO '{target}' (FORMAT parquet, COMPRESSION snappy)")
    rows_written += rows
print(f"DuckDB，{rows_written} 行：{time.time() - begun:.2f} 秒")
