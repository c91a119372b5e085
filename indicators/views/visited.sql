-- 入户：每个登记户一行，带户主、村、学校、人数、登记了文化程度的人数，和帮扶教师有没有结对（一口清）。
-- needs: register.household_id
WITH firsts AS (
  SELECT household, MIN(at) AS at, COUNT(*) AS members, SUM(CASE WHEN education IS NULL THEN 0 ELSE 1 END) AS levels
  FROM register WHERE current AND household IS NOT NULL GROUP BY household
),
heads AS (
  SELECT r.household, MIN(r.at) AS at FROM register r JOIN code_relation c ON r.relation = c.code WHERE r.current AND c.head GROUP BY r.household
),
helped AS (
  SELECT DISTINCT m.household FROM pairing h JOIN register m ON h.person = m.person WHERE m.current AND h.teacher_name IS NOT NULL
)
SELECT
  f.household, g.household_id, COALESCE(h.at, f.at) AS at, w.name AS head_name, g.village, p.school,
  f.members, f.levels, q.household IS NOT NULL AS prepared
FROM firsts f
JOIN register g ON f.at = g.at
JOIN people p ON g.person = p.person
LEFT JOIN heads h ON f.household = h.household
LEFT JOIN register w ON COALESCE(h.at, f.at) = w.at
LEFT JOIN helped q ON f.household = q.household
