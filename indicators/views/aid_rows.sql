-- 资助逐条：每条发放记录一行，带标准、重复情况、受助人在不在登记里。
-- 凡是“第几条”（nth），第一条是 1，后面的都是 2。
-- needs: aid
-- other: aid
WITH staged AS (
  SELECT y.at * 2 + CASE WHEN y.beside THEN 1 ELSE 0 END AS place, y.aid, y.term, y.amount, y.days,
    COALESCE(y.stage, s.stage) AS stage, COALESCE(y.boarding, s.boarding) AS boarding, COALESCE(y.grade_number, s.grade_number, 0) AS grade_number
  FROM payments y LEFT JOIN studies s ON y.person = s.person AND y.term = s.term
  WHERE y.entered AND y.amount IS NOT NULL
),
fits AS (
  SELECT y.place,
    MAX(CASE WHEN b.day_amount IS NOT NULL THEN CASE WHEN y.days IS NULL OR ABS(y.amount - b.day_amount * y.days) < 0.5 THEN 1 ELSE 0 END
             WHEN b.at_most THEN CASE WHEN y.amount <= b.year_amount THEN 1 ELSE 0 END
             WHEN ABS(y.amount - b.term_amount) < 0.5 OR ABS(y.amount - b.year_amount) < 0.5 THEN 1 ELSE 0 END) AS fits,
    MIN(COALESCE(b.day_amount * y.days, b.term_amount)) AS least_standard,
    MAX(COALESCE(b.day_amount * y.days, b.term_amount)) AS most_standard
  FROM staged y
  JOIN standards b ON y.aid = b.aid AND y.stage = b.stage
  WHERE y.term BETWEEN b.term_from AND b.term_to
    AND (b.boarding = '' OR COALESCE(y.boarding, b.boarding) = b.boarding)
    AND (b.grade_to = 0 OR y.grade_number <= b.grade_to)
  GROUP BY y.place
),
numbered AS (
  SELECT y.at, y.person, y.household, y.aid, y.term, y.amount, y.days, y.beside, y.entered, y.pass, y.registered_mark,
    y.at * 2 + CASE WHEN y.beside THEN 1 ELSE 0 END AS place,
    MIN(y.at) OVER (PARTITION BY y.person, y.aid, y.term) AS first_at,
    MIN(y.at * 2 + CASE WHEN y.beside THEN 1 ELSE 0 END) OVER (PARTITION BY y.person) AS first_of_person
  FROM payments y
),
registered AS (SELECT DISTINCT person FROM register),
shared AS (SELECT DISTINCT aid FROM benefits WHERE for_all),
judged AS (
  SELECT n.at, n.person, n.household, n.aid, n.term, n.amount, n.days, n.beside, n.pass, n.registered_mark,
    CASE WHEN n.at > n.first_at THEN 2 ELSE 1 END AS nth, CASE WHEN n.at > n.first_at THEN n.first_at END AS other_at,
    CASE WHEN n.place > n.first_of_person THEN 2 ELSE 1 END AS nth_of_person,
    f.fits, f.least_standard, f.most_standard,
    r.person IS NOT NULL AS registered, h.aid IS NOT NULL AS shared_item
  FROM numbered n
  LEFT JOIN fits f ON n.place = f.place
  LEFT JOIN registered r ON n.person = r.person
  LEFT JOIN shared h ON n.aid = h.aid
  WHERE n.entered
)
SELECT
  j.at, j.person, j.household, p.household_id, a.name, a.id_number, COALESCE(a.village, p.village) AS village, COALESCE(p.school, a.school) AS school,
  j.aid, i.label AS item_label, m.label AS term_label, j.term, j.amount, j.days, j.beside, j.registered_mark, j.pass,
  CASE WHEN j.beside THEN 'nutrition_amount' ELSE 'amount' END AS amount_field,
  j.nth, j.other_at, j.nth_of_person,
  j.fits, j.least_standard, CASE WHEN j.most_standard > j.least_standard THEN j.most_standard END AS most_standard,
  j.registered, j.shared_item
FROM judged j
JOIN aid a ON j.at = a.at
JOIN code_aid_item i ON j.aid = i.code
LEFT JOIN terms m ON j.term = m.term
LEFT JOIN people p ON j.person = p.person
