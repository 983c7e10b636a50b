-- name: finder.choices
-- $1 step, $2 said as {kind:slug,…} → {"groups": [{"label", "choices": [{"id", "name", "value", "label", "about", "on"}]}]}
select finder_groups($1, $2::text[])

-- name: finder.suggestions
-- $1 said as {kind:slug,…}, $2 highest pressure or null, $3 techniques that the safety check leaves out → the document of the last page, or {"wrong": kind}
select finder($1::text[], $2::int, $3::text[])

-- name: finder.today
-- → {"day","month_first"}: how the day is written on a page without a place
select finder_today()
