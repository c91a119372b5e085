-- 认定：每个有去向认定的人一行，看认定和数据矛不矛盾（认定见《问题台账》的“去向认定”）。
-- keep
-- other: roll outside aid
WITH paid_now AS (SELECT person, MIN(at) AS at FROM payments WHERE term = :current_term GROUP BY person),
asked AS (SELECT person, MIN(at) AS at FROM survey GROUP BY person),
placed AS (
  SELECT z.person, c.label AS resolution, c.claims, c.a5, c.settles, p.at, p.household, p.household_id, p.name, p.id_number, p.village, p.school,
    p.age, p.roll_state, g.health, k.in_scope, k.enrolled,
    COALESCE(CASE WHEN p.roll_state IN ('在读', '不在校') THEN p.roll_at END, p.outside_at, y.at, s.at) AS seen_at
  FROM resolutions z
  JOIN code_resolution c ON z.resolution = c.code
  JOIN people p ON z.person = p.person
  JOIN children k ON z.person = k.person
  LEFT JOIN register g ON p.register_at = g.at
  LEFT JOIN paid_now y ON z.person = y.person
  LEFT JOIN asked s ON z.person = s.person
)
SELECT
  x.at, x.person, x.household, x.household_id, x.name, x.id_number, x.village, x.school, x.age, x.resolution, x.claims, x.a5, x.health, x.seen_at AS other_at,
  x.settles, FALSE AS settled,
  CASE x.claims
    WHEN '人不在' THEN '学籍、区外就读、资助或采集表里有他现在的记录'
    WHEN '有学籍' THEN '学籍、区外就读表里都没有他'
    WHEN '没有学籍' THEN '学籍里有他的在读记录'
    WHEN '超龄' THEN '按基准日还是适龄儿童'
    WHEN '病残' THEN '登记的健康状况是健康'
  END AS clash,
  CASE x.claims
    WHEN '人不在' THEN x.seen_at IS NOT NULL
    WHEN '有学籍' THEN NOT COALESCE(x.enrolled, FALSE)
    WHEN '没有学籍' THEN COALESCE(x.roll_state = '在读', FALSE)
    WHEN '超龄' THEN COALESCE(x.in_scope, FALSE)
    WHEN '病残' THEN COALESCE(x.health = '健康', FALSE)
    ELSE FALSE
  END AS contradicted
FROM placed x
