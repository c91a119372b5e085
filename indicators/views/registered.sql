-- 登记：每条当前登记记录一行，带学籍、区外就读、资助、台账里的情况。
-- needs: register
-- other: roll outside aid absence
WITH studied AS (
  SELECT person, stage, at FROM roll
  UNION ALL SELECT person, stage, at FROM outside
  UNION ALL SELECT d.person, CASE WHEN i.proves <> '' THEN i.proves ELSE d.stage END AS stage, d.at
            FROM aid d LEFT JOIN code_aid_item i ON d.item = i.code
),
placed AS (
  SELECT e.person, e.at, e.stage,
         CASE WHEN :education_basis = 'attended' THEN t.attended ELSE t.completed END AS level,
         CAST(99 - t.rank AS BIGINT) * 72057594037927936 + e.at AS place
  FROM studied e JOIN code_stage t ON e.stage = t.code
),
ranked AS (SELECT p.*, MIN(p.place) OVER (PARTITION BY p.person) AS first_place FROM placed p),
best AS (SELECT person, at, stage, level FROM ranked WHERE place = first_place AND level <> ''),
aided AS (SELECT person, MIN(at) AS at FROM aid WHERE current GROUP BY person),
numbered AS (
  SELECT r.at, r.person, r.birth, r.age, r.school_age, r.education, r.education_raw, r.student_status, r.student_status_raw,
    MIN(r.at) OVER (PARTITION BY r.person) AS first_at
  FROM register r WHERE r.current
),
judged AS (
  SELECT
    r.at, r.person, r.birth, r.age, r.school_age, r.education, r.education_raw, r.student_status, r.student_status_raw,
    CASE WHEN r.at > r.first_at THEN 2 ELSE 1 END AS nth,
    s.kind AS status_kind, s.stage AS status_stage, s.grade AS status_grade,
    p.absence_at,
    CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_at ELSE p.outside_at END AS found_at,
    CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_stage ELSE p.outside_stage END AS found_stage,
    CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_grade_number ELSE p.outside_grade_number END AS found_grade_number,
    CASE WHEN r.education_raw IS NOT NULL AND r.education IS NULL THEN r.education_raw
         WHEN r.student_status_raw IS NOT NULL AND r.student_status IS NULL THEN r.student_status_raw END AS unknown_value,
    CASE WHEN r.education_raw IS NOT NULL AND r.education IS NULL THEN 'education' ELSE 'student_status' END AS unknown_field,
    a.at AS aid_at, b.at AS evidence_at, b.stage AS evidence_stage, b.level AS evidence_level
  FROM numbered r
  JOIN people p ON r.person = p.person
  LEFT JOIN code_student_status s ON r.student_status = s.code
  LEFT JOIN best b ON r.person = b.person
  LEFT JOIN aided a ON r.person = a.person
)
SELECT
  j.at, j.person, r.household, r.household_id, r.name, r.id_number, r.village, p.school, j.birth, j.age, j.school_age, r.relation, r.sex,
  j.nth, j.education, j.education_raw, l.label AS education_label,
  j.student_status, j.student_status_raw, j.status_kind, j.status_stage, j.status_grade,
  p.roll_at, p.roll_school, p.roll_state, p.roll_stage, p.roll_grade,
  p.outside_at, p.outside_school, p.outside_stage,
  j.absence_at, j.found_at,
  CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_school ELSE p.outside_school END AS found_school,
  j.found_stage,
  CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_grade ELSE p.outside_grade END AS found_grade,
  j.found_grade_number, j.unknown_value, j.unknown_field, j.aid_at,
  z.resolution, COALESCE(z.settles AND NOT z.contradicted, FALSE) AS settled,
  j.evidence_at, j.evidence_stage, j.evidence_level, v.label AS evidence_label
FROM judged j
JOIN register r ON j.at = r.at
JOIN people p ON j.person = p.person
LEFT JOIN code_education l ON j.education = l.code
LEFT JOIN code_education v ON j.evidence_level = v.code
LEFT JOIN resolved z ON j.person = z.person
