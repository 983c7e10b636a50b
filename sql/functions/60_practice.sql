-- What a therapist sees and changes. Invoker's rights: row-level security says whose rows these are.

create or replace function say_week(p_first date, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when month_first(p_country) then
               case when extract(year from p_first) <> extract(year from p_first + 6) then say_date_long(p_first, p_country) else to_char(p_first, 'FMMonth FMDD') end
               || ' to ' || case when extract(month from p_first) <> extract(month from p_first + 6) then say_date_long(p_first + 6, p_country) else to_char(p_first + 6, 'FMDD, YYYY') end
           else
               to_char(p_first, case when extract(year from p_first) <> extract(year from p_first + 6) then 'FMDD FMMonth YYYY'
                                      when extract(month from p_first) <> extract(month from p_first + 6) then 'FMDD FMMonth' else 'FMDD' end)
               || ' to ' || say_date_long(p_first + 6, p_country)
           end
    $$;
comment on function say_week is '23 to 29 November 2026; November 23 to 29, 2026';

create or replace function say_zone_place(p_zone text) returns text
    language sql immutable strict parallel safe
    as $$ select replace(p_zone, '_', ' ') $$;

create or replace function practice_problem(p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'field', p_field, 'title', p_title) $$;

-- How what a therapist does ends: a row of the audit when something was there to be changed, which it answers.
create or replace function practice_noted(p_found boolean, p_action text, p_object text) returns boolean
    language plpgsql
    as $$
begin
    insert into audit (account_id, action, object) select auth.account(), p_action, p_object where p_found;
    return p_found;
end $$;

-- What a page has to say before it can be published: [{"step","text","href"}].
create or replace function practice_missing(t therapist) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('step', x.step, 'text', x.text, 'href', x.href) order by x.n), '[]') from (values
        (1, 'profile', t.headline = '', 'A line about you', '/practice/profile/about#headline'),
        (2, 'profile', t.about = '', 'A text about how you work', '/practice/profile/about#about'),
        (3, 'place', not exists (select from location l where l.therapist_id = t.id), 'A place where you work', '/practice/places/new'),
        (4, 'hours', not exists (select from hours h join location l on l.id = h.location_id where l.therapist_id = t.id), 'Opening hours',
            coalesce('/practice/hours/' || (select min(id) from location where therapist_id = t.id), '/practice/hours')),
        (5, 'service', not exists (select from service s where s.therapist_id = t.id and s.retired_at is null), 'A service with its price', '/practice/services/new'),
        (6, 'profile', not exists (select from therapist_tag g join tag k on k.id = g.tag_id where g.therapist_id = t.id and k.kind = 'technique'), 'The techniques you use', '/practice/profile/techniques'),
        (7, 'credential', not exists (select from credential c where c.therapist_id = t.id), 'A credential to be checked', '/practice/credentials')) x (n, step, lacks, text, href) where x.lacks
    $$;

grant execute on function practice_missing, practice_noted, say_week, say_zone_place, practice_problem to unknot_web;
