-- 身份：十张表里每一条涉及人的记录一行，带证件号的状态、同号的另一条记录和另一个姓名。
-- relisted：同一所学校同一个班（区外同校同段、不在校同一原因）在另一张表里又列了一遍，如学籍和上报的统计表，不是重复。
-- other: any
WITH every AS (
  SELECT 'register' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, pass FROM register
  UNION ALL SELECT 'roll' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, pass FROM roll
  UNION ALL SELECT 'outside' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, pass FROM outside
  UNION ALL SELECT 'absence' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, pass FROM absence
  UNION ALL SELECT 'aid' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, pass FROM aid
  UNION ALL SELECT 'survey' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, pass FROM survey
  UNION ALL SELECT 'pairing' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, pass FROM pairing
),
register_firsts AS (SELECT person, year AS period, MIN(at) AS first_at FROM register GROUP BY person, year HAVING COUNT(*) > 1),
roll_firsts AS (SELECT person, term AS period, MIN(at) AS first_at FROM roll GROUP BY person, term HAVING COUNT(*) > 1),
outside_firsts AS (SELECT person, term AS period, MIN(at) AS first_at FROM outside GROUP BY person, term HAVING COUNT(*) > 1),
absence_firsts AS (SELECT person, term AS period, MIN(at) AS first_at FROM absence GROUP BY person, term HAVING COUNT(*) > 1),
listings AS (
  SELECT r.at, f.first_at, CAST(NULL AS VARCHAR) AS listing FROM register_firsts f JOIN register r ON f.person = r.person WHERE COALESCE(f.period, 0) = COALESCE(r.year, 0)
  UNION ALL
  SELECT r.at, f.first_at, COALESCE(r.school, '') || COALESCE(r.grade, '') || COALESCE(r.class, '') AS listing
  FROM roll_firsts f JOIN roll r ON f.person = r.person WHERE COALESCE(f.period, 0) = COALESCE(r.term, 0)
  UNION ALL
  SELECT o.at, f.first_at, COALESCE(o.school, '') || COALESCE(o.stage, '') AS listing
  FROM outside_firsts f JOIN outside o ON f.person = o.person WHERE COALESCE(f.period, 0) = COALESCE(o.term, 0)
  UNION ALL
  SELECT a.at, f.first_at, COALESCE(a.reason, '') AS listing
  FROM absence_firsts f JOIN absence a ON f.person = a.person WHERE COALESCE(f.period, 0) = COALESCE(a.term, 0)
),
numbered AS (
  SELECT l.at, l.first_at,
    MIN(l.listing) OVER (PARTITION BY l.first_at) AS least_listing, MAX(l.listing) OVER (PARTITION BY l.first_at) AS most_listing
  FROM listings l
),
again AS (
  SELECT at, first_at,
    least_listing = most_listing AND FLOOR(at / 4294967296.0) <> FLOOR(first_at / 4294967296.0) AS relisted
  FROM numbered WHERE at > first_at
),
named AS (
  SELECT person, at, name, CAST(CASE source WHEN 'register' THEN 0 WHEN 'roll' THEN 1 ELSE 2 END AS BIGINT) * 72057594037927936 + at AS place
  FROM every WHERE id_state = '正确' AND name IS NOT NULL
),
placed AS (SELECT person, at, name, place, MIN(place) OVER (PARTITION BY person) AS first_place FROM named),
reference AS (SELECT person, at, name FROM placed WHERE place = first_place),
judged AS (
  SELECT e.source, e.at, e.person, e.name, e.id_number, e.id_state, e.id_birth, e.id_sex, e.birth_date, e.sex, e.pass,
    CASE WHEN g.at IS NOT NULL THEN 2 ELSE 1 END AS nth, COALESCE(g.relisted, FALSE) AS relisted,
    e.source IN ('register', 'roll', 'outside', 'absence') AS one_row_each,
    COALESCE(g.first_at, f.at) AS other_at,
    CASE WHEN e.at <> f.at THEN f.name END AS reference_name
  FROM every e
  LEFT JOIN again g ON e.at = g.at
  LEFT JOIN reference f ON e.person = f.person
),
rest AS (
  SELECT at, village, CAST(NULL AS VARCHAR) AS row_school, link_note FROM register
  UNION ALL SELECT at, village, school AS row_school, link_note FROM roll
  UNION ALL SELECT at, village, home_school AS row_school, link_note FROM outside
  UNION ALL SELECT at, village, school AS row_school, link_note FROM absence
  UNION ALL SELECT at, village, school AS row_school, link_note FROM aid
  UNION ALL SELECT at, village, school AS row_school, link_note FROM survey
  UNION ALL SELECT at, village, school AS row_school, link_note FROM pairing
)
SELECT
  j.source, j.at, j.person, j.name, j.id_number, j.id_state, j.id_birth, j.id_sex, j.birth_date, j.sex, j.nth, j.pass, r.link_note,
  j.one_row_each, j.relisted,
  COALESCE(r.village, p.village) AS village, COALESCE(p.school, r.row_school) AS school, p.household, p.household_id,
  j.other_at, j.reference_name
FROM judged j
JOIN rest r ON j.at = r.at
LEFT JOIN people p ON j.person = p.person
