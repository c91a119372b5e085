-- 上报数：学校上报的每一个数一行（合计和八个原因），带台账、学籍算出来的数。
-- 管村的学校按它负责的村算；不管村的学校（初中）按台账和学籍上写的学校算。
-- needs: reported absence|roll.absent_reason
WITH placed AS (
  SELECT 'school:' || school AS place, person, code FROM absent_children WHERE school IS NOT NULL
  UNION ALL SELECT 'village:' || village AS place, person, code FROM absent_children WHERE village IS NOT NULL
  UNION ALL SELECT 'paper:' || paper_school AS place, person, code FROM absent_children WHERE paper_school IS NOT NULL
),
totals AS (
  SELECT place, COUNT(DISTINCT person) AS counted, SUM(CASE WHEN code IS NULL THEN 1 ELSE 0 END) AS unknown FROM placed GROUP BY place
),
reasons AS (
  SELECT place, code, COUNT(DISTINCT person) AS counted FROM placed WHERE code IS NOT NULL GROUP BY place, code
),
owners AS (SELECT DISTINCT school FROM answerable),
handed AS (
  SELECT r.*,
    CASE WHEN r.village IS NOT NULL THEN 'village:' || r.village WHEN w.school IS NOT NULL THEN 'school:' || r.school ELSE 'paper:' || r.school END AS place
  FROM reported r LEFT JOIN owners w ON r.school = w.school
),
figures AS (
  SELECT h.at, h.school, h.village, h.place, '' AS code, '合计' AS label, h.a4_total AS value FROM handed h
  UNION ALL
  SELECT h.at, h.school, h.village, h.place, c.code, c.label,
    CASE c.code WHEN '1' THEN h.a5_1 WHEN '2' THEN h.a5_2 WHEN '3' THEN h.a5_3 WHEN '4' THEN h.a5_4
                WHEN '5' THEN h.a5_5 WHEN '6' THEN h.a5_6 WHEN '7' THEN h.a5_7 WHEN '8' THEN h.a5_8 END AS value
  FROM handed h CROSS JOIN code_a5 c
)
SELECT
  f.at, CAST(NULL AS BIGINT) AS person, f.school, f.village, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS id_number,
  f.code, f.label, f.value,
  CASE WHEN f.code = '' THEN COALESCE(t.counted, 0) ELSE COALESCE(n.counted, 0) END AS counted,
  COALESCE(t.unknown, 0) AS unknown,
  CASE WHEN t.unknown > 0 THEN t.unknown END AS unknown_some
FROM figures f
LEFT JOIN totals t ON f.place = t.place
LEFT JOIN reasons n ON f.place = n.place AND f.code = n.code
WHERE f.value IS NOT NULL
