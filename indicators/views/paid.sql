-- 享受：每人每户每项 A18 政策的凭据：发放记录（paid）、凭在读确定的（certain）、普遍享受的（universal）。
-- keep
WITH members AS (SELECT person, MIN(registered_year) AS registered_year FROM register WHERE current GROUP BY person)
SELECT p.person, p.household, p.item, p.at, p.term, TRUE AS paid, TRUE AS certain, FALSE AS universal
FROM payments p LEFT JOIN members m ON p.person = m.person
WHERE p.item <> '' AND COALESCE(p.term, 99999) >= COALESCE(m.registered_year - 1, :first_year) * 10 + 2
UNION ALL
SELECT e.person, e.household, e.item, e.at, e.term, FALSE AS paid, e.certain, e.universal FROM entitlements e WHERE e.certain OR e.universal
