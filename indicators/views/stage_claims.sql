-- 学段和项目：每条发放记录、采集表上选的每一项一行，看那个学段有没有这一项。
-- 资助表没有学段的，按那一学期（再按那一学年）的就读经历。
-- other: roll outside aid
WITH kinds AS (SELECT DISTINCT aid FROM benefits),
known AS (SELECT DISTINCT k.aid, t.code AS stage FROM kinds k CROSS JOIN code_stage t),
allowed AS (SELECT DISTINCT aid, stage FROM benefits),
odd AS (SELECT n.aid, n.stage FROM known n LEFT JOIN allowed w ON n.aid = w.aid AND n.stage = w.stage WHERE w.aid IS NULL),
unstaged AS (SELECT y.at, y.person, y.aid, y.term, y.school, FLOOR(y.term / 10.0) AS year FROM payments y WHERE y.entered AND y.stage IS NULL),
years AS (
  SELECT person, FLOOR(term / 10.0) AS year, MIN(stage) AS stage, MIN(at) AS at FROM studies WHERE sure
  GROUP BY person, FLOOR(term / 10.0) HAVING MIN(stage) = MAX(stage)
),
judged AS (
  SELECT y.at, y.person, y.aid, y.stage, CAST(NULL AS BIGINT) AS other_at, y.school
  FROM payments y WHERE y.entered AND y.stage IS NOT NULL
  UNION ALL
  SELECT u.at, u.person, u.aid, COALESCE(s.stage, e.stage) AS stage, COALESCE(s.at, e.at) AS other_at, u.school
  FROM unstaged u
  LEFT JOIN studies s ON u.person = s.person AND u.term = s.term
  LEFT JOIN years e ON u.person = e.person AND u.year = e.year
),
marked AS (
  SELECT j.at, j.person, j.aid, j.stage, j.other_at, j.school, w.aid IS NOT NULL AS ineligible
  FROM judged j LEFT JOIN odd w ON j.aid = w.aid AND j.stage = w.stage
),
claims AS (
  SELECT a.at, a.item, a.item_label, COALESCE(a.stage, '这一户读过的学段') AS stage,
    COALESCE(a.selected, FALSE) AND a.payments = 0 AND a.highest_rank IS NOT NULL AND a.least_rank > a.highest_rank AS ineligible
  FROM survey_answers a
)
SELECT
  j.at, j.person, q.household, p.household_id, q.name, q.id_number, COALESCE(q.village, p.village) AS village, COALESCE(p.school, j.school) AS school,
  '发放' AS act, i.label AS item_label, j.stage, j.other_at, CAST(NULL AS VARCHAR) AS item, j.ineligible
FROM marked j
JOIN aid q ON j.at = q.at
JOIN code_aid_item i ON j.aid = i.code
LEFT JOIN people p ON j.person = p.person
UNION ALL
SELECT
  v.at, v.person, v.household, v.household_id, v.name, v.id_number, v.village, v.school,
  '选' AS act, c.item_label, c.stage, CAST(NULL AS BIGINT) AS other_at, c.item, c.ineligible
FROM claims c
JOIN surveys v ON c.at = v.at
