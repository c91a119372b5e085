-- A18 的户：每个登记户的每一项政策一行；凭发放记录或确定的应享。一项也没有的户记为 8。
-- needs: register aid|roll.history|outside.history
WITH households AS (
  SELECT household, MIN(at) AS at FROM register WHERE current AND household IS NOT NULL GROUP BY household
),
items AS (
  SELECT household, item FROM paid WHERE certain AND household IS NOT NULL GROUP BY household, item
),
answered AS (
  SELECT h.household, h.at, COALESCE(i.item, '8') AS code FROM households h LEFT JOIN items i ON h.household = i.household
)
SELECT
  a.at, r.person, a.household, r.household_id, r.name, r.id_number, r.village, p.school, TRUE AS registered, r.age, a.code
FROM answered a
JOIN register r ON a.at = r.at
JOIN people p ON r.person = p.person
