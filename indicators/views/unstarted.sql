-- 未收假：区外就读表、资助表里的每一行，看“未收假”填得对不对。
-- needs: outside|aid
-- other: aid
WITH settled AS (SELECT person, term, MIN(at) AS at FROM payments GROUP BY person, term),
books AS (SELECT COUNT(*) AS n FROM aid),
asking AS (SELECT DISTINCT sheet FROM sheet_fields WHERE field = 'not_started'),
entries AS (
  SELECT o.at, o.sheet, o.person, o.name, o.id_number, o.village, COALESCE(o.term, :current_term) AS term, o.stage, COALESCE(o.not_started, FALSE) AS marked, TRUE AS listed, o.school AS study_school
  FROM outside o WHERE o.current
  UNION ALL
  SELECT a.at, a.sheet, a.person, a.name, a.id_number, a.village, COALESCE(a.term, :current_term) AS term, a.stage, TRUE AS marked, FALSE AS listed, a.school AS study_school
  FROM aid a WHERE a.not_started
),
staged AS (
  SELECT e.*, COALESCE(e.stage, s.stage) AS known_stage FROM entries e LEFT JOIN studies s ON e.person = s.person AND e.term = s.term
)
SELECT
  e.at, e.person, p.household, p.household_id, e.name, e.id_number, COALESCE(e.village, p.village) AS village, COALESCE(p.school, e.study_school) AS school,
  m.label AS term_label, e.term, e.known_stage AS stage, e.marked, e.listed, t.late_start, s.at AS other_at, s.at IS NOT NULL AS paid,
  CASE WHEN e.marked AND NOT COALESCE(t.late_start, FALSE) THEN '这个学段不能填“未收假”'
       WHEN e.marked AND e.term <> :not_started_term THEN '这个学期不能填“未收假”'
       WHEN e.marked AND s.at IS NOT NULL THEN '填了“未收假”，这一学期却有发放记录'
       ELSE '没有发放记录，也没有填“未收假”' END AS fault,
  b.n > 0 OR k.sheet IS NOT NULL AS can_judge
FROM staged e
CROSS JOIN books b
LEFT JOIN code_stage t ON e.known_stage = t.code
LEFT JOIN settled s ON e.person = s.person AND e.term = s.term
LEFT JOIN terms m ON e.term = m.term
LEFT JOIN asking k ON e.sheet = k.sheet
LEFT JOIN people p ON e.person = p.person
