-- 采集表逐项：每份回答的每一项 A18 政策一行，带本人（或全户）的发放记录、普遍享受和学段能不能有这一项。
-- needs: survey
-- other: aid
SELECT
  a.at, a.person, v.household, v.household_id, v.name, v.id_number, v.village, v.school,
  a.item, a.item_label, a.selected, a.a18_count, a.for_household, a.other_at, a.payments, a.universal, a.can_judge,
  a.highest_rank, a.least_rank, a.stage
FROM survey_answers a
JOIN surveys v ON a.at = v.at
