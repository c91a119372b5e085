-- 入户时问的资助：每户每项 A18 政策一行，最近一次是哪个学期，钱是不是只打到学校（住户不经手的，更不容易说得出）。
-- 凭在读就确定、没有发放记录的（营养膳食等），算打到学校。
-- needs: register.household_id aid|roll.history|outside.history
WITH given AS (
  SELECT p.household, p.item, p.term, CASE WHEN i.to_school THEN 1 ELSE 0 END AS to_school
  FROM payments p JOIN code_aid_item i ON p.aid = i.code
  WHERE p.household IS NOT NULL AND p.item <> ''
  UNION ALL
  SELECT e.household, e.item, e.term, 1 AS to_school FROM paid e WHERE e.certain AND NOT e.paid AND e.household IS NOT NULL
)
SELECT household, item, MAX(term) AS last_term, MIN(to_school) AS to_school FROM given GROUP BY household, item
