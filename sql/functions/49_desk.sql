-- The front desk of a practice: all its therapists' days, and visits booked, moved, cancelled and marked for them. A front desk has no row of bookings
-- (row-level security shows it none): it sees what these functions say of them, which is never what a client answered, what came of that but for whether the
-- visit is booked, a note, a plan or a file.

-- The therapists for whom the caller may do this.
create or replace function desk_therapists() returns int[]
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
begin
    return case when mine is null then '{}' else array(select t.id from practice_member m join therapist t on t.account_id = m.account_id where m.practice_id = mine order by t.id) end;
end $$;

-- Those of them whose requests the caller may answer: who allows it, and oneself.
create or replace function desk_answered() returns int[]
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
begin
    return case when mine is null then '{}' else array(select t.id from practice_member m join therapist t on t.account_id = m.account_id
                                                       where m.practice_id = mine and (m.desk_answers or t.id = auth.therapist()) order by t.id) end;
end $$;

create or replace function desk_may_answer(b booking) returns boolean
    language sql stable
    as $$ select b.therapist_id = any (desk_answered()) $$;

-- A visit that the caller may see; of what somebody only holds nobody knows.
create or replace function desk_has(b booking) returns boolean
    language sql stable
    as $$ select b.therapist_id = any (desk_therapists()) and (b.confirmed_at is not null or b.requested_at is not null or b.made_by = 'therapist') $$;

-- How a visit stands, in the only words that a front desk has for it.
create or replace function desk_state(b booking) returns text
    language sql stable
    as $$
    select case when booking_lapses(b) then 'Ended without an answer' when b.state = 'held' and b.clearance_asked is not null then 'Waiting for clearance' when b.state = 'held' then 'Waits for the safety check'
                when b.state = 'requested' then case when desk_may_answer(b) then 'Asked for: answer it' else 'Asked for: the therapist answers' end when b.state = 'suggested' then 'The client answers' when b.state = 'confirmed' then 'Booked' when b.state = 'attended' then 'Came'
                when b.state = 'no_show' then 'Did not come' when b.state = 'cancelled' then 'Cancelled' when b.state = 'declined' then 'Declined' else 'Ended without an answer' end
    $$;

create or replace function desk_room(b booking) returns text
    language plpgsql stable
    as $$
begin
    return (select r.name from slot_claim c join room r on r.id = c.room_id where c.booking_id = b.id and c.use = 'visit');
end $$;

create or replace function desk_visit(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('id', b.id, 'client', b.client_name, 'service', b.service_name, 'minutes', b.minutes, 'series', series_text(b),
            'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country), 'day', say_day_of(b.starts_at, b.zone, l.country),
            'place', case when b.at_home then 'Home visit' else coalesce(nullif(l.name, ''), l.street) end, 'room', desk_room(b), 'therapist', booking_therapist(b.therapist_id) ->> 'name',
            'state', desk_state(b), 'is_open', booking_waits(b.state), 'is_booked', b.state = 'confirmed', 'is_attended', b.state = 'attended', 'is_no_show', b.state = 'no_show')
        from location l where l.id = b.location_id);
end $$;

-- What stands in these therapists' days: visits, and blocked times without their notes.
create or replace function desk_items(p_therapists int[], p_from timestamptz, p_to timestamptz, p_zone text, p_country text)
    returns table (therapist_id int, starts_at timestamptz, day date, hour int, counts boolean, item json)
    language sql stable
    as $$
    select b.therapist_id, b.starts_at, local_day(b.starts_at, p_zone), extract(hour from b.starts_at at time zone p_zone)::int, not booking_waits(b.state), desk_visit(b)
    from booking b
    where b.therapist_id = any (p_therapists) and b.starts_at >= p_from and b.starts_at < p_to and desk_has(b)
      and (b.state in ('confirmed', 'attended', 'no_show') or booking_waits(b.state) and b.hold_expires > clock())
    union all
    select k.therapist_id, k.starts_at, local_day(k.starts_at, p_zone), extract(hour from k.starts_at at time zone p_zone)::int, false,
           json_build_object('is_block', true, 'time', say_time(k.starts_at, p_zone, p_country), 'end_time', say_time(k.ends_at, p_zone, p_country))
    from block k where k.therapist_id = any (p_therapists) and k.starts_at >= p_from and k.starts_at < p_to
    $$;

