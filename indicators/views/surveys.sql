-- 采集表：每份采集到的回答一行。按户填的，村和学校随登记表里这一户的第一个人。
-- keep
-- needs: survey
WITH firsts AS (
  SELECT household, MIN(at) AS at FROM register WHERE current AND household IS NOT NULL GROUP BY household
),
homes AS (
  SELECT f.household, r.village, q.school FROM firsts f JOIN register r ON f.at = r.at JOIN people q ON r.person = q.person
)
SELECT
  s.at, s.person, COALESCE(s.household, s.person) AS household, s.household_id, COALESCE(s.name, s.head_name) AS name, s.id_number,
  COALESCE(s.village, p.village, h.village) AS village, COALESCE(p.school, s.school, h.school) AS school,
  s.a18_count, s.a18_unknown, s.a18_raw,
  CASE WHEN s.a18_1 OR s.a18_2 OR s.a18_3 OR s.a18_4 OR s.a18_5 OR s.a18_6 OR s.a18_7 THEN TRUE ELSE FALSE END AS any_item,
  s.a18_8 AS none_item, s.officer_signature, s.head_signature
FROM survey s
LEFT JOIN people p ON s.person = p.person
LEFT JOIN homes h ON s.household = h.household
