-- 享受：每人每户每项 A18 政策的凭据：发放记录（paid）、凭在读确定的（certain）、普遍享受的（universal，凭现在的学段和年龄推定也算）。
-- keep
WITH members AS (
  SELECT person, MIN(household) AS household, MIN(registered_year) AS registered_year FROM register WHERE current GROUP BY person
),
first_rows AS (SELECT person, MIN(at) AS at FROM register WHERE current GROUP BY person),
presumed AS (
  SELECT DISTINCT r.person, b.item
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
)
SELECT p.person, p.household, p.item, p.at, p.term, TRUE AS paid, TRUE AS certain, FALSE AS universal
FROM payments p LEFT JOIN members m ON p.person = m.person
WHERE p.item <> '' AND COALESCE(p.term, 99999) >= COALESCE(m.registered_year - 1, :first_year) * 10 + 2
UNION ALL
SELECT e.person, e.household, e.item, e.at, e.term, FALSE AS paid, e.certain, e.universal FROM entitlements e WHERE e.certain OR e.universal
UNION ALL
SELECT q.person, h.household, q.item, f.at, CAST(NULL AS BIGINT) AS term, FALSE AS paid, FALSE AS certain, TRUE AS universal
FROM presumed q LEFT JOIN members h ON q.person = h.person LEFT JOIN first_rows f ON q.person = f.person
