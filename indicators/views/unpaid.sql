-- 未发：每人每学期每一项应当发放、那一学期没有发放记录的资助一行。一项有几条政策的，算一条。
-- keep
WITH missing AS (
  SELECT e.person, e.household, e.term, e.at, e.stage, e.school, e.basis, e.policy, e.aid
  FROM entitlements e LEFT JOIN payments y ON e.person = y.person AND e.aid = y.aid AND e.term = y.term
  WHERE e.due AND y.at IS NULL
),
numbered AS (SELECT m.*, MIN(m.policy) OVER (PARTITION BY m.person, m.term, m.aid) AS first_policy FROM missing m)
SELECT person, household, term, FLOOR(term / 10.0) AS year, at, stage, school, COALESCE(school, '') AS book, basis, policy, aid
FROM numbered WHERE policy = first_policy
