-- 不在校：A4 的每个孩子一行，带原因、起止和佐证，填表三用。
-- needs: absence|roll
SELECT
  c.at, c.person, c.household_id, c.name, c.id_number, c.village, c.school, c.registered, c.age,
  COALESCE(g.sex, a.sex, r.sex, g.id_sex, a.id_sex, r.id_sex) AS sex, k.birth,
  COALESCE(a.student_number, r.student_number) AS student_number,
  c.code, s.label AS reason, a.start_date, a.approval_date, a.visits, a.evidence
FROM absent_children c
JOIN people k ON c.person = k.person
LEFT JOIN register g ON k.register_at = g.at
LEFT JOIN absence a ON k.absence_at = a.at
LEFT JOIN roll r ON k.roll_at = r.at
LEFT JOIN code_a5 s ON c.code = s.code
