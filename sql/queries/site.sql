-- name: site.areas
-- → every state and region in which somebody is listed, with counts
select directory_areas()

-- name: site.area
-- $1 the area's part of the address → its towns, or null
select directory_area($1)

-- name: site.town
-- $1 area, $2 town, as in the address → who works there, or null
select directory_town($1, $2)

-- name: site.sitemap
-- $1 origin → the index of the site's map, XML
select sitemap_index($1)

-- name: site.sitemap_part
-- $1 origin, $2 name of a part → its addresses, XML, or null
select sitemap_part($1, $2)

-- name: site.therapist_schema
-- $1 slug, $2 origin, $3 schema.org type → the therapist in schema.org's words, or null
select therapist_schema($1, $2, $3)

-- name: site.topics
-- $1 technique or complaint → all of them with counts
select directory_topics($1)

-- name: site.topic
-- $1 technique or complaint, $2 slug → what it is, how sure anybody is, where to find somebody; or null
select directory_topic($1, $2)

-- name: site.ranking
-- → every number the order of results rests on
select directory_ranking()
