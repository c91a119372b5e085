-- 资助逐条：每条发放记录一行，带标准、重复情况、受助人在不在登记里。
-- 凡是“第几条”（nth），第一条是 1，后面的都是 2。
-- needs: aid
-- other: aid
WITH fits AS (
  SELECT y.at, y.beside,
    MAX(CASE WHEN b.day_amount IS NOT NULL THEN CASE WHEN y.days IS NULL OR ABS(y.amount - b.day_amount * y.days) < 0.5 THEN 1 ELSE 0 END
             WHEN b.at_most THEN CASE WHEN y.amount <= b.year_amount THEN 1 ELSE 0 END
             WHEN ABS(y.amount - b.term_amount) < 0.5 OR ABS(y.amount - b.year_amount) < 0.5 THEN 1 ELSE 0 END) AS fits,
    MIN(COALESCE(b.day_amount * y.days, b.term_amount)) AS least_standard,
    MAX(COALESCE(b.day_amount * y.days, b.term_amount)) AS most_standard
  FROM payments y
  JOIN aid a ON y.at = a.at
  LEFT JOIN studies s ON y.person = s.person AND y.term = s.term
  JOIN standards b ON y.aid = b.aid
  WHERE y.amount IS NOT NULL AND y.term BETWEEN b.term_from AND b.term_to
    AND COALESCE(a.stage, s.stage) = b.stage
    AND (b.boarding = '' OR COALESCE(a.boarding, s.boarding, b.boarding) = b.boarding)
    AND (b.grade_to = 0 OR COALESCE(a.grade_number, s.grade_number, 0) <= b.grade_to)
  GROUP BY y.at, y.beside
),
numbered AS (
  SELECT y.*,
    MIN(y.at) OVER (PARTITION BY y.person, y.aid, y.term) AS first_at,
    MIN(y.at * 2 + CASE WHEN y.beside THEN 1 ELSE 0 END) OVER (PARTITION BY y.person) AS first_of_person
  FROM payments y
),
registered AS (SELECT DISTINCT person FROM register),
shared AS (SELECT DISTINCT aid FROM benefits WHERE for_all)
SELECT
  n.at, n.person, n.household, p.household_id, a.name, a.id_number, COALESCE(a.village, p.village) AS village, COALESCE(p.school, a.school) AS school,
  n.aid, i.label AS item_label, m.label AS term_label, n.term, n.amount, n.days, n.beside, a.registered_mark, a.pass,
  CASE WHEN n.beside THEN 'nutrition_amount' ELSE 'amount' END AS amount_field,
  CASE WHEN n.at > n.first_at THEN 2 ELSE 1 END AS nth, CASE WHEN n.at > n.first_at THEN n.first_at END AS other_at,
  CASE WHEN n.at * 2 + CASE WHEN n.beside THEN 1 ELSE 0 END > n.first_of_person THEN 2 ELSE 1 END AS nth_of_person,
  f.fits, f.least_standard, CASE WHEN f.most_standard > f.least_standard THEN f.most_standard END AS most_standard,
  r.person IS NOT NULL AS registered, h.aid IS NOT NULL AS shared_item
FROM numbered n
JOIN aid a ON n.at = a.at
JOIN code_aid_item i ON n.aid = i.code
LEFT JOIN terms m ON n.term = m.term
LEFT JOIN fits f ON n.at = f.at AND n.beside = f.beside
LEFT JOIN people p ON n.person = p.person
LEFT JOIN registered r ON n.person = r.person
LEFT JOIN shared h ON n.aid = h.aid
