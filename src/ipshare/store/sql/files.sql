-- records_of: the records within a view that refer to a file.
SELECT r.number
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND {inside} AND r.images @> ARRAY[%(name)s]::text[]
ORDER BY r.number
LIMIT %(limit)s
