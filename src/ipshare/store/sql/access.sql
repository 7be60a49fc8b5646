-- by_token: the client that a live access token was given to, and each authorization that it may use at present.
-- One row per authorization; one without any where the client may use none. Its columns are those of access.py.
SELECT t.id, t.resource::text, c.id, c.client_id, c.name, c.authorization_id, c.third_party_id,
       c.office_id, c.rights, c.last_used_at, {allowed}
FROM oauth2_provider_accesstoken t
JOIN store_tokensource s ON s.token_id = t.id
LEFT JOIN store_clientsecret p ON p.id = s.secret_id
LEFT JOIN store_clientkey k ON k.id = s.key_id
JOIN store_client c ON c.id = t.application_id
LEFT JOIN store_office o ON o.code = c.office_id
LEFT JOIN store_authorization a ON {used}
{conditions}
WHERE t.{its} AND t.expires > %(at)s AND (c.authorization_id IS NOT NULL OR c.third_party_id IS NOT NULL OR o.active)
  AND (p.id IS NOT NULL AND p.revoked_at IS NULL OR k.id IS NOT NULL AND k.revoked_at IS NULL)
ORDER BY a.office_id

-- of_client: each authorization that a client may use at present, with its newest conditions.
SELECT {allowed}
FROM store_client c
JOIN store_authorization a ON {used}
{conditions}
WHERE c.id = %(client)s
ORDER BY a.office_id

-- used: its own authorization, or those of its third party whose offices allow it.
c.authorization_id = a.id OR c.third_party_id = a.third_party_id AND a.allows_organisation

-- allowed: one authorization.
a.id, a.office_id, a.version, a.organisation_used_at, v.id IS NOT NULL, v.rights, v.excluded, v.filter::text,
v.images, v.documents, v.channels, v.starts_at, v.ends_at, v.requests_per_minute, v.bytes_per_day, v.networks,
v.purpose, v.terms, b.number, b.excluded,
ARRAY(SELECT g."right" FROM register_grouping g WHERE g.office = a.office_id AND g.grouping <> %(grouping)s)

-- conditions: the newest version of an authorization, and of its office's base restriction.
LEFT JOIN store_authorizationversion v ON v.authorization_id = a.id AND v.number = a.version
LEFT JOIN LATERAL (
    SELECT b.number, b.excluded FROM store_baserestriction b
    WHERE b.office_id = a.office_id ORDER BY b.number DESC LIMIT 1
) b ON true

-- versions: those of an authorization that a cursor names, and those after another one up to a third.
SELECT v.number, v.rights, v.filter::text, v.position, v.starts_at, v.ends_at, v.saved_at
FROM store_authorizationversion v
WHERE v.authorization_id = %(authorization)s
  AND (v.number = ANY(%(named)s::int[]) OR v.number > %(after)s::int AND v.number <= %(upto)s::int)

-- blocked: the records blocked for an authorization that the register does not know of yet.
SELECT b."right", b.number FROM store_recordblock b
WHERE b.office_id = %(office)s AND b.applied_at IS NULL AND b.lifted_at IS NULL
  AND (b.authorization_id IS NULL OR b.authorization_id = %(authorization)s)

-- count: what a client has asked for in its minute and received on its day, with this; one statement, one commit.
INSERT INTO store_clientuse AS held (client_id, office, minute, requests, day, size)
VALUES (%(client)s, %(office)s, %(minute)s, %(requests)s, %(day)s, %(size)s)
ON CONFLICT (client_id, office) DO UPDATE SET
    requests = CASE WHEN held.minute < excluded.minute THEN 0 ELSE held.requests END + excluded.requests,
    minute = greatest(held.minute, excluded.minute),
    size = CASE WHEN held.day < excluded.day THEN 0 ELSE held.size END + excluded.size,
    day = greatest(held.day, excluded.day)
RETURNING minute, requests, day, size

-- disclose: a row of the ledger; committed when this returns, unless the caller is in a transaction.
-- The positions are those at which its records stand; of what was made before, those at which they stood up to then.
INSERT INTO store_disclosure (at, day, office_id, authorization_id, version, base, client, channel, "right", groups,
                              numbers, records, files, size, request, first_position, last_position)
SELECT %(at)s::timestamptz, %(day)s::date, %(office)s::text, %(authorization)s::bigint, %(version)s::int,
       %(base)s::int, %(client)s::text, %(channel)s::text, %(right)s::text, %(groups)s::int, asked.numbers,
       %(records)s::int, %(files)s::text[], %(size)s::bigint, %(request)s::text,
       coalesce(%(first)s::bigint, stood.first), coalesce(%(last)s::bigint, stood.last)
FROM (SELECT ARRAY(SELECT json_array_elements_text(%(numbers)s::json)) AS numbers OFFSET 0) asked
CROSS JOIN LATERAL (
    SELECT min(at.position) AS first, max(at.position) AS last
    FROM (SELECT CASE WHEN r.position <= coalesce(%(upto)s::bigint, r.position) THEN r.position
                      ELSE (SELECT max(c.position) FROM change c
                            WHERE c.office = r.office AND c."right" = r."right" AND c.number = r.number
                              AND c.position <= %(upto)s::bigint) END AS position
          FROM record r
          WHERE r.office = %(office)s::char(2) AND r."right" = %(right)s::text AND r.number = ANY(asked.numbers)
            AND %(first)s::bigint IS NULL) at
) stood
