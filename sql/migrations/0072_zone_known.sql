-- The zones to choose from. PostgreSQL's own list is read from 1,200 files at each look: a tenth of a second for each page with the choice.
create table zone_known (zone text primary key);
comment on table zone_known is 'time zones of places where people live, as this server has them; filled at each upgrade';
grant select on zone_known to unknot_web;
