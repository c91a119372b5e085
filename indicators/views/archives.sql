-- 档案：每所交了清单的学校、每一类档案一行。
-- keep
-- needs: archive
WITH listed AS (
  SELECT COALESCE(school, '') AS school, MIN(at) AS at FROM archive GROUP BY COALESCE(school, '')
),
wanted AS (
  SELECT l.school, l.at AS list_at, c.code AS category, c.label FROM listed l CROSS JOIN code_archive_category c
),
found AS (
  SELECT COALESCE(school, '') AS school, category, MIN(at) AS at,
    SUM(CASE WHEN COALESCE(present, TRUE) THEN 1 ELSE 0 END) AS held,
    SUM(CASE WHEN item_raw IS NOT NULL THEN 1 ELSE 0 END) AS items
  FROM archive WHERE category IS NOT NULL GROUP BY COALESCE(school, ''), category
)
SELECT
  COALESCE(f.at, w.list_at) AS at, CAST(NULL AS BIGINT) AS person, CASE WHEN w.school <> '' THEN w.school END AS school,
  CAST(NULL AS VARCHAR) AS village, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS id_number,
  w.school || '/' || w.category AS unit,
  CASE WHEN f.at IS NULL THEN '清单上没有列' ELSE '清单上写的是没有' END AS how,
  w.category, w.label, f.at IS NOT NULL AS listed, CASE WHEN f.at IS NOT NULL THEN 'present' ELSE 'school' END AS field, COALESCE(f.held, 0) AS held, COALESCE(f.items, 0) AS items
FROM wanted w
LEFT JOIN found f ON w.school = f.school AND w.category = f.category
