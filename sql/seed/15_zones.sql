-- What this server knows of time zones and a place can have: the list that a therapist chooses from.
insert into zone_known (zone) select name from pg_timezone_names where zone_is_offered(name) on conflict do nothing;
delete from zone_known where zone not in (select name from pg_timezone_names where zone_is_offered(name));
