-- 采集表逐项的凭据：每份回答的每一项 A18 政策一行，带本人（或全户）的发放记录、普遍享受（凭现在的学段和年龄推定也算）和学段能不能有这一项。
-- keep
-- needs: survey
WITH homes AS (SELECT DISTINCT household FROM survey WHERE for_household AND household IS NOT NULL),
members AS (
  SELECT r.person, MIN(r.household) AS household, MIN(r.registered_year) AS registered_year
  FROM register r JOIN surveyed q ON r.person = q.person WHERE r.current GROUP BY r.person
),
presumed AS (
  SELECT DISTINCT r.person, m.household, b.item
  FROM reached r
  CROSS JOIN benefits b
  JOIN code_stage t ON b.stage = t.code
  LEFT JOIN members m ON r.person = m.person
  WHERE b.universal AND b.carried
    AND (r.stage IS NULL OR b.stage_rank < r.highest_rank OR b.stage = r.stage)
    AND r.top >= t.first
    AND r.entered + t.first - 1 <= :current_year
    AND (r.entered + t.last - 1) * 10 + 2 >= b.term_from
    AND (r.entered + t.first - 1) * 10 + 1 <= b.term_to
    AND r.entered + t.last - 1 >= COALESCE(m.registered_year - 1, :first_year)
),
given AS (
  SELECT p.person, p.item, CASE WHEN p.paid THEN p.at END AS paid_at, CASE WHEN p.universal OR p.certain THEN 1 ELSE 0 END AS universal, CASE WHEN p.paid THEN 1 ELSE 0 END AS payments
  FROM paid p JOIN surveyed q ON p.person = q.person
  UNION ALL
  SELECT person, item, CAST(NULL AS BIGINT) AS paid_at, 1 AS universal, 0 AS payments FROM presumed
),
by_person AS (
  SELECT person, item, MIN(paid_at) AS paid_at, MAX(universal) AS universal, SUM(payments) AS payments FROM given GROUP BY person, item
),
given_home AS (
  SELECT p.household, p.item, CASE WHEN p.paid THEN p.at END AS paid_at, CASE WHEN p.universal OR p.certain THEN 1 ELSE 0 END AS universal, CASE WHEN p.paid THEN 1 ELSE 0 END AS payments
  FROM paid p JOIN homes h ON p.household = h.household
  UNION ALL
  SELECT p.household, p.item, CAST(NULL AS BIGINT) AS paid_at, 1 AS universal, 0 AS payments FROM presumed p JOIN homes h ON p.household = h.household
),
by_household AS (
  SELECT household, item, MIN(paid_at) AS paid_at, MAX(universal) AS universal, SUM(payments) AS payments FROM given_home GROUP BY household, item
),
household_ranks AS (
  SELECT m.household, MAX(r.highest_rank) AS highest_rank
  FROM register m JOIN homes h ON m.household = h.household JOIN reached r ON m.person = r.person
  WHERE m.current GROUP BY m.household
),
listed AS (SELECT DISTINCT item FROM paid WHERE paid),
item_ranks AS (SELECT item, MIN(stage_rank) AS least_rank FROM benefits GROUP BY item),
items AS (
  SELECT i.code AS item, i.label AS item_label, NOT i.needs_list OR l.item IS NOT NULL AS can_judge, t.least_rank
  FROM code_a18 i LEFT JOIN listed l ON i.code = l.item LEFT JOIN item_ranks t ON i.code = t.item
  WHERE i.code <> '8'
),
answers AS (
  SELECT s.at, s.person, s.household, s.for_household, s.a18_count, i.item, i.item_label, i.can_judge, i.least_rank,
    CASE i.item WHEN '1' THEN s.a18_1 WHEN '2' THEN s.a18_2 WHEN '3' THEN s.a18_3 WHEN '4' THEN s.a18_4
                WHEN '5' THEN s.a18_5 WHEN '6' THEN s.a18_6 WHEN '7' THEN s.a18_7 END AS selected
  FROM survey s CROSS JOIN items i
)
SELECT
  a.at, a.person, a.item, a.item_label, a.selected, a.a18_count, a.for_household, a.can_judge, a.least_rank,
  q.paid_at AS other_at, COALESCE(q.payments, 0) AS payments, COALESCE(q.universal, 0) = 1 AS universal, r.highest_rank, r.stage
FROM answers a
LEFT JOIN by_person q ON a.person = q.person AND a.item = q.item
LEFT JOIN reached r ON a.person = r.person
WHERE NOT COALESCE(a.for_household, FALSE)
UNION ALL
SELECT
  a.at, a.person, a.item, a.item_label, a.selected, a.a18_count, a.for_household, a.can_judge, a.least_rank,
  h.paid_at AS other_at, COALESCE(h.payments, 0) AS payments, COALESCE(h.universal, 0) = 1 AS universal, g.highest_rank, r.stage
FROM answers a
LEFT JOIN by_household h ON a.household = h.household AND a.item = h.item
LEFT JOIN household_ranks g ON a.household = g.household
LEFT JOIN reached r ON a.person = r.person
WHERE a.for_household
