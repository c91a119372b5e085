-- 发放记录：资助表里每一项发放一行；营养餐金额写在另一列的，另成一行。没有发放的、未收假的、金额为零的不算。
-- 统计表里一个学年一列写的历年资助，资助表里没有那一项的才用：它是转抄，不是第二次发放。
-- keep
WITH members AS (SELECT person, MIN(household) AS household FROM register WHERE household IS NOT NULL GROUP BY person),
meals AS (SELECT code, a18 FROM code_aid_item WHERE meal),
rows_paid AS (
  SELECT a.at, a.person, a.household, a.item AS aid, i.a18 AS item, a.term, a.amount, a.days, FALSE AS beside FROM aid a JOIN code_aid_item i ON a.item = i.code
  WHERE COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE) AND COALESCE(a.amount, 1.0) > 0
  UNION ALL
  SELECT a.at, a.person, a.household, n.code AS aid, n.a18 AS item, a.term, a.nutrition_amount AS amount, a.days, TRUE AS beside
  FROM aid a CROSS JOIN meals n
  WHERE a.nutrition_amount > 0 AND COALESCE(a.item, '') <> n.code AND COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE)
),
entered AS (SELECT DISTINCT person, aid, term FROM rows_paid),
told AS (
  SELECT h.person, h.household, h.item AS aid, h.term, MIN(h.at) AS at, MAX(h.amount) AS amount FROM history h
  WHERE COALESCE(h.amount, 1.0) > 0 GROUP BY h.person, h.household, h.item, h.term
),
every_row AS (
  SELECT * FROM rows_paid
  UNION ALL
  SELECT t.at, t.person, t.household, t.aid, c.a18 AS item, t.term, t.amount, CAST(NULL AS DOUBLE) AS days, FALSE AS beside
  FROM told t JOIN code_aid_item c ON t.aid = c.code
  LEFT JOIN entered e ON t.person = e.person AND t.aid = e.aid AND t.term = e.term
  WHERE e.person IS NULL
)
SELECT r.at, r.person, COALESCE(r.household, m.household) AS household, r.aid, r.item, r.term, r.amount, r.days, r.beside
FROM every_row r LEFT JOIN members m ON r.person = m.person
