-- 采集表逐项：每份回答的每一项 A18 政策一行，带本人（或全户）的发放记录、普遍享受和学段能不能有这一项。
-- keep
-- needs: survey
-- other: aid
WITH listed AS (SELECT DISTINCT item FROM paid WHERE paid),
by_person AS (
  SELECT person, item, MIN(CASE WHEN paid THEN at END) AS paid_at, MAX(CASE WHEN universal OR certain THEN 1 ELSE 0 END) AS universal, SUM(CASE WHEN paid THEN 1 ELSE 0 END) AS payments
  FROM paid GROUP BY person, item
),
by_household AS (
  SELECT household, item, MIN(CASE WHEN paid THEN at END) AS paid_at, MAX(CASE WHEN universal OR certain THEN 1 ELSE 0 END) AS universal, SUM(CASE WHEN paid THEN 1 ELSE 0 END) AS payments
  FROM paid WHERE household IS NOT NULL GROUP BY household, item
),
members AS (SELECT DISTINCT person, household FROM register WHERE current AND household IS NOT NULL),
household_ranks AS (SELECT m.household, MAX(r.highest_rank) AS highest_rank FROM members m JOIN reached r ON m.person = r.person GROUP BY m.household),
item_ranks AS (SELECT item, MIN(stage_rank) AS least_rank FROM benefits GROUP BY item),
answers AS (
  SELECT s.*, i.code AS item, i.label AS item_label, i.needs_list,
    CASE i.code WHEN '1' THEN s.a18_1 WHEN '2' THEN s.a18_2 WHEN '3' THEN s.a18_3 WHEN '4' THEN s.a18_4
                WHEN '5' THEN s.a18_5 WHEN '6' THEN s.a18_6 WHEN '7' THEN s.a18_7 END AS selected
  FROM survey s CROSS JOIN code_a18 i
  WHERE i.code <> '8'
)
SELECT
  a.at, a.person, COALESCE(a.household, a.person) AS household, a.household_id, COALESCE(a.name, a.head_name) AS name, a.id_number,
  v.village, v.school,
  a.item, a.item_label, a.selected, a.a18_count, a.for_household,
  CASE WHEN a.for_household THEN h.paid_at ELSE q.paid_at END AS other_at,
  COALESCE(CASE WHEN a.for_household THEN h.payments ELSE q.payments END, 0) AS payments,
  COALESCE(CASE WHEN a.for_household THEN h.universal ELSE q.universal END, 0) = 1 AS universal,
  NOT a.needs_list OR l.item IS NOT NULL AS can_judge,
  CASE WHEN a.for_household THEN g.highest_rank ELSE r.highest_rank END AS highest_rank,
  t.least_rank, r.stage
FROM answers a
LEFT JOIN by_person q ON a.person = q.person AND a.item = q.item
LEFT JOIN by_household h ON a.household = h.household AND a.item = h.item
LEFT JOIN listed l ON a.item = l.item
JOIN surveys v ON a.at = v.at
LEFT JOIN reached r ON a.person = r.person
LEFT JOIN household_ranks g ON a.household = g.household
LEFT JOIN item_ranks t ON a.item = t.item
