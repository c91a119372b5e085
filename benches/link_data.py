#!/usr/bin/env python3
"""Two invented lists of persons with mixed errors, and the pairs that are one person.

usage: link_data.py FOLDER ROWS SEED BROKEN   (BROKEN: share of the second list's rows with an error, e.g. 0.05)

Writes a.csv (a register: household, head, village), b.csv (a roll: guardian, village, 学籍 columns) and truth.csv (a_row,b_row, as a spreadsheet
shows them). Three rows in five of either list are in both. Families have brothers, sisters and twins; names follow a few common characters, so that
namesakes are many. Every person is invented; numbers stand under area prefix 610398, which is not assigned.
"""
import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤".replace(" ", "")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鹏飞宇浩欣怡梓涵子轩雨泽思佳博文俊豪嘉琪诗晨睿雅婷晓雪梦瑶天宁志建国海云峰林燕玲波辉龙凤春梅兰竹菊松柏青山川河江湖新光永安康乐福禄寿喜庆丰年"
SOUNDS = ["明名铭鸣", "伟维玮炜", "静婧净敬", "丽莉利立", "军君均", "佳嘉家", "宇雨玉语", "浩昊皓", "轩萱宣", "梓子紫", "涵晗含", "欣新心鑫", "怡宜仪", "泽择", "博波勃", "俊骏峻", "晨辰臣", "睿瑞锐", "婷庭亭", "雪学", "瑶遥", "志智治", "海", "云芸", "峰锋枫", "玲灵铃", "辉晖慧", "春椿", "英瑛莹", "平萍", "红宏鸿"]
SHAPES = ["未末", "己已", "晴睛", "清请", "婷停", "玲铃", "杨扬", "昊吴", "怡恰", "洋详", "崇祟", "侯候", "茜茵", "治冶", "辰晨", "瑞端", "佳住", "峰锋", "玉王", "波坡"]
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def check(body):
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS)) % 11]


def skewed(rng, letters):
    """The first letters much more often than the last."""
    return letters[min(int(rng.expovariate(4) * len(letters)), len(letters) - 1)]


def name(rng, surname):
    return surname + "".join(skewed(rng, GIVEN) for _ in range(1 if rng.random() < 0.15 else 2))


def family(rng, serial, taken):
    surname = skewed(rng, SURNAMES)
    head, village = name(rng, surname), f"虚构{serial % 211}村"
    phone = f"1{rng.randrange(10**9, 10**10)}"
    children = []
    births = []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        twin = births and rng.random() < 0.04
        birth = births[-1] if twin else date(2002, 9, 1) + timedelta(days=rng.randrange(15 * 365))
        births.append(birth)
        male = rng.random() < 0.52
        while True:
            sequence = rng.randrange(1, 500) * 2 - (1 if male else 0)
            body = f"610398{birth:%Y%m%d}{sequence % 1000:03d}"
            if body not in taken:
                taken.add(body)
                break
        children.append(dict(name=name(rng, surname), birth=birth, sex="男" if male else "女", id=body + check(body), village=village, head=head, household=f"610398{serial:08d}", phone=phone))
    return children


def wrong_number(rng, number):
    if len(number) != 18:
        return ""
    kind = rng.random()
    at = rng.randrange(6, 17)
    if kind < 0.35:
        return number[:at] + str((int(number[at]) + rng.randrange(1, 10)) % 10) + number[at + 1 :]
    if kind < 0.5:
        at = rng.randrange(6, 16)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if kind < 0.6:
        return number[:at] + number[at + 1 :]
    if kind < 0.7:
        return number[:at] + number[at] + number[at:]
    if kind < 0.8:
        return number[:15] + "000"
    return ""


def wrong_name(rng, text):
    if len(text) < 2:
        return text
    kind = rng.random()
    at = rng.randrange(1, len(text))
    groups = SOUNDS if kind < 0.5 else SHAPES
    if kind < 0.8:
        for place in range(1, len(text)):
            for group in groups:
                if text[place] in group and len(group) > 1:
                    return text[:place] + rng.choice([c for c in group if c != text[place]]) + text[place + 1 :]
    if kind < 0.9 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if kind < 0.95 and len(text) > 2:
        return text[1:] + text[0]
    return text[:at] + skewed(rng, GIVEN) + text[at + 1 :]


def wrong_birth(rng, birth):
    kind = rng.random()
    if kind < 0.4 and birth.day <= 12:
        return date(birth.year, birth.day, birth.month)
    if kind < 0.7:
        return birth.replace(day=1 + (birth.day + rng.randrange(1, 27)) % 28)
    return birth.replace(year=birth.year + rng.choice([-1, 1]), day=min(birth.day, 28))


def spoil(rng, person):
    person = dict(person)
    kinds = [rng.choice(["number"] * 6 + ["name"] * 2 + ["birth"] + ["village"])]
    if rng.random() < 0.25:
        kinds.append(rng.choice(["number", "name", "birth", "village", "head"]))
    for kind in kinds:
        if kind == "number":
            person["id"] = wrong_number(rng, person["id"])
        elif kind == "name":
            person["name"] = wrong_name(rng, person["name"])
        elif kind == "birth":
            person["birth"] = wrong_birth(rng, person["birth"])
        elif kind == "village":
            person["village"] = f"虚构{rng.randrange(211)}村"
        else:
            person["head"] = name(rng, person["head"][0])
    return person


def main():
    folder, rows, seed, broken = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    rng = random.Random(seed)
    taken = set()
    people, serial = [], 0
    while len(people) < int(rows * 1.4) + 3:
        people.extend(family(rng, serial, taken))
        serial += 1
    rng.shuffle(people)
    both = int(rows * 0.6)
    shared, only_a, only_b = people[:both], people[both:rows], people[rows : 2 * rows - both]
    a = [(index, person) for index, person in enumerate(shared + only_a)]
    b = [(index if index < both else None, spoil(rng, person) if rng.random() < broken else person) for index, person in enumerate(shared + only_b)]
    rng.shuffle(a)
    rng.shuffle(b)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "a.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["行政村", "户编号", "户主姓名", "姓名", "性别", "出生日期", "证件号码", "联系电话"])
        for _, p in a:
            writer.writerow([p["village"], p["household"], p["head"], p["name"], p["sex"], f"{p['birth']:%Y%m%d}", p["id"], p["phone"]])
    with open(folder / "b.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["学校名称", "年级", "学生姓名", "性别", "出生日期", "身份证件号", "监护人姓名", "家庭所在村"])
        for _, p in b:
            writer.writerow(["虚构小学", "三年级", p["name"], p["sex"], f"{p['birth']:%Y-%m-%d}", p["id"], p["head"], p["village"]])
    rows_a = {index: row for row, (index, _) in enumerate(a, 2)}
    with open(folder / "truth.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["a_row", "b_row"])
        for row, (index, _) in enumerate(b, 2):
            if index is not None:
                writer.writerow([rows_a[index], row])


main()
