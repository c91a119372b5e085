-- 户：每个登记户一行，带户主的人数；有两个户主的指向第二个。没有写户主的表（只抄了学生）不算。
-- needs: register.household_id register.relation
WITH heads AS (
  SELECT r.household, r.person, MIN(r.at) AS at FROM register r JOIN code_relation c ON r.relation = c.code
  WHERE r.current AND c.head AND r.household IS NOT NULL GROUP BY r.household, r.person
),
numbered AS (
  SELECT h.household, h.at, ROW_NUMBER() OVER (PARTITION BY h.household ORDER BY h.at) AS nth FROM heads h
),
counted AS (
  SELECT household, COUNT(*) AS heads, MIN(at) AS first_at, MAX(CASE WHEN nth = 2 THEN at END) AS second_at FROM numbered GROUP BY household
),
firsts AS (
  SELECT household, MIN(at) AS at, COUNT(*) AS members, SUM(CASE WHEN relation IS NULL THEN 1 ELSE 0 END) AS unknown
  FROM register WHERE current AND household IS NOT NULL GROUP BY household
),
headed AS (
  SELECT DISTINCT r.sheet FROM register r JOIN code_relation c ON r.relation = c.code WHERE c.head
),
placed AS (
  SELECT f.household, f.members, f.unknown, COALESCE(n.heads, 0) AS heads, n.first_at, COALESCE(n.second_at, f.at) AS at
  FROM firsts f LEFT JOIN counted n ON f.household = n.household
)
SELECT
  r.at, r.person, r.household, r.household_id, r.name, r.id_number, r.village, p.school,
  q.heads, q.members, q.unknown,
  CASE WHEN q.heads > 1 THEN q.first_at END AS other_at,
  x.sheet IS NOT NULL AS headed_sheet
FROM placed q
JOIN register r ON q.at = r.at
JOIN people p ON r.person = p.person
LEFT JOIN headed x ON r.sheet = x.sheet
