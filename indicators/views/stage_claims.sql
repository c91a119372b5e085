-- 学段和项目：每条发放记录、采集表上选的每一项一行，看那个学段有没有这一项。
-- 资助表没有学段的，按那一学期（再按那一学年）的就读经历。
-- other: roll outside aid
WITH allowed AS (SELECT DISTINCT aid, stage FROM benefits),
kinds AS (SELECT DISTINCT aid FROM benefits),
years AS (
  SELECT person, FLOOR(term / 10.0) AS year, MIN(stage) AS stage, MIN(at) AS at FROM studies WHERE sure
  GROUP BY person, FLOOR(term / 10.0) HAVING MIN(stage) = MAX(stage)
),
dated AS (SELECT y.*, FLOOR(y.term / 10.0) AS year FROM payments y),
judged AS (
  SELECT d.at, d.person, d.household, d.aid, d.term, COALESCE(a.stage, s.stage, e.stage) AS stage,
    CASE WHEN a.stage IS NULL THEN COALESCE(s.at, e.at) END AS other_at, a.school
  FROM dated d
  JOIN aid a ON d.at = a.at
  LEFT JOIN studies s ON d.person = s.person AND d.term = s.term
  LEFT JOIN years e ON d.person = e.person AND d.year = e.year
)
SELECT
  j.at, j.person, j.household, p.household_id, q.name, q.id_number, COALESCE(q.village, p.village) AS village, COALESCE(p.school, j.school) AS school,
  '发放' AS act, i.label AS item_label, j.stage, j.other_at, CAST(NULL AS VARCHAR) AS item,
  k.aid IS NOT NULL AND j.stage IS NOT NULL AND w.aid IS NULL AS ineligible
FROM judged j
JOIN aid q ON j.at = q.at
JOIN code_aid_item i ON j.aid = i.code
LEFT JOIN kinds k ON j.aid = k.aid
LEFT JOIN allowed w ON j.aid = w.aid AND j.stage = w.stage
LEFT JOIN people p ON j.person = p.person
UNION ALL
SELECT
  v.at, v.person, v.household, v.household_id, v.name, v.id_number, v.village, v.school,
  '选' AS act, v.item_label, COALESCE(v.stage, '这一户读过的学段') AS stage, CAST(NULL AS BIGINT) AS other_at, v.item,
  COALESCE(v.selected, FALSE) AND v.payments = 0 AND v.highest_rank IS NOT NULL AND v.least_rank > v.highest_rank AS ineligible
FROM survey_items v
