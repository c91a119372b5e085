-- 发放记录：资助表里每一项发放一行；营养餐金额写在另一列的，另成一行。没有发放的、未收假的、金额为零的不算。
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
)
SELECT r.at, r.person, COALESCE(r.household, m.household) AS household, r.aid, r.item, r.term, r.amount, r.days, r.beside
FROM rows_paid r LEFT JOIN members m ON r.person = m.person
