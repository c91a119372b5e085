#!/usr/bin/env python3
"""The same two lists linked by Splink with its DuckDB backend; writes its used pairs with the columns of `zicha link`.

usage: link_splink.py A.csv B.csv PAIRS.csv [THRESHOLD]

Comparisons: name by pinyin and Levenshtein, number by Damerau-Levenshtein, birth date, sex, village, guardian; u by random sampling, m by EM over two
blocking rules; term frequencies on name and guardian; one-to-one by descending weight. Needs: pip install splink pypinyin pandas.
"""
import sys

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from pypinyin import lazy_pinyin
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def load(path, columns):
    frame = pd.read_csv(path, dtype=str).rename(columns=columns)
    frame = frame[list(columns.values())].copy()
    frame["unique_id"] = [str(row) for row in range(2, len(frame) + 2)]
    frame["birth"] = frame["birth"].str.replace("-", "")
    frame["sound"] = [" ".join(lazy_pinyin(name)) for name in frame["name"]]
    frame["front"] = frame["number"].str[:14].where(frame["number"].str.len() > 14)
    frame["back"] = frame["number"].str[-8:].where(frame["number"].str.len() > 14)
    return frame.where(frame.notna(), None)


left = load(sys.argv[1], {"姓名": "name", "性别": "sex", "出生日期": "birth", "证件号码": "number", "户主姓名": "guardian", "行政村": "village"})
right = load(sys.argv[2], {"学生姓名": "name", "性别": "sex", "出生日期": "birth", "身份证件号": "number", "监护人姓名": "guardian", "家庭所在村": "village"})
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.CustomComparison(
            output_column_name="name",
            comparison_levels=[
                cll.NullLevel("name"),
                cll.ExactMatchLevel("name", term_frequency_adjustments=True),
                cll.ExactMatchLevel("sound"),
                cll.LevenshteinLevel("name", 1),
                cll.ElseLevel(),
            ],
        ),
        cl.DamerauLevenshteinAtThresholds("number", [1, 2, 4]),
        cl.DamerauLevenshteinAtThresholds("birth", [1, 2]),
        cl.ExactMatch("sex"),
        cl.ExactMatch("village"),
        cl.ExactMatch("guardian").configure(term_frequency_adjustments=True),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("number"),
        block_on("sound", "birth"),
        block_on("sound", "village"),
        block_on("front"),
        block_on("back"),
        block_on("guardian", "birth"),
        block_on("guardian", "sound"),
    ],
    retain_intermediate_calculation_columns=False,
)
api = DuckDBAPI()
linker = Linker([api.register(left, dataset_display_name="a"), api.register(right, dataset_display_name="b")], settings)
linker.training.estimate_probability_two_random_records_match([block_on("number")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth", "village"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("sound", "guardian"))
threshold = float(sys.argv[4]) if len(sys.argv) > 4 else 0.9
pairs = linker.inference.predict(threshold_match_probability=threshold).as_pandas_dataframe()
pairs = pairs.sort_values("match_weight", ascending=False)
taken_left, taken_right = set(), set()
with open(sys.argv[3], "w", encoding="utf-8") as out:
    out.write("a_file,a_sheet,a_row,b_file,b_sheet,b_row,weight,used\n")
    for row in pairs.itertuples():
        a, b = (row.unique_id_l, row.unique_id_r)
        source = getattr(row, "source_dataset_l", "a")
        if source != "a" and "b" in str(source):
            a, b = b, a
        if a in taken_left or b in taken_right:
            continue
        taken_left.add(a)
        taken_right.add(b)
        out.write(f"a.csv,,{a},b.csv,,{b},{row.match_weight:.2f},true\n")
