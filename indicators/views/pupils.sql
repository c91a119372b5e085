-- 学籍：每条当前学籍记录一行，带不在校台账的情况。
-- needs: roll
SELECT
  r.at, r.person, p.household, p.household_id, r.name, r.id_number, COALESCE(r.village, p.village) AS village,
  r.school, r.stage, r.grade, r.status, CASE WHEN r.absent_reason_raw IS NOT NULL THEN '不在校' ELSE s.state END AS state,
  COALESCE(r.absent_reason_raw, s.label) AS status_label, r.age,
  k.in_scope, k.is_local, p.absence_at, p.registered
FROM roll r
JOIN people p ON r.person = p.person
JOIN children k ON r.person = k.person
LEFT JOIN code_roll_status s ON r.status = s.code
WHERE r.current
