-- 身份：十张表里每一条涉及人的记录一行，带证件号的状态、同号的另一条记录和另一个姓名。
-- relisted：同一所学校同一个班（区外同校同段、不在校同一原因）在另一张表里又列了一遍，如学籍和上报的统计表，不是重复。
-- other: any
WITH every AS (
  SELECT 'register' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, village, NULL AS row_school, CAST(year AS VARCHAR) AS period, pass, link_note, NULL AS listing FROM register
  UNION ALL SELECT 'roll' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, village, school AS row_school, CAST(term AS VARCHAR) AS period, pass, link_note, COALESCE(school, '') || COALESCE(grade, '') || COALESCE(class, '') AS listing FROM roll
  UNION ALL SELECT 'outside' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, village, home_school AS row_school, CAST(term AS VARCHAR) AS period, pass, link_note, COALESCE(school, '') || COALESCE(stage, '') AS listing FROM outside
  UNION ALL SELECT 'absence' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, sex, village, school AS row_school, CAST(term AS VARCHAR) AS period, pass, link_note, COALESCE(reason, '') AS listing FROM absence
  UNION ALL SELECT 'aid' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, village, school AS row_school, NULL AS period, pass, link_note, NULL AS listing FROM aid
  UNION ALL SELECT 'survey' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, village, school AS row_school, NULL AS period, pass, link_note, NULL AS listing FROM survey
  UNION ALL SELECT 'pairing' AS source, person, at, name, id_number, id_state, id_birth, id_sex, birth_date, NULL AS sex, village, school AS row_school, NULL AS period, pass, link_note, NULL AS listing FROM pairing
),
numbered AS (
  SELECT e.*,
    MIN(at) OVER (PARTITION BY source, person, COALESCE(period, '')) AS first_at,
    MIN(listing) OVER (PARTITION BY source, person, COALESCE(period, '')) AS least_listing,
    MAX(listing) OVER (PARTITION BY source, person, COALESCE(period, '')) AS most_listing
  FROM every e WHERE source IN ('register', 'roll', 'outside', 'absence')
  UNION ALL
  SELECT e.*, at AS first_at, listing AS least_listing, listing AS most_listing
  FROM every e WHERE source NOT IN ('register', 'roll', 'outside', 'absence')
),
placed AS (
  SELECT person, at, name, CAST(CASE source WHEN 'register' THEN 0 WHEN 'roll' THEN 1 ELSE 2 END AS BIGINT) * 72057594037927936 + at AS place
  FROM every WHERE id_state = '正确' AND name IS NOT NULL
),
named AS (SELECT p.*, MIN(p.place) OVER (PARTITION BY p.person) AS first_place FROM placed p),
reference AS (SELECT person, at, name FROM named WHERE place = first_place)
SELECT
  n.source, n.at, n.person, n.name, n.id_number, n.id_state, n.id_birth, n.id_sex, n.birth_date, n.sex, CASE WHEN n.at > n.first_at THEN 2 ELSE 1 END AS nth, n.pass, n.link_note,
  n.source IN ('register', 'roll', 'outside', 'absence') AS one_row_each,
  n.least_listing = n.most_listing AND FLOOR(n.at / 4294967296.0) <> FLOOR(n.first_at / 4294967296.0) AS relisted,
  COALESCE(n.village, p.village) AS village, COALESCE(p.school, n.row_school) AS school, p.household, p.household_id,
  CASE WHEN n.at > n.first_at THEN n.first_at ELSE f.at END AS other_at,
  CASE WHEN n.at <> f.at THEN f.name END AS reference_name
FROM numbered n
LEFT JOIN reference f ON n.person = f.person
LEFT JOIN people p ON n.person = p.person
