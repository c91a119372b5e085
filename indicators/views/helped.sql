-- 结对：每名帮扶教师和学生一行。
-- needs: pairing
SELECT h.at, h.person, p.household, h.teacher_name, COALESCE(h.school, p.school) AS school, h.name, h.grade, h.class, p.absence_at IS NOT NULL AS absent
FROM pairing h LEFT JOIN people p ON h.person = p.person
WHERE h.teacher_name IS NOT NULL
