-- What a practice offers: each service with its rules. Invoker's rights.

create or replace function say_time_span(p_minutes int) returns text
    language sql immutable parallel safe
    as $$
    select case when p_minutes % 1440 = 0 and p_minutes > 2880 then p_minutes / 1440 || ' days' when p_minutes = 60 then '1 hour'
                when p_minutes % 60 = 0 and p_minutes > 0 then p_minutes / 60 || ' hours' else p_minutes || ' minutes' end
    $$;

-- What cancelling or moving costs, as a client reads it before there is a visit.
create or replace function say_terms(p_notice int, p_fee int, p_currency text) returns text
    language sql stable
    as $$
    select case when p_fee = 0 or p_notice = 0 then 'Free until the visit begins'
                else 'Free until ' || say_time_span(p_notice) || ' before; after that ' || say_money(p_fee, p_currency) end
    $$;

-- Where a service is given, in words: how far the therapist comes, or at which places; null: at all of them.
create or replace function service_where(s service) returns text
    language plpgsql stable
    as $$
begin
    if s.at_home then
        return (select 'At your address, up to ' || say_home_reach(l) from location l where l.therapist_id = s.therapist_id and given_at(s.id, l.id) order by l.home_km desc, l.id limit 1);
    end if;
    return (select 'At ' || string_agg(coalesce(nullif(l.name, ''), l.street), ', ' order by l.id) from service_location g join location l on l.id = g.location_id where g.service_id = s.id);
end $$;

-- The rules of a service as a client reads them when choosing one; each is null where there is nothing to say. p_where: see service_where().
create or replace function service_rules_at(s service, p_where text) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object(
        'request', case when s.mode = 'request' then 'On request: an answer within ' || say_time_span(s.answer_hours * 60) end,
        'clients', case s.clients when 'new' then 'For new clients' when 'returning' then 'For people who have been here before' end,
        'home', case when s.at_home then p_where end, 'notice', case when s.notice > 720 then 'Book at least ' || say_time_span(s.notice) || ' ahead' end,
        'places', case when not s.at_home then p_where end,
        'cancel', say_terms(s.cancel_notice, s.cancel_fee, s.currency), 'move', say_terms(s.move_notice, s.move_fee, s.currency));
end $$;

create or replace function service_rules(s service) returns json
    language plpgsql stable
    as $$
begin
    return service_rules_at(s, service_where(s));
end $$;

create or replace function money_typed(p_minor int) returns text
    language sql immutable parallel safe
    as $$ select case when p_minor % 100 = 0 then (p_minor / 100)::text else to_char(p_minor / 100.0, 'FM9999990.00') end $$;
comment on function money_typed is 'minor units as they are typed into a form';

create or replace function practice_service(s service) returns json
    language sql stable
    as $$
    select json_build_object('id', s.id, 'name', s.name, 'about', s.about, 'minutes', s.minutes, 'price', money_typed(s.price),
        'currency', s.currency, 'price_text', say_money(s.price, s.currency), 'buffer_before', s.buffer_before, 'buffer_after', s.buffer_after,
        'buffers', case when s.buffer_before > 0 and s.buffer_after > 0 then s.buffer_before || ' minutes before and ' || s.buffer_after || ' after are kept free'
                        when s.buffer_before > 0 then s.buffer_before || ' minutes before are kept free'
                        when s.buffer_after > 0 then s.buffer_after || ' minutes after are kept free' end,
        'techniques', technique_list(service_techniques(s.id)), 'techniques_stated', s.techniques_stated, 'no_techniques', not exists (select from service_tag x where x.service_id = s.id),
        'retired_techniques', (select string_agg(g.label, ', ' order by g.position, g.id) from service_tag x join tag g on g.id = x.tag_id where x.service_id = s.id and g.retired_at is not null),
        'rules', service_rules(s), 'rooms', (select string_agg(r.name, ' or ' order by r.position, r.id) from service_room x join room r on r.id = x.room_id where x.service_id = s.id), 'way', case when s.at_home then 'At the client''s address, ' || s.road || ' minutes there and ' || s.road || ' back' end, 'most', case when s.most_a_day = 1 then 'At most one a day' when s.most_a_day > 1 then 'At most ' || s.most_a_day || ' a day' end)
    $$;

create or replace function practice_currency() returns text
    language sql stable
    as $$
    select coalesce((select s.currency from service s where s.therapist_id = auth.therapist() order by s.id limit 1),
                    (select case l.country when 'US' then 'USD' when 'CA' then 'CAD' when 'GB' then 'GBP' when 'AU' then 'AUD' else 'EUR' end
                     from location l where l.therapist_id = auth.therapist() order by l.id limit 1), 'USD')
    $$;
