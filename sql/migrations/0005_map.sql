-- The operator's map of the ground (`unknot import map`): public data, read by the search page.

create table map_shape (
    z smallint not null check (z between 0 and 24),
    x int not null check (x >= 0),
    y int not null check (y >= 0),
    kind text not null check (kind in ('park', 'water', 'river', 'district', 'road', 'name')),
    size_m real not null check (size_m >= 0),
    path text not null,
    name text check (length(name) between 1 and 60),
    check ((kind = 'name') = (name is not null))
);
comment on table map_shape is 'pieces of shapes, each in one cell: tile x, y of zoom z. Every level holds the whole map';
comment on column map_shape.size_m is 'of the whole shape, from corner to corner: the smallest are left out first';
comment on column map_shape.path is 'parts divided by semicolons, each "x y dx dy …" in 2048ths of the cell (src/view/cell.h)';
create index map_shape_cell on map_shape (z, x, y);
grant select on map_shape to unknot_web;
