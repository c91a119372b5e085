#!/usr/bin/env python3
"""Precision, recall and F1 of the used pairs of `zicha link` (or of any file with its columns) against truth.csv.

usage: link_score.py PAIRS TRUTH
"""
import csv
import sys

with open(sys.argv[1], encoding="utf-8-sig") as file:
    used = {(row["a_row"], row["b_row"]) for row in csv.DictReader(file) if row["used"] == "true"}
with open(sys.argv[2], encoding="utf-8") as file:
    truth = {(row["a_row"], row["b_row"]) for row in csv.DictReader(file)}
right = len(used & truth)
precision, recall = right / max(len(used), 1), right / max(len(truth), 1)
f1 = 2 * precision * recall / max(precision + recall, 1e-9)
print(f"used {len(used)} true {len(truth)} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")