comment on function practice_currency is 'what a new service of this therapist is priced in';

-- The choices of a list, with what is stored or typed among them.
create or replace function practice_options(p_values int[], p_chosen int, p_words text) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('value', v, 'selected', v = p_chosen, 'label',
        case p_words when 'step' then case v when 60 then 'Every hour' else 'Every ' || v || ' minutes' end
                     when 'notice' then case v when 0 then 'None' else say_time_span(v) end
                     when 'horizon' then case v when 1 then '1 day' else v || ' days' end
                     else case v when 0 then 'At any time before the visit' else say_time_span(v) || ' before' end end) order by v)
    from (select unnest(p_values) as v union select p_chosen where p_chosen is not null) x
    $$;

create or replace function int_typed(p_typed json, p_name text, p_else int) returns int
    language sql immutable
    as $$ select coalesce((p_typed ->> p_name)::int, p_else) $$;

-- The boxes of a service's techniques: those that the therapist states and those of the service first, all others folded. What an operator offers no more
-- is there for who still has it.
create or replace function practice_service_techniques(p_id int, p_typed text[]) returns json
    language plpgsql stable
    as $$
begin
    return (
        with box as (
            select g.slug, g.label, g.about, g.position, g.id, g.retired_at is not null as retired, c.of_service, c.own or c.of_service as near,
                   case when p_typed is not null then g.slug = any (p_typed) else c.of_service end as ticked
            from tag g cross join lateral (select exists (select from service_tag x where x.service_id = p_id and x.tag_id = g.id) as of_service,
                                                  exists (select from therapist_tag x where x.therapist_id = auth.therapist() and x.tag_id = g.id) as own offset 0) c
            where g.kind = 'technique' and (g.retired_at is null or c.of_service)
        ), boxes as (
            select near, json_agg(json_build_object('slug', slug, 'label', label, 'about', nullif(about, ''), 'retired', retired, 'on', ticked) order by position, id) as list, bool_or(ticked) as ticked_some
            from box group by near
        )
        select json_build_object('own', coalesce((select list from boxes where near), '[]'), 'has_own', exists (select from boxes where near),
            'others', coalesce((select list from boxes where not near), '[]'), 'has_others', exists (select from boxes where not near),
            'open', coalesce((select ticked_some from boxes where not near), false) or not exists (select from boxes where near)));
end $$;

-- The form of a service (p_id null: of a new one). p_typed: what was sent and could be read, when the form comes again.
create or replace function practice_service_form(p_id int, p_typed json) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    s service;
    given text[];
begin
    if p_id is not null then
        select * into s from service where id = p_id and therapist_id = me and retired_at is null;
    end if;
    if me is null or p_id is not null and s.id is null then
        return null;
    end if;
    given := case when p_typed is not null then (p_typed ->> 'place')::text[] else array(select g.location_id::text from service_location g where g.service_id = p_id) end;
    return (select json_build_object('id', s.id, 'name', s.name, 'about', s.about, 'minutes', s.minutes, 'price', money_typed(s.price), 'currency', coalesce(s.currency, practice_currency()),
        'buffer_before', coalesce(s.buffer_before, 0), 'buffer_after', coalesce(s.buffer_after, 0), 'most_a_day', s.most_a_day, 'answer_hours', coalesce(s.answer_hours, 24), 'clearance_hours', coalesce(s.clearance_hours, 0),
        'steps', practice_options('{5,10,15,20,30,60}', int_typed(p_typed, 'step', coalesce(s.step, 30)), 'step'),
        'notices', practice_options('{0,60,120,240,720,1440,2880,4320,10080}', int_typed(p_typed, 'notice', coalesce(s.notice, 120)), 'notice'),
        'horizons', practice_options('{7,14,30,45,60}', int_typed(p_typed, 'horizon', coalesce(s.horizon, 60)), 'horizon'),
        'cancel_notices', practice_options('{0,120,720,1440,2880,4320,10080}', int_typed(p_typed, 'cancel_notice', coalesce(s.cancel_notice, 1440)), 'before'),
        'move_notices', practice_options('{0,120,720,1440,2880,4320,10080}', int_typed(p_typed, 'move_notice', coalesce(s.move_notice, 1440)), 'before'),
        'cancel_fee', money_typed(coalesce(s.cancel_fee, 0)), 'move_fee', money_typed(coalesce(s.move_fee, 0)),
        'mode_is_instant', p_typed is null and coalesce(s.mode, 'instant') = 'instant', 'mode_is_request', p_typed is null and s.mode = 'request',
        'clients_is_any', p_typed is null and coalesce(s.clients, 'any') = 'any', 'clients_is_new', p_typed is null and s.clients = 'new', 'clients_is_returning', p_typed is null and s.clients = 'returning',
        'at_home', case when p_typed is not null then p_typed ->> 'at_home' = 'yes' else coalesce(s.at_home, false) end, 'road', coalesce(s.road, 30),
        'goes_out', exists (select from location l where l.therapist_id = me and l.home_km > 0),
        'home_path', '/practice/places/' || (select min(l.id) from location l where l.therapist_id = me) || '/home',
        'techniques', practice_service_techniques(p_id, case when p_typed is not null then coalesce((p_typed ->> 'technique')::text[], '{}') end), 'ask_techniques', not coalesce(s.techniques_stated, true) and p_typed is null,
        'rules', case when s.id is not null then service_rules(s) end, 'open', p_typed is not null,
        'places', (select json_agg(json_build_object('location', l.id, 'label', coalesce(nullif(l.name, ''), l.street) || ', ' || l.town, 'on', l.id::text = any (given)) order by l.id)
                   from location l where l.therapist_id = me having count(*) > 1),
        'rooms', x.rooms, 'has_rooms', x.rooms is not null,
        'has_places', (select count(*) > 1 from location l where l.therapist_id = me)) from (select practice_rooms(p_id, p_typed) as rooms) x);
