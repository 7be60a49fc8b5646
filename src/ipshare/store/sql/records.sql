-- record: the present state of one record, within a view.
SELECT {documents}, {digests}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s
  AND r.live AND r."right" = ANY(%(rights)s)

-- image: a picture that a live record of a right in the view refers to.
SELECT i.object, i.place, i.stored_size, i.size, i.method, i.digest, i.format
FROM image i
WHERE i.office = %(office)s AND i."right" = %(right)s AND i.name = %(name)s
  AND i."right" = ANY(%(rights)s)
  AND EXISTS (
    SELECT FROM record r
    WHERE r.office = i.office AND r."right" = i."right" AND r.live AND r.images @> ARRAY[%(name)s]::text[]
  )
