-- record: the present state of one record, within a view.
SELECT r.stale & %(mask)s, r.joints, {documents}, {digests}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s
  AND {inside} AND r."right" = ANY(%(rights)s)

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

-- compare: records of a right that come, go and stay from one view to another, the first and last of each; one scan.
SELECT
  count(*) FILTER (WHERE now AND NOT was), count(*) FILTER (WHERE was AND NOT now), count(*) FILTER (WHERE was AND now),
  count(*) FILTER (WHERE was AND now AND touched),
  min(number) FILTER (WHERE now AND NOT was), max(number) FILTER (WHERE now AND NOT was),
  min(number) FILTER (WHERE was AND NOT now), max(number) FILTER (WHERE was AND NOT now),
  min(number) FILTER (WHERE was AND now AND touched), max(number) FILTER (WHERE was AND now AND touched),
  min(number) FILTER (WHERE was AND now)
  {counts}
FROM (
  SELECT r.number, %(now_holds)s AND {now} AS now, %(was_holds)s AND {was} AS was, {touched} AS touched {columns}
  FROM record r
  WHERE r.office = %(office)s AND r."right" = %(right)s AND r.live AND r.number <> ALL (%(blocked)s::text[])
) compared
WHERE now OR was
