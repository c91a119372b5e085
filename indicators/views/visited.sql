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
),
headed AS (
  SELECT f.household, f.members, f.levels, f.at, COALESCE(h.at, f.at) AS head_at FROM firsts f LEFT JOIN heads h ON f.household = h.household
),
named AS (
  SELECT d.household, d.members, d.levels, d.at, w.name AS head_name FROM headed d JOIN register w ON d.head_at = w.at
)
SELECT
  n.at, n.household, g.household_id, n.head_name, g.village, p.school,
  n.members, n.levels, q.household IS NOT NULL AS prepared
FROM named n
JOIN register g ON n.at = g.at
JOIN people p ON g.person = p.person
LEFT JOIN helped q ON n.household = q.household