-- The zone and country of the practice: of its first place, or of its first therapist's.
create or replace function desk_home(p_practice int, p_therapists int[]) returns table (zone text, country text)
    language sql stable
    as $$
    select x.zone, x.country from (
        select p.zone, p.country, 0 as n, p.id from premises p where p.practice_id = p_practice
        union all select l.zone, l.country, 1, l.id from location l where l.therapist_id = any (p_therapists)
        union all select 'UTC', site_country(), 2, 0) x order by x.n, x.id limit 1
    $$;

create or replace function desk_count(p_n bigint) returns text
    language sql immutable
    as $$ select case p_n when 0 then 'No appointments' when 1 then '1 appointment' else p_n || ' appointments' end $$;

-- One day (null: today) of everybody: a column a therapist, a row an hour.
create or replace function desk_day(p_day date) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
    ours constant int[] := desk_therapists();
    home record;
    today date;
    day date;
    first_hour int;
    last_hour int;
begin
    if mine is null then
        return null;
    end if;
    select * into home from desk_home(mine, ours);
    today := local_day(clock(), home.zone);
    day := coalesce(p_day, today);
    select least(9, min(x.a)), greatest(17, max(x.b)) into first_hour, last_hour from (
        select lower(range_merge(o.open)) / 60 as a, (upper(range_merge(o.open)) + 59) / 60 as b from unnest(ours) t cross join lateral practice_open(t, day, day) o where not isempty(o.open)
        union all
        select i.hour, i.hour + 1 from desk_items(ours, day_starts(day, home.zone), day_starts(day + 1, home.zone), home.zone, home.country) i) x;
    return (
        with item as materialized (
            select i.* from desk_items(ours, day_starts(day, home.zone), day_starts(day + 1, home.zone), home.zone, home.country) i
        ), who as materialized (
            select t.id, t.name, t.slug, o.open from therapist t cross join lateral practice_open(t.id, day, day) o where t.id = any (ours)
        )
        select json_build_object('practice', p.name, 'date', day, 'day', say_date_full(day, home.country), 'is_today', day = today, 'previous', day - 1, 'following', day + 1, 'zone', say_zone_place(home.zone), 'zone_name', say_zone(clock(), home.zone),
            'count_text', (select desk_count(count(*)) from item i where i.counts), 'has_therapists', cardinality(ours) > 0,
            -- of any day, and a series once
            'requests', (select json_agg(desk_visit(b) order by b.hold_expires) from booking b where b.state = 'requested' and b.hold_expires > clock() and b.therapist_id = any (desk_answered()) and desk_has(b)
                           and (b.series_id is null or b.series_n = (select min(o.series_n) from booking o where o.series_id = b.series_id and o.state = b.state))),
            'therapists', (select json_agg(json_build_object('id', w.id, 'name', w.name, 'slug', w.slug, 'closed', isempty(w.open),
                               'visits', (select coalesce(json_agg(i.item order by i.starts_at), '[]') from item i where i.therapist_id = w.id)) order by w.name, w.id) from who w),
            'rows', (select json_agg(json_build_object('hour', say_hour(h, home.country), 'cells', (
                select json_agg(json_build_object('closed', not w.open && int4range(h * 60, h * 60 + 60),
                    'visits', (select coalesce(json_agg(i.item order by i.starts_at), '[]') from item i where i.therapist_id = w.id and i.hour = h)) order by w.name, w.id) from who w)) order by h)
                from generate_series(first_hour, last_hour - 1) h))
        from practice p where p.id = mine);
end $$;

-- A week (of the day that is named, null: this one): a row a therapist, a column a day.
create or replace function desk_week(p_day date) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
    ours constant int[] := desk_therapists();
    home record;
    today date;
    first date;
