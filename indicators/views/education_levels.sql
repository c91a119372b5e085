-- 文化程度的人：每个登记人口一行，不是学生的按登记代码，学生按学段折合。学龄前和学前教育的儿童不计。
-- 登记没有分清学段的学生（旧代码“大专及以上”），按学籍或区外就读的学段。
-- needs: register
WITH numbered AS (
  SELECT x.at, x.person, x.student_status, x.education, MIN(x.at) OVER (PARTITION BY x.person) AS first_at FROM register x WHERE x.current
),
staged AS (
  SELECT r.at, r.education, p.school, s.kind,
    CASE WHEN s.stage <> '' THEN s.stage ELSE COALESCE(p.roll_stage, p.outside_stage) END AS stage
  FROM numbered r
  JOIN people p ON r.person = p.person
  LEFT JOIN code_student_status s ON r.student_status = s.code
  WHERE r.at = r.first_at
)
SELECT
  g.at, r.person, r.household, r.household_id, r.name, r.id_number, r.village, g.school, TRUE AS registered, r.age,
  CASE WHEN g.kind = '学生' THEN CASE WHEN :education_basis = 'attended' THEN t.attended ELSE t.completed END ELSE g.education END AS code
FROM staged g
JOIN register r ON g.at = r.at
LEFT JOIN code_stage t ON g.stage = t.code
