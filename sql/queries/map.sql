-- name: map.frame
-- $1 level, $2 to $3 and $4 to $5 cells across and down, $6 size in metres below which nothing is seen
-- → [{"kind", "x", "y", "path", "name"}], the largest shapes first, as much as a page can show; null where there is no map
select json_agg(json_build_object('kind', kind, 'x', x, 'y', y, 'path', path, 'name', name) order by size_m desc, x, y, kind, path)
from (
    select s.*, sum(length(path)) over (order by size_m desc, x, y, kind, path) as bytes
    from map_shape s
    where z = $1::smallint and x between $2::int and $3::int and y between $4::int and $5::int
      and size_m >= $6::float8 * case kind when 'name' then 12 else 1 end
) seen
where bytes <= 60000