begin
    if mine is null then
        return null;
    end if;
    select * into home from desk_home(mine, ours);
    today := local_day(clock(), home.zone);
    first := week_of(coalesce(p_day, today), home.country);
    return (
        with item as materialized (
            select i.* from desk_items(ours, day_starts(first, home.zone), day_starts(first + 7, home.zone), home.zone, home.country) i
        ), open as materialized (
            select t as id, o.day, isempty(o.open) as closed from unnest(ours) t cross join lateral practice_open(t, first, first + 6) o
        ), cell as materialized (
            select o.id, o.day, t.name, json_build_object('name', t.name, 'closed', o.closed,
                       'visits', (select coalesce(json_agg(i.item order by i.starts_at), '[]') from item i where i.therapist_id = o.id and i.day = o.day)) as c
            from open o join therapist t on t.id = o.id
        )
        select json_build_object('practice', p.name, 'from', first, 'label', say_week(first, home.country), 'is_now', today between first and first + 6, 'previous', first - 7, 'following', first + 7,
            'zone', say_zone_place(home.zone), 'zone_name', say_zone(clock(), home.zone), 'count_text', (select desk_count(count(*)) from item i where i.counts), 'has_therapists', cardinality(ours) > 0,
            'days', (select json_agg(json_build_object('date', d, 'label', say_day(d, home.country), 'short', to_char(d, 'Dy FMDD'), 'is_today', d = today,
                         'therapists', (select json_agg(c.c order by c.name, c.id) from cell c where c.day = d)) order by d) from (select first + n as d from generate_series(0, 6) n) x),
            'rows', (select json_agg(json_build_object('name', t.name, 'slug', t.slug, 'cells', (select json_agg(c.c order by c.day) from cell c where c.id = t.id)) order by t.name, t.id) from therapist t where t.id = any (ours)))
        from practice p where p.id = mine);
end $$;

-- --- One visit

-- What happened to it, without what came of its form.
create or replace function desk_history(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(h order by n), '[]') from json_array_elements(booking_history(b.id, 'desk')) with ordinality x (h, n)
        where h ->> 'what' in ('held', 'requested', 'suggested', 'accepted', 'confirmed', 'moved', 'cancelled', 'declined', 'expired', 'attended', 'no_show', 'undone'));
end $$;

create or replace function desk_document(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('id', b.id, 'visit', desk_visit(b), 'state', b.state, 'state_text', desk_state(b), 'cancelled', b.state = 'cancelled', 'booked', b.state = 'confirmed', 'attended', b.state = 'attended', 'no_show', b.state = 'no_show',
            'client', json_build_object('name', b.client_name, 'email', b.client_email, 'phone', b.client_phone), 'therapist', booking_therapist(b.therapist_id), 'date', local_day(b.starts_at, b.zone), 'day', say_day_of(b.starts_at, b.zone, l.country), 'start', rfc3339(b.starts_at),
            'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country), 'zone_name', say_zone(b.starts_at, b.zone), 'service', json_build_object('name', b.service_name, 'minutes', b.minutes),
            'place', case when b.at_home then null else json_build_object('name', nullif(l.name, ''), 'street', l.street, 'town', l.town) end, 'at_home', b.at_home, 'price', say_money(b.price, b.currency), 'reference', b.reference,
            'owed', case when b.owed > 0 then say_money(b.owed, b.currency) end, 'until', case when booking_waits(b.state) and not booking_lapses(b) then say_moment(b.hold_expires, b.zone, l.country) end,
            'link_sent', b.link_sent, 'waits_for_client', b.state = 'held' and b.clearance_asked is null and b.made_by = 'therapist' and not booking_lapses(b),
            'can_answer', b.state = 'requested' and not booking_lapses(b) and desk_may_answer(b), 'can_withdraw', b.state = 'suggested' and not booking_lapses(b) and desk_may_answer(b), 'in_series', b.series_id is not null,
            'suggestion', case when b.state = 'suggested' then say_moment(b.suggested_start, b.zone, l.country) end, 'declined', b.state = 'declined', 'declined_why', case when b.state = 'declined' then b.declined_why end,
            'can_attend', b.state = 'confirmed' and b.starts_at <= clock(), 'can_move', b.state = 'confirmed' and b.starts_at > clock(),
            'can_cancel', b.starts_at > clock() and (b.state = 'confirmed' or b.state = 'held' and not booking_lapses(b)), 'can_undo', b.state in ('attended', 'no_show') and b.ended_at > clock() - interval '1 day',
            'history', desk_history(b), 'has_history', true)
        from location l where l.id = b.location_id);
end $$;

create or replace function desk_booking(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select desk_document(b) from booking b where b.id = p_id and desk_has(b) $$;

-- p_to: cancelled, attended, no_show, or confirmed, which takes one of the last two back. Requests are the therapist's to answer (confirmed, declined with
-- p_why), and the desk's where the therapist allows it.
create or replace function desk_move(p_id uuid, p_to text, p_via text default 'web', p_why text default null) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
    wrong json;
