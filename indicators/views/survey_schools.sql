-- 采集表按学校：每所学校一行，收了多少份，校长签了多少份，指向第一份。
-- needs: survey.head_signature
WITH counted AS (
  SELECT COALESCE(school, '') AS place, MIN(at) AS at, COUNT(*) AS forms, SUM(CASE WHEN head_signature IS NOT NULL THEN 1 ELSE 0 END) AS signed
  FROM surveys GROUP BY COALESCE(school, '')
)
SELECT
  s.at, s.person, s.school, s.village, s.household_id, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS id_number, c.forms, c.signed
FROM counted c
JOIN surveys s ON c.at = s.at
