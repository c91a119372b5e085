-- 适龄儿童：登记的、台账上的、学籍上不在校的儿童，每人一行，带年龄窗口。
-- keep
SELECT
  p.person, p.at, p.household, p.household_id, p.name, p.id_number, p.village, p.school, p.answering_school, p.birth, p.age, p.age_from, p.age_to,
  p.registered,
  p.age BETWEEN :age_min AND :age_max AS in_age,
  p.birth <= :entry_cutoff AS due,
  p.age BETWEEN :age_min AND :age_max AND p.birth <= :entry_cutoff AS in_scope,
  p.age_from BETWEEN :age_min AND :age_max AND p.birth <= :entry_cutoff_from AS scope_from,
  p.age_to BETWEEN :age_min AND :age_max AND p.birth <= :entry_cutoff_to AS scope_to,
  (p.age_from BETWEEN :age_min AND :age_max OR p.age_to BETWEEN :age_min AND :age_max) AND p.birth > :entry_cutoff_to AS waits,
  p.roll_at, p.roll_school, p.roll_stage, p.roll_grade, p.roll_state, p.roll_status, p.roll_a5, p.roll_local,
  p.outside_at, p.outside_school, p.outside_stage,
  p.absence_at, p.absence_school, p.absence_reason, p.absence_reason_raw,
  (p.roll_state = '在读' AND COALESCE(p.roll_stage, '') <> '学前')
    OR (p.outside_at IS NOT NULL AND COALESCE(p.outside_stage, '') <> '学前') AS attends,
  p.roll_state = '在读' OR p.outside_at IS NOT NULL AS attends_any,
  p.roll_state IN ('在读', '不在校') OR p.outside_at IS NOT NULL AS enrolled,
  COALESCE(p.roll_local, '区内') <> '区外' OR p.registered OR p.absence_at IS NOT NULL AS is_local,
  COALESCE(p.absence_at, p.roll_at, p.outside_at) AS other_at
FROM people p
