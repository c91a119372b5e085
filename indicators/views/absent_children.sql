-- A4 的人：到了入学年龄、在 6–15 周岁窗口内、记录表明不在校的本地儿童，每人一行，带 A5 原因。
-- keep
-- needs: absence|roll
SELECT
  c.person, c.at, c.household, c.household_id, c.name, c.id_number, c.village, c.answering_school AS school, c.registered, c.age,
  CASE
    WHEN c.absence_at IS NOT NULL AND c.absence_reason IS NOT NULL THEN c.absence_reason
    WHEN c.absence_at IS NOT NULL AND c.absence_reason_raw IS NOT NULL THEN NULL
    WHEN c.roll_a5 <> '' THEN c.roll_a5
    WHEN z.a5 <> '' THEN z.a5
    ELSE NULL
  END AS code,
  COALESCE(c.absence_school, c.roll_school) AS paper_school
FROM children c
LEFT JOIN resolved z ON c.person = z.person
WHERE c.in_scope AND c.is_local
  AND (
    (c.absence_at IS NOT NULL AND (NOT COALESCE(c.attends, FALSE) OR (c.absence_reason IN ('2', '3') AND COALESCE(c.roll_status, '') <> '复学' AND c.outside_at IS NULL)))
    OR c.roll_state = '不在校'
    OR (c.absence_at IS NULL AND NOT COALESCE(c.enrolled, FALSE) AND z.a5 <> '' AND NOT z.contradicted)
  )
