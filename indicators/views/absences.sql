-- 台账：不在校台账每条当前记录一行，带学籍和区外就读的情况。
-- needs: absence
-- other: roll outside
SELECT
  a.at, a.person, p.household, p.household_id, a.name, a.id_number, COALESCE(a.village, p.village) AS village,
  COALESCE(p.school, a.school) AS school, a.birth, a.age,
  a.reason, a.reason_raw, a.reason_count, a.reason_unknown, c.label AS reason_label,
  k.in_age, k.due, k.in_scope, k.attends, k.enrolled, k.registered,
  p.roll_status, p.roll_state,
  CASE WHEN p.roll_state = '在读' THEN p.roll_at ELSE p.outside_at END AS other_at,
  CASE WHEN p.roll_state = '在读' THEN p.roll_school ELSE p.outside_school END AS found_school,
  CASE WHEN p.roll_state = '在读' THEN p.roll_grade ELSE p.outside_grade END AS found_grade,
  p.outside_at
FROM absence a
JOIN people p ON a.person = p.person
JOIN children k ON a.person = k.person
LEFT JOIN code_a5 c ON a.reason = c.code
WHERE a.current
