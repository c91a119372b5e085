-- 应发：每人每学期每一项应当发放、那一学期没有发放记录的资助一行，看那一学年有没有一次发齐（paid）。学校的资助账里有那一学期、也有这一项，才判断（没有交来的账不算没有发）。
-- needs: aid
WITH books AS (
  SELECT DISTINCT COALESCE(a.school, '') AS school, a.term FROM aid a WHERE a.term IS NOT NULL
),
kinds AS (SELECT DISTINCT COALESCE(y.school, '') AS school, y.aid FROM payments y WHERE y.entered),
shared_books AS (SELECT DISTINCT term FROM aid WHERE school IS NULL AND term IS NOT NULL),
shared_kinds AS (SELECT DISTINCT y.aid FROM payments y WHERE y.entered AND y.school IS NULL),
persons AS (SELECT DISTINCT person FROM unpaid),
whole_years AS (
  SELECT y.person, y.aid, FLOOR(y.term / 10.0) AS year, MAX(y.amount) AS amount
  FROM payments y JOIN persons q ON y.person = q.person WHERE y.amount IS NOT NULL GROUP BY y.person, y.aid, FLOOR(y.term / 10.0)
),
full_amounts AS (SELECT policy, MIN(year_amount) AS year_amount FROM standards GROUP BY policy),
titles AS (SELECT DISTINCT policy, policy_title FROM benefits)
SELECT
  d.at, d.person, COALESCE(d.household, d.person) AS household, p.household_id, p.name, p.id_number, p.village, COALESCE(p.school, d.school) AS school,
  m.label AS term_label, d.term, d.stage, d.basis, d.school AS study_school, c.policy_title, d.aid, i.label AS item_label,
  COALESCE(w.amount >= u.year_amount, FALSE) AS paid,
  (b.term IS NOT NULL OR x.term IS NOT NULL) AND (k.aid IS NOT NULL OR q.aid IS NOT NULL) AS in_books,
  p.registered
FROM unpaid d
JOIN people p ON d.person = p.person
JOIN code_aid_item i ON d.aid = i.code
JOIN titles c ON d.policy = c.policy
LEFT JOIN terms m ON d.term = m.term
LEFT JOIN whole_years w ON d.person = w.person AND d.aid = w.aid AND d.year = w.year
LEFT JOIN full_amounts u ON d.policy = u.policy
LEFT JOIN books b ON d.book = b.school AND d.term = b.term
LEFT JOIN shared_books x ON d.term = x.term
LEFT JOIN kinds k ON d.book = k.school AND d.aid = k.aid
LEFT JOIN shared_kinds q ON d.aid = q.aid
