-- 就读经历：每人每学期一行，取最可靠的一处：在读学籍、不在校学籍、区外就读、资助、采集表、登记。
-- sure：学籍、区外就读、资助表里实有的记录；attending：那一学期确实在校（休学、送教上门、未收假、在不在校台账上的不算）。
-- 就读方式那一处没有写的，用同一学期别处写的（都一样才用）。
-- keep
WITH seen AS (
  SELECT r.person, COALESCE(r.term, :current_term) AS term, r.stage, r.grade_number, r.boarding, r.school, r.at,
    CASE WHEN r.absent_reason_raw IS NULL AND COALESCE(c.state, '在读') = '在读' THEN 0 ELSE 1 END AS rank,
    r.absent_reason_raw IS NULL AND COALESCE(c.state, '在读') = '在读' AS attending, '学籍' AS basis
  FROM roll r LEFT JOIN code_roll_status c ON r.status = c.code
  WHERE (r.term IS NOT NULL OR r.current) AND COALESCE(c.state, '在读') <> '离校'
  UNION ALL
  SELECT person, COALESCE(term, :current_term) AS term, stage, grade_number, CAST(NULL AS VARCHAR) AS boarding, school, at, 2 AS rank,
    NOT COALESCE(not_started, FALSE) AS attending, '区外就读' AS basis
  FROM outside WHERE term IS NOT NULL OR current
  UNION ALL
  SELECT d.person, d.term, COALESCE(d.stage, CASE WHEN i.proves <> '' THEN i.proves END) AS stage, d.grade_number, d.boarding, d.school, d.at, 3 AS rank,
    NOT COALESCE(d.not_started, FALSE) AS attending, '资助' AS basis
  FROM aid d LEFT JOIN code_aid_item i ON d.item = i.code WHERE d.term IS NOT NULL
  UNION ALL
  SELECT person, :current_term AS term, stage, grade_number, CAST(NULL AS VARCHAR) AS boarding, school, at, 4 AS rank, TRUE AS attending, '采集表' AS basis
  FROM survey WHERE stage IS NOT NULL AND NOT for_household
  UNION ALL
  SELECT m.person, :current_term AS term, n.stage, n.grade AS grade_number, CAST(NULL AS VARCHAR) AS boarding, CAST(NULL AS VARCHAR) AS school, m.at, 5 AS rank,
    TRUE AS attending, '登记' AS basis
  FROM register m JOIN code_student_status n ON m.student_status = n.code WHERE n.stage <> '' AND m.current
),
placed AS (SELECT s.*, CAST(s.rank AS BIGINT) * 72057594037927936 + s.at AS place FROM seen s WHERE s.stage IS NOT NULL),
numbered AS (
  SELECT s.*,
    MAX(s.boarding) OVER (PARTITION BY s.person, s.term) AS any_boarding,
    MIN(s.boarding) OVER (PARTITION BY s.person, s.term) AS least_boarding,
    MIN(s.place) OVER (PARTITION BY s.person, s.term) AS first_place
  FROM placed s
)
SELECT
  n.person, n.term, n.stage, t.rank AS stage_rank, COALESCE(n.grade_number, 0) AS grade_number,
  COALESCE(n.boarding, CASE WHEN n.any_boarding = n.least_boarding THEN n.any_boarding END) AS boarding,
  n.school, n.at, n.basis, n.rank < 4 AS sure,
  n.attending AND NOT (p.absence_at IS NOT NULL AND n.term = :current_term) AS attending
FROM numbered n
JOIN code_stage t ON n.stage = t.code
LEFT JOIN people p ON n.person = p.person
WHERE n.place = n.first_place
