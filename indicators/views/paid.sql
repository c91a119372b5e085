-- 发放：每人每户每项 A18 政策的发放记录，以及凭在读就确定享受或普遍享受的项目。
-- keep
WITH rows_paid AS (
  SELECT a.person, a.household, i.a18 AS item, a.at, a.term, a.amount FROM aid a JOIN code_aid_item i ON a.item = i.code
  WHERE i.a18 <> '' AND COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE) AND COALESCE(a.amount, 1.0) > 0
  UNION ALL
  SELECT a.person, a.household, '2' AS item, a.at, a.term, a.nutrition_amount AS amount FROM aid a
  WHERE a.nutrition_amount > 0 AND COALESCE(a.paid, TRUE) AND NOT COALESCE(a.not_started, FALSE)
),
studied AS (
  SELECT r.person, r.household, r.stage, r.grade_number, r.term, r.at, COALESCE(c.state, '在读') = '在读' AND r.absent_reason IS NULL AS attending FROM roll r LEFT JOIN code_roll_status c ON r.status = c.code
  UNION ALL SELECT person, household, stage, grade_number, term, at, NOT COALESCE(not_started, FALSE) AS attending FROM outside
  UNION ALL SELECT person, household, stage, grade_number, NULL AS term, at, TRUE AS attending FROM survey WHERE stage IS NOT NULL
  UNION ALL SELECT m.person, m.household, n.stage, n.grade AS grade_number, NULL AS term, m.at, TRUE AS attending FROM register m JOIN code_student_status n ON m.student_status = n.code WHERE n.stage <> '' AND m.current
),
members AS (SELECT DISTINCT person FROM register),
entitled AS (
  SELECT s.person, s.household, b.item, s.at,
         s.attending AND b.stage = s.stage AND b.certain AND (b.who = '全体' OR g.person IS NOT NULL) AS certain,
         b.universal AS universal
  FROM studied s
  JOIN code_stage t ON s.stage = t.code
  CROSS JOIN benefits b
  LEFT JOIN members g ON s.person = g.person
  WHERE (b.stage = s.stage OR (b.carried AND b.stage_rank < t.rank))
    AND COALESCE(s.term, :current_term) BETWEEN b.term_from AND b.term_to
    AND (COALESCE(s.grade_number, 0) = 0 OR s.grade_number >= b.grade_from OR b.stage <> s.stage)
)
SELECT person, household, item, at, term, amount, TRUE AS paid, TRUE AS certain, FALSE AS universal FROM rows_paid
UNION ALL
SELECT person, household, item, at, NULL AS term, NULL AS amount, FALSE AS paid, certain, universal FROM entitled WHERE certain OR universal
