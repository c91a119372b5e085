-- 家庭：有结对学生的户，每个登记的成员一行。
-- needs: pairing register
WITH helped_households AS (
  SELECT DISTINCT p.household FROM pairing h JOIN people p ON h.person = p.person WHERE p.household IS NOT NULL
)
SELECT r.at, r.person, r.household, r.name, c.label AS relation, r.age, r.health, COALESCE(s.label, l.label) AS level
FROM register r
JOIN helped_households d ON r.household = d.household
LEFT JOIN code_relation c ON r.relation = c.code
LEFT JOIN code_student_status s ON r.student_status = s.code
LEFT JOIN code_education l ON r.education = l.code
WHERE r.current
