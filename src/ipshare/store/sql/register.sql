-- by_number: keys of records in the order of their numbers; of those that are in the register, or of those withdrawn.
SELECT '', r.number
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND {conditions}
ORDER BY r.number {direction}
LIMIT %(limit)s

-- walked: keys of records that the index finds, read in their order until there are enough: for what many answer.
SELECT {day}::text, s.number
FROM search s
WHERE s.office = %(office)s AND s."right" = %(right)s AND {conditions}
ORDER BY {order}
LIMIT %(limit)s

-- gathered: the same, all found first and then put in order: for what few answer.
WITH found AS MATERIALIZED (
    SELECT {day} AS day, s.number FROM search s
    WHERE s.office = %(office)s AND s."right" = %(right)s AND {conditions}
)
SELECT s.day::text, s.number FROM found s
ORDER BY {order}
LIMIT %(limit)s

-- counted: how many the index finds, as far as they are counted.
SELECT count(*) FROM (
    SELECT FROM search s WHERE s.office = %(office)s AND s."right" = %(right)s AND {conditions} LIMIT %(most)s
) found

-- plan: which ways the planner may take, for this transaction.
SELECT set_config('enable_seqscan', %(seqscan)s, true), set_config('enable_indexscan', %(indexscan)s, true),
  set_config('enable_indexonlyscan', %(indexscan)s, true), set_config('enable_bitmapscan', %(bitmapscan)s, true)

-- expected: what the planner expects the index to find.
EXPLAIN (FORMAT JSON)
SELECT FROM search s WHERE s.office = %(office)s AND s."right" = %(right)s AND {conditions}

-- expected_of_right: the same of one right of several; with a limit PostgreSQL shares no part of it among workers.
(SELECT 1 FROM search s WHERE s.office = %(office)s AND s."right" = %(right{place})s AND {conditions} LIMIT 1000000000)

-- near_by_gather: of several rights the first records that the index finds, and how many, as far as they are counted.
SELECT n."right", s.number, s.count
FROM unnest(%(rights)s::text[]) n ("right")
CROSS JOIN LATERAL (
    SELECT f.number, count(*) OVER () AS count FROM (
        SELECT s.number FROM search s
        WHERE s.office = %(office)s AND s."right" = n."right" AND {conditions} LIMIT %(most)s
    ) f
    ORDER BY f.number LIMIT %(limit)s
) s
ORDER BY n."right", s.number

-- near_by_walk: the same of what is common, walked in its order and not counted.
SELECT n."right", s.number, %(most)s::bigint
FROM unnest(%(rights)s::text[]) n ("right")
CROSS JOIN LATERAL (
    SELECT s.number FROM search s
    WHERE s.office = %(office)s AND s."right" = n."right" AND {conditions}
    ORDER BY s.number LIMIT %(limit)s
) s
ORDER BY n."right", s.number

-- counted_by_number: how many records, without the index, as far as they are counted.
SELECT count(*) FROM (
    SELECT FROM record r WHERE r.office = %(office)s AND r."right" = %(right)s AND {conditions} LIMIT %(most)s
) found

-- lines: what a list shows of some records; of those that the index found, only what they hold at present.
SELECT r."right", r.number, r.live, (r.facets).filed, (r.facets).registered, (r.facets).has_errors,
  r.live AND ((r.facets).is_blocked OR (r.facets).blocked_for <> '{{}}'), {documents}
FROM {source}
WHERE r.office = %(office)s AND r."right" = ANY(%(rights)s::text[]) AND r.number = ANY(%(numbers)s::text[]) AND {conditions}

-- record: everything that is held of one record.
SELECT r.live, r.stale, r.submission_id, r.checked_by, r.images, (r.facets).filed, (r.facets).registered,
  (r.facets).is_published, (r.facets).is_registered, (r.facets).is_international, (r.facets).has_errors, {documents}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s

-- named: the rights in which some numbers are held, or were.
SELECT r."right", r.number, r.live
FROM record r
WHERE r.office = %(office)s AND r."right" = ANY(%(rights)s) AND r.number = ANY(%(numbers)s::text[])
ORDER BY r."right", r.number

-- history: the changes of one record, newest first, with the number and the kind of the submission that made each.
SELECT c.position, c.groups, c.joints <> 0, c.was_live, c.live, c.submission_id, s.number, s.kind, c.published_at,
  coalesce((coalesce(c.before, c.after)).is_blocked, false), coalesce((c.after).is_blocked, false)
FROM change c
LEFT JOIN store_submission s ON s.id = c.submission_id AND s.office_id = c.office
WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s
ORDER BY c.position DESC
LIMIT %(limit)s

-- pictures: files that a package of the office brought.
SELECT i.name, i.object, i.place, i.stored_size, i.size, i.method, i.digest, i.format, i.width, i.height
FROM image i
WHERE i.office = %(office)s AND i."right" = %(right)s AND i.name = ANY(%(names)s::text[])

-- place: the office's last position, and the one up to which the index has its changes.
SELECT coalesce((SELECT position FROM office_position WHERE office = %(office)s), 0),
       coalesce((SELECT position FROM search_upto WHERE office = %(office)s), 0)
