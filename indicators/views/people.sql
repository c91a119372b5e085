-- 人员：每人一行，登记、学籍、区外就读、不在校台账四处的情况合在一起。
-- 一个人有几条的，用一个数比先后：次序在高位（72057594037927936 是 2 的 56 次方），行的位置在低位。
-- keep
WITH register_numbered AS (
  SELECT r.person, r.at, r.household, r.household_id, r.name, r.id_number, r.village, r.birth, r.age, r.age_from, r.age_to,
         MIN(r.at) OVER (PARTITION BY r.person) AS first_at
  FROM register r WHERE r.current
),
roll_stated AS (
  SELECT r.person, r.at, r.school, r.stage, r.grade, r.grade_number, r.village, r.local, r.name, r.id_number, r.birth, r.age, r.age_from, r.age_to,
         CASE WHEN r.absent_reason_raw IS NOT NULL THEN '不在校' ELSE COALESCE(s.state, '在读') END AS state,
         COALESCE(r.absent_reason, s.a5) AS state_a5, s.code AS status
  FROM roll r LEFT JOIN code_roll_status s ON r.status = s.code
  WHERE r.current
),
roll_placed AS (
  SELECT r.*, CAST(CASE r.state WHEN '在读' THEN 0 WHEN '不在校' THEN 1 ELSE 2 END AS BIGINT) * 72057594037927936 + r.at AS place FROM roll_stated r
),
roll_numbered AS (SELECT r.*, MIN(r.place) OVER (PARTITION BY r.person) AS first_place FROM roll_placed r),
outside_numbered AS (
  SELECT o.person, o.at, o.school, o.home_school, o.stage, o.grade, o.grade_number, o.village, o.name, o.id_number, o.birth, o.age, o.age_from, o.age_to,
         MIN(o.at) OVER (PARTITION BY o.person) AS first_at
  FROM outside o WHERE o.current
),
absence_numbered AS (
  SELECT a.person, a.at, a.school, a.village, a.reason, a.reason_raw, a.name, a.id_number, a.birth, a.age, a.age_from, a.age_to,
         MIN(a.at) OVER (PARTITION BY a.person) AS first_at
  FROM absence a WHERE a.current
),
register_rows AS (SELECT * FROM register_numbered WHERE at = first_at),
roll_rows AS (SELECT * FROM roll_numbered WHERE place = first_place),
outside_rows AS (SELECT * FROM outside_numbered WHERE at = first_at),
absence_rows AS (SELECT * FROM absence_numbered WHERE at = first_at),
keys AS (
  SELECT person FROM register_rows
  UNION SELECT person FROM roll_rows
  UNION SELECT person FROM outside_rows
  UNION SELECT person FROM absence_rows
),
joined AS (
  SELECT
    k.person,
    COALESCE(g.at, a.at, r.at, o.at) AS at,
    COALESCE(g.name, r.name, a.name, o.name) AS name,
    COALESCE(g.id_number, r.id_number, a.id_number, o.id_number) AS id_number,
    COALESCE(g.village, a.village, r.village, o.village) AS village,
    COALESCE(g.birth, r.birth, a.birth, o.birth) AS birth,
    COALESCE(g.age, r.age, a.age, o.age) AS age,
    COALESCE(g.age_from, r.age_from, a.age_from, o.age_from) AS age_from,
    COALESCE(g.age_to, r.age_to, a.age_to, o.age_to) AS age_to,
    g.at AS register_at,
    g.at IS NOT NULL AS registered,
    g.household AS household,
    g.household_id AS household_id,
    r.at AS roll_at, r.school AS roll_school, r.stage AS roll_stage, r.grade AS roll_grade, r.grade_number AS roll_grade_number,
    r.state AS roll_state, r.state_a5 AS roll_a5, r.status AS roll_status, r.local AS roll_local,
    o.at AS outside_at, o.school AS outside_school, o.home_school AS home_school,
    o.stage AS outside_stage, o.grade AS outside_grade, o.grade_number AS outside_grade_number,
    a.at AS absence_at, a.school AS absence_school, a.reason AS absence_reason, a.reason_raw AS absence_reason_raw
  FROM keys k
  LEFT JOIN register_rows g ON k.person = g.person
  LEFT JOIN roll_rows r ON k.person = r.person
  LEFT JOIN outside_rows o ON k.person = o.person
  LEFT JOIN absence_rows a ON k.person = a.person
)
SELECT
  j.*,
  CASE WHEN j.roll_state IN ('在读', '不在校') THEN COALESCE(j.roll_school, d.school, j.absence_school, j.home_school)
       ELSE COALESCE(d.school, j.absence_school, j.home_school, j.roll_school) END AS school,
  COALESCE(d.school, j.absence_school, j.home_school, j.roll_school) AS answering_school
FROM joined j
LEFT JOIN answerable d ON j.village = d.village
