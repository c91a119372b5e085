-- 历年资助：每人每学期每一项一行，金额和天数相加。
-- needs: aid|roll.history|outside.history
SELECT y.person, y.term, y.aid, i.label, y.item, i.to_school, SUM(y.amount) AS amount, SUM(y.days) AS days, COUNT(*) AS payments
FROM payments y JOIN code_aid_item i ON y.aid = i.code
WHERE y.term IS NOT NULL AND y.item <> ''
GROUP BY y.person, y.term, y.aid, i.label, y.item, i.to_school