begin
    select * into b from booking x where x.id = p_id and desk_has(x) for update;
    if not found then
        return null;
    elsif (p_to = 'declined' or p_to = 'confirmed' and b.state not in ('attended', 'no_show', 'confirmed')) and not desk_may_answer(b) or p_to not in ('confirmed', 'declined', 'cancelled', 'attended', 'no_show') then
        return booking_problem(409, 'therapist-answers', 'The therapist answers this. Nothing was changed.', b.service_id, null);
    end if;
    wrong := visit_move(b, p_to, p_why, p_via);
    return coalesce(wrong, desk_booking(p_id));
end $$;

-- Free times to move it to.
create or replace function desk_times(p_id uuid, p_from date) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
begin
    select * into b from booking x where x.id = p_id and desk_has(x);
    if not found then
        return null;
    end if;
    return (booking_times(p_id, p_from)::jsonb - 'client_moves' || jsonb_build_object('booking', desk_document(b)::jsonb, 'can_move', b.state = 'confirmed' and b.starts_at > clock(),
        'can_suggest', b.state = 'requested' and not booking_lapses(b) and desk_may_answer(b)))::json;
end $$;

create or replace function desk_move_to(p_id uuid, p_start timestamptz, p_via text default 'web') returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
    said json;
begin
    select * into b from booking x where x.id = p_id and desk_has(x) for update;
    if not found then
        return null;
    end if;
    said := case when b.state = 'requested' and desk_may_answer(b) then visit_suggest(b, p_start, p_via) else booking_move(p_id, p_start, null, p_via) end;
    if said ->> 'problem' is null then
        return desk_booking(p_id);
    end if;
    return (said::jsonb || case when said ->> 'booking' is not null then jsonb_build_object('booking', desk_document(b)::jsonb) else '{}' end)::json;
end $$;

-- --- Booked for a client

-- The form; without a therapist (p_slug) the choice of one.
create or replace function desk_new(p_service int, p_day date, p_typed json, p_slug text) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    ours constant int[] := desk_therapists();
    who therapist;
begin
    select * into who from therapist t where t.slug = p_slug and t.id = any (ours);
    if auth.desk() is null or p_slug is not null and who.id is null then
        return null;
    end if;
    return (coalesce(visit_new(who.id, p_service, p_day, p_typed)::jsonb, '{}') || jsonb_build_object(
        'chosen', who.id is not null, 'therapist', case when who.id is not null then jsonb_build_object('slug', who.slug, 'name', who.name) end, 'asked_day', p_day,
        'therapists', (select coalesce(jsonb_agg(jsonb_build_object('slug', t.slug, 'name', t.name, 'services', (select count(*) from service s where s.therapist_id = t.id and s.retired_at is null)) order by t.name), '[]')
                       from therapist t where t.id = any (ours))))::json;
end $$;

create or replace function desk_book(p_key uuid, p_service int, p_place int, p_day date, p_time time, p_outside boolean, p_name text, p_email text, p_phone text,
                                     p_send boolean, p_link text, p_via text, p_home json, p_slug text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    whose constant int := (select t.id from therapist t where t.slug = p_slug and t.id = any (desk_therapists()));
    made json;
begin
    if whose is null then
        return null;
    end if;
    made := visit_book(whose, true, p_key, p_service, p_place, p_day, p_time, p_outside, p_name, p_email, p_phone, p_send, p_link, p_via, p_home);
    return case when made ->> 'problem' is not null then made else desk_booking((made ->> 'id')::uuid) end;
end $$;

create or replace function desk_key(p_id uuid) returns text
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select visit_key(b) from booking b where b.id = p_id and desk_has(b) and b.by_desk $$;
comment on function desk_key is 'the key of a visit that a front desk made and whose safety check is open: with it the program makes the client''s link';

create or replace function desk_ask(p_id uuid, p_send boolean, p_link text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform visit_ask(b.therapist_id, p_id, p_send, p_link) from booking b where b.id = p_id and desk_has(b) and b.by_desk;
    return desk_booking(p_id);
end $$;

grant execute on function desk_therapists, desk_answered to unknot_worker;
grant execute on function desk_therapists, desk_answered, desk_day, desk_week, desk_booking, desk_move, desk_times, desk_move_to, desk_new, desk_book, desk_key, desk_ask to unknot_web;
