-- 档案材料：清单上的每一行，和逐项列了材料的类别里通知点名要有、清单上没有的材料。
-- needs: archive
WITH signed_sheets AS (SELECT DISTINCT sheet FROM sheet_fields WHERE field = 'signed'),
dated_sheets AS (SELECT DISTINCT sheet FROM sheet_fields WHERE field IN ('filed_date', 'filed_year')),
held AS (
  SELECT DISTINCT COALESCE(school, '') || '/' || category AS unit, item FROM archive WHERE category IS NOT NULL AND item IS NOT NULL
),
absent AS (
  SELECT a.at, a.school, a.unit, a.label AS category_label, c.code AS item, c.label AS item_label
  FROM archives a
  JOIN code_archive_item c ON a.category = c.category
  LEFT JOIN held h ON a.unit = h.unit AND c.code = h.item
  WHERE a.items > 0 AND h.item IS NULL
)
SELECT
  r.at, CAST(NULL AS BIGINT) AS person, r.school, CAST(NULL AS VARCHAR) AS village, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS id_number,
  COALESCE(r.school, '') || '/' || r.category AS unit,
  COALESCE(c.label, r.category_raw) AS category_label, r.item, r.item_raw AS item_label, r.present, FALSE AS unlisted, 'present' AS field, '，清单上写的是没有' AS how,
  s.sheet IS NOT NULL AND r.signed IS NULL AS unsigned,
  d.sheet IS NOT NULL AND r.filed_date IS NULL AND r.filed_year IS NULL AS undated,
  CASE WHEN s.sheet IS NOT NULL AND r.signed IS NULL THEN '，没有签字盖章' END AS unsigned_note,
  CASE WHEN d.sheet IS NOT NULL AND r.filed_date IS NULL AND r.filed_year IS NULL THEN '，没有归档日期' END AS undated_note
FROM archive r
LEFT JOIN code_archive_category c ON r.category = c.code
LEFT JOIN signed_sheets s ON r.sheet = s.sheet
LEFT JOIN dated_sheets d ON r.sheet = d.sheet
UNION ALL
SELECT
  b.at, CAST(NULL AS BIGINT) AS person, b.school, CAST(NULL AS VARCHAR) AS village, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS id_number,
  b.unit, b.category_label, b.item, b.item_label, CAST(NULL AS BOOLEAN) AS present, TRUE AS unlisted, 'category' AS field, '，清单上没有列' AS how, FALSE AS unsigned, FALSE AS undated,
  CAST(NULL AS VARCHAR) AS unsigned_note, CAST(NULL AS VARCHAR) AS undated_note
FROM absent b
