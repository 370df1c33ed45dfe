ALTER TABLE facets
  ADD COLUMN marks BIGINT NOT NULL DEFAULT -1,
  ADD COLUMN traits BIGINT NOT NULL DEFAULT -1,
  DROP KEY facets_by_department,
  DROP KEY facets_by_province,
  DROP KEY facets_by_class,
  DROP KEY facets_by_result,
  ADD KEY facets_by_department (account, department, level, class, ladder, result, province, affinity, lead_points, last_typed_at, marks, traits),
  ADD KEY facets_by_province (account, province, city, level, class, ladder, result, department, affinity, lead_points, last_typed_at, marks, traits),
  ADD KEY facets_by_class (account, class, result, level, ladder, province, department, affinity, lead_points, last_typed_at, marks, traits),
  ADD KEY facets_by_result (account, result, class, level, ladder, province, department, affinity, lead_points, last_typed_at, marks, traits);
ALTER TABLE rights_requests DROP COLUMN file;
ALTER TABLE supers ADD COLUMN lenses VARCHAR(255) NOT NULL DEFAULT '';
UPDATE supers SET points = '';
UPDATE doctors SET refresh_at = 1 WHERE id IN (SELECT doctor FROM supers);