end $$;

create or replace function practice_services() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'published', t.published,
        'ask_techniques', exists (select from service s where s.therapist_id = t.id and s.retired_at is null and not s.techniques_stated),
        'services', (select coalesce(json_agg(practice_service(s) order by s.position, s.id), '[]') from service s where s.therapist_id = t.id and s.retired_at is null))
    from therapist t where t.id = auth.therapist()
    $$;

-- Puts the techniques of a service. What somebody gives in a service they state of themself too, so that search finds them by it.
create or replace function practice_service_consists(p_id int, p_techniques int[]) returns void
    language plpgsql
    as $$
declare
    me constant int := auth.therapist();
begin
    delete from service_tag where service_id = p_id and therapist_id = me and tag_id <> all (p_techniques);
    insert into service_tag (service_id, tag_id, therapist_id) select p_id, t, me from unnest(p_techniques) t where t not in (select x.tag_id from service_tag x where x.service_id = p_id)
    on conflict do nothing; -- what is retired is kept, and row security lets nobody add it
    insert into therapist_tag (therapist_id, tag_id)
    select me, g.id from tag g where g.id = any (p_techniques) and g.retired_at is null and not exists (select from therapist_tag x where x.therapist_id = me and x.tag_id = g.id);
end $$;

-- p_id null: a new one. p_form: the fields of the form; what is not there stays as it is, but for what a form does not send when nobody ticks or
-- fills it in: most_a_day, place (none: everywhere), at_home, technique (one at least). Bookings keep the name, length, price, techniques and terms they
-- were made with.
create or replace function practice_service_save(p_id int, p_form json) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    s service;
    places text[] := coalesce((p_form ->> 'place')::text[], '{}');
    slugs constant text[] := coalesce((p_form ->> 'technique')::text[], '{}');
    techniques int[];
    rooms constant text[] := coalesce((p_form ->> 'room')::text[], '{}');
