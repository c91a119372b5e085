-- 文化程度的人：每个登记人口一行，不是学生的按登记代码，学生按学段折合。学龄前和学前教育的儿童不计。
-- needs: register
WITH first_rows AS (
  SELECT g.*, ROW_NUMBER() OVER (PARTITION BY g.person ORDER BY g.at) AS nth FROM register g WHERE g.current
)
SELECT
  r.at, r.person, r.household, r.household_id, r.name, r.id_number, r.village, p.school, TRUE AS registered, r.age,
  CASE
    WHEN s.kind = '学生' THEN CASE WHEN :education_basis = 'attended' THEN t.attended ELSE t.completed END
    ELSE r.education
  END AS code
FROM first_rows r
JOIN people p ON r.person = p.person
LEFT JOIN code_student_status s ON r.student_status = s.code
LEFT JOIN code_stage t ON s.stage = t.code
WHERE r.nth = 1
