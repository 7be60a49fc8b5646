-- page: the newest visible change of each record after a position, in the order of publication. Of a record that is
-- outside since before its reader began nothing is told.
-- change is walked along its primary key, and each row looks at its record's later changes by an index (a
-- subquery is not turned into a join), so a page costs the same at every position.
SELECT c.position, c."right", c.number, {after}, r.loose, {present}
FROM change c
LEFT JOIN LATERAL (
    SELECT r.stale & %(mask)s AS loose, {documents}
    FROM record r
    WHERE r.office = c.office AND r."right" = c."right" AND r.number = c.number AND {after}
    OFFSET 0
) r ON true
WHERE c.office = %(office)s
  AND c.position > %(after)s
  AND c."right" = ANY(%(rights)s)
  AND {visible}
  AND ({after} OR c.position > {left})
  AND c.position = (
    SELECT n.position FROM change n
    WHERE n.office = c.office AND n."right" = c."right" AND n.number = c.number AND n.position >= c.position
      AND {later}
    ORDER BY n.position DESC LIMIT 1
  )
ORDER BY c.position
LIMIT %(limit)s

-- count_of: how many changes of a record a reader has seen up to a position.
SELECT count(*)
FROM change c
WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s
  AND {visible} AND c.position <= %(position)s

-- position_of: the position of a record's change that is the count-th for a reader.
SELECT c.position
FROM change c
WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s AND {visible}
ORDER BY c.position
OFFSET %(count)s - 1
LIMIT 1

-- inside_at: whether a record was within a view, as its newest change up to a position says.
SELECT {after}
FROM change c
WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s AND {visible}
  AND c.position <= %(position)s
ORDER BY c.position DESC
LIMIT 1

-- last_place: the last visible change up to a position, of a record that its reader is told of.
SELECT c."right", c.number, c.position
FROM change c
WHERE c.office = %(office)s AND c.position <= %(upto)s AND c."right" = ANY(%(rights)s) AND {visible}
  AND (
    SELECT {later_after} OR n.position > {left} FROM change n
    WHERE n.office = c.office AND n."right" = c."right" AND n.number = c.number AND {later}
    ORDER BY n.position DESC LIMIT 1
  )
ORDER BY c.position DESC
LIMIT 1

-- last_position: of an office.
SELECT position FROM office_position WHERE office = %(office)s

-- last_between: the last position between two that was written by an instant.
SELECT max(c.position) FROM change c
WHERE c.office = %(office)s AND c.position > %(after)s AND c.position < coalesce(%(before)s::bigint, 9223372036854775807)
  AND c.published_at < %(by)s

-- first_of: where a record came into the register.
SELECT min(c.position) FROM change c
WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s

-- difference: records that a reader lacks, or holds and must give back, after its view became another one.
-- Records are walked in the order in which they came into the register. ``held``: the newest change that was
-- visible in the former view, up to the bound; ``now``: the newest one that is visible in the present view. Of a
-- record that is outside now, the reader holds it where the former view, as it ended, let it out or lost it only since.
SELECT c.position, c."right", c.number, now.inside, r.loose, {present}
FROM change c
CROSS JOIN LATERAL (
    SELECT (SELECT h.position FROM change h
            WHERE h.office = c.office AND h."right" = c."right" AND h.number = c.number
              AND h.position <= %(bound)s AND h."right" = ANY(%(held_rights)s) AND {held}
            ORDER BY h.position DESC LIMIT 1) AS held,
           (SELECT max(n.position) FROM change n
            WHERE n.office = c.office AND n."right" = c."right" AND n.number = c.number
              AND {now}) AS now,
           EXISTS (SELECT FROM change m
            WHERE m.office = c.office AND m."right" = c."right" AND m.number = c.number
              AND (m.groups & %(missing)s <> 0 OR m.joints & %(missing_pairs)s <> 0)) AS fuller
    OFFSET 0
) p
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT {held_after} FROM change h WHERE h.office = c.office AND h.position = p.held), false)
             AS held_inside,
           coalesce((SELECT {now_after} FROM change n WHERE n.office = c.office AND n.position = p.now), false)
             AS inside
    OFFSET 0
) now
LEFT JOIN LATERAL (
    SELECT r.stale & %(mask)s AS loose, {documents}
    FROM record r
    WHERE r.office = c.office AND r."right" = c."right" AND r.number = c.number AND now.inside
    OFFSET 0
) r ON true
WHERE c.office = %(office)s
  AND c.position > %(after)s
  AND c.position <= %(last)s
  AND c."right" = ANY(%(rights)s)
  AND NOT c.was_live
  AND c.position = (
    SELECT f.position FROM change f
    WHERE f.office = c.office AND f."right" = c."right" AND f.number = c.number
    ORDER BY f.position LIMIT 1
  )
  AND coalesce(p.now, 0) <= CASE WHEN now.inside THEN %(upto)s ELSE greatest(%(upto)s, {left}) END
  AND CASE WHEN now.inside
        THEN p.held IS NULL OR p.held > %(upto)s OR NOT now.held_inside OR p.fuller
        ELSE (
          SELECT {held_after} OR h.position > greatest(%(upto)s, {since}) FROM change h
          WHERE h.office = c.office AND h."right" = c."right" AND h.number = c.number
            AND h.position <= greatest(%(bound)s, {ends}) AND h."right" = ANY(%(held_rights)s) AND {held}
            AND h.published_at <= coalesce(%(until)s::timestamptz, 'infinity')
          ORDER BY h.position DESC LIMIT 1
        )
      END
ORDER BY c.position
LIMIT %(limit)s

-- newest_at: when a record last became another one for a view: by a visible change, or by its conditions.
SELECT greatest(
    (SELECT max(c.published_at) FROM change c
     WHERE c.office = %(office)s AND c."right" = %(right)s AND c.number = %(number)s AND {visible}),
    (SELECT greatest(v.saved_at, v.starts_at) FROM store_authorizationversion v
     WHERE v.authorization_id = %(authorization)s AND v.number = %(version)s),
    (SELECT b.saved_at FROM store_baserestriction b WHERE b.office_id = %(office)s AND b.number = %(base)s)
)
