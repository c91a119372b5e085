-- 文化程度的人：每个登记人口一行，不是学生的按登记代码，学生按学段折合。学龄前和学前教育的儿童不计。
-- 登记没有分清学段的学生（旧代码“大专及以上”），按学籍或区外就读的学段。
-- needs: register
WITH first_rows AS (
  SELECT x.*, MIN(x.at) OVER (PARTITION BY x.person) AS first_at FROM register x WHERE x.current
),
staged AS (
  SELECT r.at, r.person, r.household, r.household_id, r.name, r.id_number, r.village, r.age, r.education, p.school, s.kind,
    CASE WHEN s.stage <> '' THEN s.stage ELSE COALESCE(p.roll_stage, p.outside_stage) END AS stage
  FROM first_rows r
  JOIN people p ON r.person = p.person
  LEFT JOIN code_student_status s ON r.student_status = s.code
  WHERE r.at = r.first_at
)
SELECT
  g.at, g.person, g.household, g.household_id, g.name, g.id_number, g.village, g.school, TRUE AS registered, g.age,
  CASE WHEN g.kind = '学生' THEN CASE WHEN :education_basis = 'attended' THEN t.attended ELSE t.completed END ELSE g.education END AS code
FROM staged g
LEFT JOIN code_stage t ON g.stage = t.code
