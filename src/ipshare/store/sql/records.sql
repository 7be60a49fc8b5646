-- record: the present state of one record, within a view.
SELECT r.stale & %(mask)s, r.joints, {documents}, {digests}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s
  AND {inside} AND r."right" = ANY(%(rights)s) AND NOT ({pending})

-- pending: whether a record is blocked for a view and the register does not know of it yet.
EXISTS (
    SELECT FROM store_recordblock b
    WHERE b.office_id = r.office AND b."right" = r."right" AND b.number = r.number
      AND b.applied_at IS NULL AND b.lifted_at IS NULL
      AND (b.authorization_id IS NULL OR b.authorization_id = %(authorization)s)
  )

-- image: a picture that a live record of a right in the view refers to.
SELECT i.object, i.place, i.stored_size, i.size, i.method, i.digest, i.format
FROM image i
WHERE i.office = %(office)s AND i."right" = %(right)s AND i.name = %(name)s
  AND i."right" = ANY(%(rights)s)
  AND EXISTS (
    SELECT FROM record r
    WHERE r.office = i.office AND r."right" = i."right" AND {inside} AND r.images @> ARRAY[%(name)s]::text[]
      AND r.number <> ALL (%(blocked)s::text[])
  )

-- walk: the records of a right within a view, in the order of their numbers.
SELECT r.number, r.stale & %(mask)s, {documents}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number > %(after)s
  AND {inside} AND r."right" = ANY(%(rights)s)
ORDER BY r.number
LIMIT %(limit)s

-- count: how many records of a right are within a view.
SELECT count(*)
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND {inside} AND r."right" = ANY(%(rights)s)

-- compare: records of a right by whether they are in two views and which of some groups they hold; one scan.
-- Grouped, so that each row is looked at once: filters of aggregates would each look at it again.
SELECT %(was_holds)s AND {was} AS was, %(now_holds)s AND {now} AS now, {held} AS held,
  count(*), min(r.number), max(r.number)
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.live AND r.number <> ALL (%(blocked)s::text[])
GROUP BY 1, 2, 3

-- positions: between which an office's records stand.
SELECT min(r.position), max(r.position) FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = ANY(%(numbers)s::text[])
