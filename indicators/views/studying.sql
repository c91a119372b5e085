-- 在读的建档立卡学生：本地登记的在本地就读（区内在校）、在外地就读（区外就读），外地登记的在本地就读（区外户籍），每人一行。
-- 四张统计表、告知书、一口清都从这里填。号码用各处里校验正确的一个，登记的在前。
-- other: register roll outside aid
WITH heads AS (
  SELECT r.household, MIN(r.at) AS at FROM register r JOIN code_relation c ON r.relation = c.code
  WHERE r.current AND c.head AND r.household IS NOT NULL GROUP BY r.household
),
head_names AS (SELECT h.household, w.name FROM heads h JOIN register w ON h.at = w.at),
marked AS (SELECT DISTINCT person FROM aid WHERE registered_mark),
paid_now AS (SELECT DISTINCT person FROM payments WHERE term = :current_term),
said_none AS (SELECT DISTINCT person FROM survey WHERE a18_8 AND NOT for_household),
placed AS (
  SELECT p.person, p.at, p.household, p.household_id, p.registered, p.village, p.school, p.answering_school, p.register_at,
    CASE WHEN p.roll_state = '在读' THEN p.roll_at END AS roll_at,
    CASE WHEN COALESCE(p.roll_state, '') <> '在读' THEN p.outside_at END AS outside_at,
    p.name AS first_name, p.id_number AS first_number, m.person IS NOT NULL AS aid_marked
  FROM people p LEFT JOIN marked m ON p.person = m.person
  WHERE p.roll_state = '在读' OR p.outside_at IS NOT NULL
),
joined AS (
  SELECT
    d.person, d.at, d.household, d.household_id, d.registered, d.village, d.school, d.answering_school, d.first_name, d.first_number, d.aid_marked,
    d.register_at, d.roll_at, d.outside_at,
    g.id_number AS register_number, g.id_state AS register_state, g.id_sex AS register_id_sex, g.sex AS register_sex, g.name AS register_name,
    g.head_name, g.household_type, g.exit_year, g.phone, g.health, g.low_income, g.special_support, g.birth AS register_birth,
    r.id_number AS roll_number, r.id_state AS roll_id_state, r.id_sex AS roll_id_sex, r.sex AS roll_sex,
    r.school AS roll_school, r.stage AS roll_stage, r.grade AS roll_grade, r.grade_number AS roll_grade_number, r.class AS roll_class, r.boarding,
    r.residence, r.local, r.registered_mark, r.student_number AS roll_student_number, r.birth AS roll_birth,
    o.id_number AS outside_number, o.id_state AS outside_id_state, o.sex AS outside_sex, o.school AS outside_school, o.place,
    o.stage AS outside_stage, o.grade AS outside_grade, o.grade_number AS outside_grade_number, o.class AS outside_class, o.student_number AS outside_student_number,
    o.not_started, o.received, o.remark AS outside_remark
  FROM placed d
  LEFT JOIN register g ON d.register_at = g.at
  LEFT JOIN roll r ON d.roll_at = r.at
  LEFT JOIN outside o ON d.outside_at = o.at
)
SELECT
  j.person, j.at, j.household, j.household_id, j.registered,
  CASE WHEN j.roll_at IS NULL THEN '区外就读' WHEN j.registered THEN '区内在校' ELSE '区外户籍' END AS kind,
  COALESCE(j.register_name, j.first_name) AS name,
  CASE WHEN j.register_state = '正确' THEN j.register_number WHEN j.roll_id_state = '正确' THEN j.roll_number
       WHEN j.outside_id_state = '正确' THEN j.outside_number ELSE j.first_number END AS id_number,
  COALESCE(j.register_sex, j.roll_sex, j.outside_sex, j.register_id_sex, j.roll_id_sex) AS sex,
  COALESCE(j.register_birth, j.roll_birth) AS birth,
  j.village, COALESCE(j.roll_school, j.answering_school, j.school) AS school,
  COALESCE(j.roll_school, j.outside_school) AS study_school, j.place,
  COALESCE(j.roll_stage, j.outside_stage) AS stage, COALESCE(j.roll_grade, j.outside_grade) AS grade,
  COALESCE(j.roll_grade_number, j.outside_grade_number, 0) AS grade_number, COALESCE(j.roll_class, j.outside_class) AS class, j.boarding,
  j.residence, b.label AS local, COALESCE(j.registered_mark, j.aid_marked, j.registered) AS registered_mark,
  COALESCE(j.roll_student_number, j.outside_student_number) AS student_number,
  COALESCE(j.head_name, h.name) AS head_name, j.household_type, j.exit_year, j.phone, j.health, j.low_income, j.special_support,
  j.registered AND (j.exit_year IS NULL OR j.exit_year > 2015) AS recent,
  j.not_started, j.received,
  CASE WHEN j.roll_at IS NULL AND t.late_start AND k.person IS NULL AND :current_term = :not_started_term THEN TRUE END AS not_started_due,
  CASE WHEN j.roll_at IS NULL AND t.late_start AND k.person IS NULL AND :current_term = :not_started_term
       THEN CASE WHEN j.not_started THEN j.outside_remark ELSE '没有发放记录，请核实是否开学' END
       WHEN j.not_started THEN '名单填了“未收假”，不该填，请核实' ELSE j.outside_remark END AS due_note,
  COALESCE(NOT j.received, FALSE) OR n.person IS NOT NULL AS says_none,
  CASE WHEN j.registered AND j.register_state = '正确' AND COALESCE(j.roll_id_state, j.outside_id_state) = '正确'
         AND COALESCE(j.roll_number, j.outside_number) <> j.register_number THEN '证件号码登记和学校不一致'
       WHEN j.registered AND j.register_state <> '正确' THEN '登记的证件号码有误' END AS remark
FROM joined j
LEFT JOIN head_names h ON j.household = h.household
LEFT JOIN code_stage t ON COALESCE(j.roll_stage, j.outside_stage) = t.code
LEFT JOIN code_local b ON j.local = b.code
LEFT JOIN paid_now k ON j.person = k.person
LEFT JOIN said_none n ON j.person = n.person
WHERE j.registered OR j.roll_at IS NULL OR (COALESCE(j.registered_mark, j.aid_marked) AND j.local = '区外')
