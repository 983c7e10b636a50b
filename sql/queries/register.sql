-- role: owner

-- name: register.mapping
-- $1 register → its mapping, or null
select mapping::text from register where id = $1::int

-- name: register.clear
-- Empties the staging table.
truncate register_load

-- name: register.copy
-- Rows of a register's file: number, name, status, last day, remark on discipline; all but the first two may be null.
copy register_load (number, name, status, expires, discipline) from stdin

-- name: register.store
-- $1 register, $2 date of the file, $3 its name, $4 rows left out, $5 mapping → {"register","dated","entries","left_out"}
select register_store($1::int, $2::date, $3, $4::int, $5::jsonb)