begin
    if p_id is null then
        -- the defaults of a new one
        select 24, 'instant', 'any', 30, 120, 60, 1440, 0, 1440, 0, practice_currency(), 0, 0, 30
          into s.answer_hours, s.mode, s.clients, s.step, s.notice, s.horizon, s.cancel_notice, s.cancel_fee, s.move_notice, s.move_fee, s.currency, s.buffer_before, s.buffer_after, s.road;
    else
        select * into s from service where id = p_id and therapist_id = me and retired_at is null;
        if not found then
            return null;
        end if;
    end if;
    s.name := p_form ->> 'name';
    s.about := coalesce(p_form ->> 'about', '');
    s.minutes := p_form ->> 'minutes';
    s.price := p_form ->> 'price';
    s.buffer_before := int_typed(p_form, 'buffer_before', 0);
    s.buffer_after := int_typed(p_form, 'buffer_after', 0);
    s.step := int_typed(p_form, 'step', s.step);
    s.notice := int_typed(p_form, 'notice', s.notice);
    s.horizon := int_typed(p_form, 'horizon', s.horizon);
    s.most_a_day := (p_form ->> 'most_a_day')::int;
    s.mode := coalesce(p_form ->> 'mode', s.mode);
    s.answer_hours := int_typed(p_form, 'answer_hours', s.answer_hours);
    s.clearance_hours := int_typed(p_form, 'clearance_hours', coalesce(s.clearance_hours, 0::smallint));
    s.clients := coalesce(p_form ->> 'clients', s.clients);
    s.cancel_notice := int_typed(p_form, 'cancel_notice', s.cancel_notice);
    s.cancel_fee := int_typed(p_form, 'cancel_fee', s.cancel_fee);
    s.move_notice := int_typed(p_form, 'move_notice', s.move_notice);
    s.move_fee := int_typed(p_form, 'move_fee', s.move_fee);
    s.at_home := coalesce(p_form ->> 'at_home' = 'yes', false);
    s.road := int_typed(p_form, 'road', s.road);
    techniques := array(select g.id from tag g where g.kind = 'technique' and g.slug = any (slugs)
                        and (g.retired_at is null or exists (select from service_tag x where x.service_id = p_id and x.tag_id = g.id)));
    if slugs = '{}' then
        return practice_problem('technique', 'Tick at least one technique');
    elsif cardinality(techniques) < (select count(distinct x) from unnest(slugs) x) then
        return practice_problem('technique', 'Choose techniques from the list');
    elsif exists (select from therapist_not x where x.therapist_id = me and x.tag_id = any (techniques)) then
        return practice_problem('technique', (select min(g.label) from therapist_not x join tag g on g.id = x.tag_id where x.therapist_id = me and g.id = any (techniques))
            || ' is among what you do not work with. Take it off there first, under My profile');
    elsif s.cancel_fee > s.price then
        return practice_problem('cancel_fee', 'The fee cannot be more than the price');
    elsif s.move_fee > s.price then
        return practice_problem('move_fee', 'The fee cannot be more than the price');
    elsif s.step not in (5, 10, 15, 20, 30, 60) then
        return practice_problem('step', 'Choose one of the steps');
    elsif exists (select from unnest(places) x where x not in (select id::text from location where therapist_id = me)) then
        return practice_problem('place', 'Choose from your own places');
    elsif exists (select from unnest(rooms) x where x not in (select o ->> 'id' from json_array_elements(practice_rooms(null, null)) o)) then
        return practice_problem('room', 'Choose rooms from the list');
    elsif s.at_home and not exists (select from location l where l.therapist_id = me and l.home_km > 0 and (cardinality(places) = 0 or l.id::text = any (places))) then
        return practice_problem('at_home', 'Say first how far you travel, under “Home visits” of your place');
    end if;
    if p_id is null then
        insert into service (therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, step, notice, horizon, most_a_day, mode, answer_hours, clearance_hours, clients,
                             cancel_notice, cancel_fee, move_notice, move_fee, at_home, road, position)
        values (me, s.name, s.about, s.minutes, s.price, s.currency, s.buffer_before, s.buffer_after, s.step, s.notice, s.horizon, s.most_a_day, s.mode, s.answer_hours, s.clearance_hours, s.clients,
                s.cancel_notice, s.cancel_fee, s.move_notice, s.move_fee, s.at_home, s.road, coalesce((select max(x.position) + 1 from service x where x.therapist_id = me), 1))
        returning id into s.id;
    else
        update service x set name = s.name, about = s.about, minutes = s.minutes, price = s.price, buffer_before = s.buffer_before, buffer_after = s.buffer_after, step = s.step,
            notice = s.notice, horizon = s.horizon, most_a_day = s.most_a_day, mode = s.mode, answer_hours = s.answer_hours, clearance_hours = s.clearance_hours, clients = s.clients,
            cancel_notice = s.cancel_notice, cancel_fee = s.cancel_fee, move_notice = s.move_notice, move_fee = s.move_fee, at_home = s.at_home, road = s.road, techniques_stated = true
        where x.id = p_id;
    end if;
    perform practice_service_consists(s.id, techniques);
    -- all of them ticked is everywhere, also at a place that comes later
    if cardinality(places) = (select count(*) from location where therapist_id = me) then
        places := '{}';
    end if;
    delete from service_location where service_id = s.id and location_id::text <> all (places);
    insert into service_location (service_id, location_id, therapist_id) select s.id, x::int, me from unnest(places) x on conflict do nothing;
    perform practice_service_rooms(s.id, rooms);
    insert into audit (account_id, action, object) values (auth.account(), 'service.saved', me::text);
    return practice_services();
end $$;

create or replace function practice_service_retire(p_id int) returns json
    language plpgsql
    as $$
begin
    update service set retired_at = now() where id = p_id and therapist_id = auth.therapist() and retired_at is null;
    return case when practice_noted(found, 'service.retired', p_id::text) then practice_services() end;
end $$;

grant execute on function practice_service_techniques, practice_service_consists, say_time_span, say_terms, service_where, service_rules, service_rules_at, money_typed, practice_service, practice_currency, practice_options, int_typed, practice_service_form, practice_services,
    practice_service_save, practice_service_retire to unknot_web;
