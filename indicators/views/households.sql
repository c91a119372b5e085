-- 户：每个登记户一行，带户主的人数；有两个户主的指向第二个。没有写户主的表（只抄了学生）不算。
-- needs: register.household_id register.relation
WITH heads AS (
  SELECT r.household, r.person, MIN(r.at) AS at FROM register r JOIN code_relation c ON r.relation = c.code
  WHERE r.current AND c.head AND r.household IS NOT NULL GROUP BY r.household, r.person
),
counted AS (SELECT household, COUNT(*) AS heads, MIN(at) AS first_at FROM heads GROUP BY household),
seconds AS (
  SELECT h.household, MIN(h.at) AS second_at FROM counted c JOIN heads h ON c.household = h.household
  WHERE c.heads > 1 AND h.at > c.first_at GROUP BY h.household
),
firsts AS (
  SELECT household, MIN(at) AS at, COUNT(*) AS members, SUM(CASE WHEN relation IS NULL THEN 1 ELSE 0 END) AS unknown
  FROM register WHERE current AND household IS NOT NULL GROUP BY household
),
headed AS (
  SELECT DISTINCT r.sheet FROM register r JOIN code_relation c ON r.relation = c.code WHERE c.head
),
placed AS (
  SELECT f.household, f.members, f.unknown, COALESCE(n.heads, 0) AS heads, n.first_at, COALESCE(w.second_at, f.at) AS at
  FROM firsts f LEFT JOIN counted n ON f.household = n.household LEFT JOIN seconds w ON f.household = w.household
),
judged AS (
  SELECT q.at, q.heads, q.members, q.unknown, q.first_at, x.sheet IS NOT NULL AS headed_sheet
  FROM placed q LEFT JOIN headed x ON CAST(FLOOR(q.at / 4294967296.0) AS BIGINT) = x.sheet
)
SELECT
  r.at, r.person, r.household, r.household_id, r.name, r.id_number, r.village, p.school,
  j.heads, j.members, j.unknown,
  CASE WHEN j.heads > 1 THEN j.first_at END AS other_at,
  j.headed_sheet
FROM judged j
JOIN register r ON j.at = r.at
JOIN people p ON r.person = p.person
