-- 采集表：每份采集到的回答一行。
-- keep
-- needs: survey
SELECT
  s.at, s.person, COALESCE(s.household, s.person) AS household, s.household_id, COALESCE(s.name, s.head_name) AS name, s.id_number,
  COALESCE(s.village, p.village) AS village, COALESCE(p.school, s.school) AS school,
  s.a18_count, s.a18_unknown, s.a18_raw,
  CASE WHEN s.a18_1 OR s.a18_2 OR s.a18_3 OR s.a18_4 OR s.a18_5 OR s.a18_6 OR s.a18_7 THEN TRUE ELSE FALSE END AS any_item,
  s.a18_8 AS none_item, s.officer_signature, s.head_signature
FROM survey s
LEFT JOIN people p ON s.person = p.person
