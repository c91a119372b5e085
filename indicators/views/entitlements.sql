-- 应享：每人每学期（户建档以来）每一项资助政策一行。certain 凭在读就确定；due 应当发放；都要有实在的记录、当时在校、就读方式清楚。
-- keep
WITH members AS (
  SELECT person,
    MIN(household) AS household,
    MAX(CASE WHEN exit_year IS NULL OR exit_year > 2015 THEN 1 ELSE 0 END) AS recent,
    MAX(CASE WHEN low_income OR special_support THEN 1 ELSE 0 END) AS low_income,
    MAX(CASE WHEN LENGTH(id_number) > 18 THEN 1 ELSE 0 END) AS disabled,
    MIN(registered_year) AS registered_year
  FROM register WHERE current GROUP BY person
),
certified AS (SELECT DISTINCT person FROM roll WHERE disability_number IS NOT NULL)
SELECT
  s.person, m.household, s.term, s.at, s.stage, s.school, s.basis, b.policy, b.aid, b.item, b.universal,
  b.certain AND s.sure AND s.attending AND (b.boarding = '' OR s.boarding IS NOT NULL) AND (b.grade_from = 0 OR s.grade_number > 0) AS certain,
  b.due AND NOT b.applied AND s.sure AND s.attending AND (b.grade_from = 0 OR s.grade_number > 0) AND (b.boarding = '' OR s.boarding IS NOT NULL) AS due
FROM studies s
JOIN benefits b ON s.stage = b.stage
LEFT JOIN members m ON s.person = m.person
LEFT JOIN certified c ON s.person = c.person
WHERE s.term BETWEEN b.term_from AND b.term_to
  AND s.term >= COALESCE(m.registered_year - 1, :first_year) * 10 + 2
  AND (s.grade_number = 0 OR b.grade_from = 0 OR s.grade_number >= b.grade_from)
  AND (s.grade_number = 0 OR b.grade_to = 0 OR s.grade_number <= b.grade_to)
  AND (b.boarding = '' OR s.boarding IS NULL OR s.boarding = b.boarding)
  AND (b.for_all
    OR (b.for_registered AND m.person IS NOT NULL)
    OR (b.for_recent AND m.recent = 1)
    OR (b.for_low_income AND m.low_income = 1)
    OR (b.for_disabled AND (m.disabled = 1 OR c.person IS NOT NULL)))
