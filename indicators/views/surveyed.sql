-- 采集表问到的人：填表的本人；按户填的，是那一户登记的每一个人。
-- keep
-- needs: survey
SELECT s.person FROM survey s WHERE NOT COALESCE(s.for_household, FALSE)
UNION
SELECT r.person FROM register r JOIN survey s ON r.household = s.household WHERE r.current AND s.for_household
