-- 学历推定：采集表问到的每人一行，哪一年入小学（entered，按在读年级或出生日期倒推）、读到从小学一年级起的第几年（top）、最高学段的次序。
-- keep
WITH latest AS (
  SELECT s.person, s.stage, s.stage_rank, s.grade_number, s.term,
    s.stage_rank * 1000000 + s.term AS place, MAX(s.stage_rank * 1000000 + s.term) OVER (PARTITION BY s.person) AS last_place
  FROM studies s JOIN surveyed q ON s.person = q.person
),
schooled AS (
  SELECT l.person, l.stage, l.stage_rank,
    CASE WHEN l.grade_number > 0 THEN FLOOR(l.term / 10.0) - (t.first + l.grade_number - 1) + 1 END AS entered,
    CASE WHEN l.grade_number > 0 THEN t.first + l.grade_number - 1 ELSE t.last END AS top
  FROM latest l JOIN code_stage t ON l.stage = t.code
  WHERE l.place = l.last_place
),
born AS (
  SELECT r.person, MIN(r.birth) AS birth, MAX(e.reached) AS reached
  FROM register r JOIN surveyed q ON r.person = q.person LEFT JOIN code_education e ON r.education = e.code
  WHERE r.current GROUP BY r.person
),
keys AS (SELECT person FROM born UNION SELECT person FROM schooled)
SELECT
  k.person, c.stage,
  CAST(COALESCE(c.entered, EXTRACT(YEAR FROM b.birth) + CASE WHEN EXTRACT(MONTH FROM b.birth) < 9 THEN 6 ELSE 7 END) AS BIGINT) AS entered,
  COALESCE(c.top, b.reached, 9) AS top,
  COALESCE(c.stage_rank, CASE WHEN b.reached > 12 THEN 6 WHEN b.reached > 9 THEN 3 WHEN b.reached > 6 THEN 2 WHEN b.reached > 0 THEN 1 ELSE 0 END) AS highest_rank
FROM keys k
LEFT JOIN schooled c ON k.person = c.person
LEFT JOIN born b ON k.person = b.person
