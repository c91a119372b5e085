-- 发放记录：资助表里每一项发放一行；营养餐金额写在另一列的，另成一行。没有发放的、未收假的、金额为零的不算。
-- 统计表里一个学年一列写的历年资助，资助表里没有那一项的才用：它是转抄，不是第二次发放（entered 为假）。
-- keep
WITH meals AS (SELECT code, a18 FROM code_aid_item WHERE meal),
rows_paid AS (
  SELECT a.at, a.person, a.household, a.item AS aid, i.a18 AS item, a.term, a.amount, a.days, FALSE AS beside,
    a.school, a.stage, a.boarding, a.grade_number, a.pass, a.registered_mark, TRUE AS entered
  FROM aid a JOIN code_aid_item i ON a.item = i.code
  WHERE COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE) AND COALESCE(a.amount, 1.0) > 0
  UNION ALL
  SELECT a.at, a.person, a.household, n.code AS aid, n.a18 AS item, a.term, a.nutrition_amount AS amount, a.days, TRUE AS beside,
    a.school, a.stage, a.boarding, a.grade_number, a.pass, a.registered_mark, TRUE AS entered
  FROM aid a CROSS JOIN meals n
  WHERE a.nutrition_amount > 0 AND COALESCE(a.item, '') <> n.code AND COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE)
),
told AS (
  SELECT h.person, h.household, h.item AS aid, h.term, MIN(h.at) AS at, MAX(h.amount) AS amount FROM history h
  WHERE COALESCE(h.amount, 1.0) > 0 GROUP BY h.person, h.household, h.item, h.term
),
tellers AS (SELECT DISTINCT person FROM told),
known AS (SELECT DISTINCT r.person, r.aid, r.term FROM rows_paid r JOIN tellers t ON r.person = t.person)
SELECT * FROM rows_paid
UNION ALL
SELECT t.at, t.person, t.household, t.aid, c.a18 AS item, t.term, t.amount, CAST(NULL AS DOUBLE) AS days, FALSE AS beside,
  CAST(NULL AS VARCHAR) AS school, CAST(NULL AS VARCHAR) AS stage, CAST(NULL AS VARCHAR) AS boarding, CAST(NULL AS BIGINT) AS grade_number,
  CAST(NULL AS BIGINT) AS pass, CAST(NULL AS BOOLEAN) AS registered_mark, FALSE AS entered
FROM told t JOIN code_aid_item c ON t.aid = c.code
LEFT JOIN known k ON t.person = k.person AND t.aid = k.aid AND t.term = k.term
WHERE k.person IS NULL
