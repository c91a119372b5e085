-- 应发：每人每学期每一项应当发放的资助一行，看发了没有。学校的资助账里有那一学期、也有这一项，才判断（没有交来的账不算没有发）。
-- needs: aid
WITH books AS (
  SELECT DISTINCT COALESCE(a.school, '') AS school, a.term FROM aid a WHERE a.term IS NOT NULL
),
kinds AS (
  SELECT DISTINCT COALESCE(a.school, '') AS school, y.aid FROM payments y JOIN aid a ON y.at = a.at
),
shared_books AS (SELECT DISTINCT term FROM aid WHERE school IS NULL AND term IS NOT NULL),
shared_kinds AS (SELECT DISTINCT y.aid FROM payments y JOIN aid a ON y.at = a.at WHERE a.school IS NULL),
settled AS (SELECT person, aid, term, MIN(at) AS at FROM payments GROUP BY person, aid, term),
whole_years AS (
  SELECT y.person, y.aid, FLOOR(y.term / 10.0) AS year, MAX(y.amount) AS amount FROM payments y WHERE y.amount IS NOT NULL GROUP BY y.person, y.aid, FLOOR(y.term / 10.0)
),
full_amounts AS (SELECT policy, MIN(year_amount) AS year_amount FROM standards GROUP BY policy),
numbered AS (
  SELECT e.person, e.household, e.term, FLOOR(e.term / 10.0) AS year, e.at, e.stage, e.school, COALESCE(e.school, '') AS book, e.basis, e.policy, e.policy_title, e.aid,
    MIN(e.policy) OVER (PARTITION BY e.person, e.term, e.aid) AS first_policy
  FROM entitlements e WHERE e.due
),
due AS (SELECT * FROM numbered WHERE policy = first_policy)
SELECT
  d.at, d.person, COALESCE(d.household, d.person) AS household, p.household_id, p.name, p.id_number, p.village, COALESCE(p.school, d.school) AS school,
  m.label AS term_label, d.term, d.stage, d.basis, d.school AS study_school, d.policy_title, d.aid, i.label AS item_label,
  s.at IS NOT NULL OR COALESCE(w.amount >= u.year_amount, FALSE) AS paid,
  (b.term IS NOT NULL OR x.term IS NOT NULL) AND (k.aid IS NOT NULL OR q.aid IS NOT NULL) AS in_books,
  p.registered
FROM due d
JOIN people p ON d.person = p.person
JOIN code_aid_item i ON d.aid = i.code
LEFT JOIN terms m ON d.term = m.term
LEFT JOIN settled s ON d.person = s.person AND d.aid = s.aid AND d.term = s.term
LEFT JOIN whole_years w ON d.person = w.person AND d.aid = w.aid AND d.year = w.year
LEFT JOIN full_amounts u ON d.policy = u.policy
LEFT JOIN books b ON d.book = b.school AND d.term = b.term
LEFT JOIN shared_books x ON d.term = x.term
LEFT JOIN kinds k ON d.book = k.school AND d.aid = k.aid
LEFT JOIN shared_kinds q ON d.aid = q.aid
