-- 台账：不在校台账每条当前记录一行，带学籍、区外就读、登记和毕业记录的情况。
-- 县级台账把不在校的和在校的写在一张学籍表里，有不在校原因的也在这里。
-- needs: absence|roll.absent_reason
-- other: roll outside
WITH listed AS (
  SELECT at, sheet, person, name, id_number, village, school, birth, age, age_from, age_to, reason, reason_raw, reason_count, reason_unknown,
    start_date, approval_date, evidence, visits
  FROM absence WHERE current
  UNION ALL
  SELECT at, sheet, person, name, id_number, village, school, birth, age, age_from, age_to, absent_reason AS reason, absent_reason_raw AS reason_raw,
    CAST(1 AS BIGINT) AS reason_count, absent_reason IS NULL AS reason_unknown,
    CAST(NULL AS DATE) AS start_date, CAST(NULL AS DATE) AS approval_date, CAST(NULL AS VARCHAR) AS evidence, CAST(NULL AS VARCHAR) AS visits
  FROM roll WHERE current AND absent_reason_raw IS NOT NULL
),
visit_sheets AS (SELECT DISTINCT sheet FROM sheet_fields WHERE field = 'visits'),
evidence_sheets AS (SELECT DISTINCT sheet FROM sheet_fields WHERE field = 'evidence'),
graduations AS (
  SELECT person, at FROM roll WHERE status = '毕业' OR (stage = '初中' AND grade_number = 3 AND term < :current_term)
  UNION ALL
  SELECT d.person, d.at FROM aid d JOIN code_aid_item i ON d.item = i.code JOIN code_stage t ON i.proves = t.code WHERE t.rank > 2
),
finished AS (SELECT person, MIN(at) AS at FROM graduations GROUP BY person)
SELECT
  a.at, a.person, p.household, p.household_id, a.name, a.id_number, COALESCE(a.village, p.village) AS village,
  COALESCE(p.school, a.school) AS school, a.birth, a.age, a.age_from, a.age_to,
  a.reason, a.reason_raw, a.reason_count, a.reason_unknown, c.label AS reason_label,
  COALESCE(a.start_date, a.approval_date) AS since,
  CASE WHEN a.start_date IS NULL AND a.approval_date IS NULL THEN '没有写起始时间' END AS undated,
  COALESCE(a.approval_date, a.start_date) AS approved,
  a.evidence, a.evidence LIKE '%毕业%' AS evidence_of_graduation, e.sheet IS NOT NULL AS asks_evidence,
  a.visits, v.sheet IS NOT NULL AS asks_visits,
  CASE WHEN NOT COALESCE(k.enrolled, FALSE) THEN '没有现行学籍' END AS lacks_roll,
  CASE WHEN (v.sheet IS NOT NULL AND a.visits IS NULL) OR (v.sheet IS NULL AND e.sheet IS NOT NULL AND a.evidence IS NULL) THEN '没有送教记录' END AS lacks_visits,
  CASE WHEN a.age >= :deferral_age THEN '年龄偏大' END AS too_old,
  CASE WHEN COALESCE(a.approval_date, a.start_date) < :deferral_cutoff THEN '批准已满一年' END AS lapsed,
  CASE WHEN a.age < :graduate_age THEN '年龄偏小' END AS too_young,
  CASE WHEN f.at IS NULL AND NOT COALESCE(a.evidence LIKE '%毕业%', FALSE) THEN '没有毕业记录' END AS unproven,
  k.in_age, k.due, k.in_scope, k.attends, k.enrolled, k.registered,
  p.roll_status, p.roll_state,
  CASE WHEN p.roll_state = '在读' THEN p.roll_at ELSE p.outside_at END AS other_at,
  CASE WHEN p.roll_state = '在读' THEN p.roll_school ELSE p.outside_school END AS found_school,
  CASE WHEN p.roll_state = '在读' THEN p.roll_grade ELSE p.outside_grade END AS found_grade,
  p.outside_at,
  f.at AS finished_at,
  g.at AS register_at, g.register_reason, g.register_reason_raw
FROM listed a
JOIN people p ON a.person = p.person
JOIN children k ON a.person = k.person
LEFT JOIN code_a5 c ON a.reason = c.code
LEFT JOIN visit_sheets v ON a.sheet = v.sheet
LEFT JOIN evidence_sheets e ON a.sheet = e.sheet
LEFT JOIN finished f ON a.person = f.person
LEFT JOIN register g ON p.register_at = g.at
