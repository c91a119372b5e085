-- 输入：读取和理解文件时遇到的每一件事一行。
SELECT i.at, i.col, i.event, i.detail, i.value, i.field, i.person, i.school, i.village, i.household_id, i.name, i.id_number FROM input_events i
