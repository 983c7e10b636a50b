-- A therapist's clients: the list, by the latest visit or by name; looking for one; the page of one; blocking. Invoker's rights: row-level security says whose
-- they are. Names stand in no address: pages go on by the id of the last row, and what is looked for comes in a form.

-- --- The list

-- Of each of these, in their order: how many visits took place and to how many nobody came; the last one, the next one, and what is planned. What is over counts
-- as kept until the therapist says otherwise. One statement for a whole page: row-level security asks who the caller is once in each.
create or replace function clients_json(p_ids uuid[]) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    now_at constant timestamptz := clock();
begin
    return (
        with visit as materialized (
            select b.client_id, b.id, b.starts_at, b.state, b.zone, l.country, coalesce(b.client_email, b.client_phone) as contact, b.state = 'attended' or b.state = 'confirmed' and b.ends_at <= now_at as kept,
                   b.state in ('attended', 'no_show') or b.state = 'confirmed' and b.starts_at <= now_at as was,
                   b.starts_at > now_at and b.state in ('confirmed', 'requested', 'suggested', 'held') and (b.hold_expires > now_at) is not false as comes,
                   case when b.series_id is not null then case when b.series_review then 'Review visit, ' else 'Visit ' end || b.series_n || ' of ' || b.series_of end as course
            from booking b join location l on l.id = b.location_id where b.client_id = any (p_ids) and b.therapist_id = me
        ), said as (
            select v.*, json_build_object('id', v.id, 'moment', say_moment(v.starts_at, v.zone, v.country), 'day', say_date_full(local_day(v.starts_at, v.zone), v.country)) as doc from visit v
        ), fact as (
            select v.client_id, count(*) filter (where v.kept) as came, count(*) filter (where v.state = 'no_show') as no_shows, count(*) filter (where v.state = 'cancelled') as cancelled,
                   (array_agg(v.contact order by v.starts_at desc))[1] as contact, to_char(min(v.starts_at at time zone v.zone) filter (where v.kept), 'FMMonth YYYY') as first,
                   (array_agg(v.id order by v.starts_at desc) filter (where v.was))[1] as last, (array_agg(v.id order by v.starts_at) filter (where v.comes))[1] as next
            from visit v group by v.client_id
        ), plan as (
            select distinct on (v.client_id) v.client_id, json_build_object('booking', v.id, 'moment', say_date(local_day(h.written_at, v.zone), v.country)) as doc
            from visit v join home_plan h on h.booking_id = v.id order by v.client_id, h.written_at desc
        )
        select coalesce(json_agg(json_build_object('id', c.id, 'name', c.name, 'contact', f.contact, 'blocked', exists (select from client_block k where k.client_id = c.id and k.therapist_id = me),
            'visits', coalesce(f.came, 0), 'one', f.came = 1, 'no_shows', coalesce(f.no_shows, 0), 'has_no_shows', f.no_shows > 0, 'one_no_show', f.no_shows = 1,
            'cancelled', coalesce(f.cancelled, 0), 'has_cancelled', f.cancelled > 0, 'first', f.first, 'last', l.doc, 'next', n.doc, 'course', coalesce(n.course, l.course), 'plan', p.doc) order by x.n), '[]')
        from unnest(p_ids) with ordinality x (id, n) join client c on c.id = x.id and c.therapist_id = me
        left join fact f on f.client_id = c.id left join said l on l.id = f.last left join said n on n.id = f.next left join plan p on p.client_id = c.id);
end $$;

-- Pages of 25. p_by: latest or name; p_after: the last client of the page before. PL/pgSQL, with a statement for each order, so that each has its index.
create or replace function clients_page(p_by text, p_after uuid) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    last client;
    page uuid[];
begin
    if me is null then
        return null;
    end if;
    if p_after is not null then
        select * into last from client where id = p_after and therapist_id = me;
    end if;
    if p_by = 'name' and last.id is null then
        page := array(select c.id from client c where c.therapist_id = me order by c.name_key, c.id limit 26);
    elsif p_by = 'name' then
        page := array(select c.id from client c where c.therapist_id = me and (c.name_key, c.id) > (last.name_key, last.id) order by c.name_key, c.id limit 26);
    elsif last.id is null then
        page := array(select c.id from client c where c.therapist_id = me order by c.latest_at desc, c.id desc limit 26);
    else
        page := array(select c.id from client c where c.therapist_id = me and (c.latest_at, c.id) < (last.latest_at, last.id) order by c.latest_at desc, c.id desc limit 26);
    end if;
    return json_build_object('by', case when p_by = 'name' then 'name' else 'latest' end, 'by_name', p_by = 'name', 'later_page', last.id is not null,
        'clients', clients_json(page[:25]),
        'next', case when cardinality(page) > 25 then page[25] end, 'blocked', (select count(*) from client_block k where k.therapist_id = me),
        'has_blocked', exists (select from client_block k where k.therapist_id = me));
end $$;

-- Whether a word as typed may mean a word of a name: its beginning, or with a slip; two from six letters on.
create or replace function name_fits(p_typed text, p_word text) returns boolean
    language sql immutable parallel safe
    as $$
    select starts_with(p_word, p_typed)
        or length(p_typed) > 3 and (levenshtein_less_equal(left(p_typed, 60), left(p_word, 60), x.most) <= x.most
                                    or length(p_typed) = length(p_word) and left(p_typed, 1) = left(p_word, 1) and distance(left(p_typed, 60), left(p_word, 60)) <= x.most)
    from (select case when length(p_typed) > 5 then 2 else 1 end as most) x
    $$;

-- By name, by e-mail address or by telephone number; all words of a name have to fit, those that fit as typed first.
create or replace function clients_found(p_q text) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    q constant text := fold(p_q);
    word constant text[] := array_remove(string_to_array(q, ' '), '');
    address constant text := lower(btrim(p_q));
    number constant text := regexp_replace(p_q, '\D', '', 'g');
    found_ids uuid[];
begin
    if me is null then
        return null;
    end if;
    found_ids := array(
        select c.id from client c
        where c.therapist_id = me
          and (cardinality(word) > 0 and not exists (select from unnest(word[1:6]) t where not exists (select from unnest(string_to_array(c.name_key, ' ')) w where name_fits(t, w)))
               or address ~ '@' and starts_with(c.email_key, address)
               or length(number) >= 5 and position(ltrim(number, '0') in c.phone_key) > 0
               or (address ~ '@' or length(number) >= 5) and c.id in (select m.client_id from client_merged m where m.therapist_id = me
                   and (address ~ '@' and starts_with(m.email_key, address) or length(number) >= 5 and position(ltrim(number, '0') in m.phone_key) > 0)))
        order by c.name_key like '%' || q || '%' desc nulls last, c.latest_at desc, c.id limit 51);
    return json_build_object('found', true, 'q', p_q, 'many', cardinality(found_ids) > 50, 'none', cardinality(found_ids) = 0,
        'clients', clients_json(found_ids[:50]));
end $$;

-- --- One client

create or replace function client_state_text(p_state booking_state, p_over boolean) returns text
    language sql immutable parallel safe
    as $$
    select case p_state when 'attended' then 'Came' when 'no_show' then 'Did not come' when 'cancelled' then 'Cancelled' when 'declined' then 'Declined' when 'expired' then 'Ended without an answer'
                        when 'requested' then 'Asked for' when 'suggested' then 'Other time suggested' when 'held' then 'Waits for answers' else case when p_over then 'Over' else 'Booked' end end
    $$;

create or replace function client_visit_row(b booking, c client) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('id', b.id, 'day', say_date_full(local_day(b.starts_at, b.zone), l.country), 'time', say_time(b.starts_at, b.zone, l.country), 'service', b.service_name, 'minutes', b.minutes,
            'state', b.state, 'text', client_state_text(b.state, b.ends_at <= clock()), 'good', b.state = 'attended', 'bad', b.state in ('no_show', 'cancelled', 'declined', 'expired'),
            'series', series_text(b), 'name', nullif(b.client_name, c.name), 'can_cancel', b.starts_at > clock() and (b.state = 'confirmed' or b.state = 'held' and b.confirmed_at is not null),
            'to_come', b.starts_at > clock() and b.state in ('confirmed', 'requested', 'suggested', 'held') and (b.hold_expires > clock()) is not false,
            'note', exists (select from session_note s where s.booking_id = b.id), 'plan', exists (select from home_plan h where h.booking_id = b.id))
        from location l where l.id = b.location_id);
end $$;

create or replace function client_block_json(k client_block) returns json
    language sql stable
    as $$ select json_build_object('id', k.id, 'client', k.client_id, 'since', say_date_for(k.blocked_at, k.therapist_id), 'sealed', k.sealed) $$;

-- p_before: the last visit of the page before.
create or replace function client_page(p_id uuid, p_before uuid) returns json
    language plpgsql stable
    as $$
declare
    c client;
    last booking;
    page booking[];
begin
    select * into c from client where id = p_id and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    if p_before is not null then
        select * into last from booking where id = p_before and client_id = p_id;
    end if;
    page := array(select b from booking b where b.client_id = p_id and b.therapist_id = c.therapist_id and (last.id is null or (b.starts_at, b.id) < (last.starts_at, last.id))
                  order by b.starts_at desc, b.id desc limit 21);
    return ((clients_json(array[c.id]) -> 0)::jsonb || jsonb_build_object(
        'late', (select count(*) from booking b where b.client_id = p_id and b.state = 'cancelled' and booking_cancelled_late(b)),
        'has_late', exists (select from booking b where b.client_id = p_id and b.state = 'cancelled' and booking_cancelled_late(b)),
        'emails', (select coalesce(jsonb_agg(distinct b.client_email), '[]') from booking b where b.client_id = p_id and b.client_email is not null),
        'phones', (select coalesce(jsonb_agg(distinct b.client_phone), '[]') from booking b where b.client_id = p_id and b.client_phone is not null),
        'joined', (select jsonb_agg(jsonb_build_object('name', m.name, 'visits', m.visits, 'one', m.visits = 1, 'automatic', m.automatic, 'on', say_date_for(m.merged_at, c.therapist_id)) order by m.merged_at)
                   from client_merged m where m.client_id = c.id),
        'earlier', (select jsonb_build_object('id', m.block_id, 'sealed', m.sealed) from client_merged m where m.client_id = c.id and m.sealed is not null and exists (select from client_block k where k.client_id = c.id)
                    order by m.merged_at desc limit 1),
        'account', c.account_id is not null, 'later_page', last.id is not null,
        'block', (select client_block_json(k) from client_block k where k.client_id = c.id and k.therapist_id = c.therapist_id),
        'history', coalesce((select jsonb_agg(client_visit_row(page[n], c) order by n) from generate_series(1, least(20, cardinality(page))) n), '[]'),
        'before', case when cardinality(page) > 20 then (page[20]).id end,
        'coming', coalesce((select jsonb_agg(client_visit_row(b, c) order by b.starts_at) from booking b
                            where b.client_id = p_id and b.starts_at > clock() and b.state in ('confirmed', 'requested', 'suggested', 'held') and (b.hold_expires > clock()) is not false), '[]'),
        'has_coming', exists (select from booking b where b.client_id = p_id and b.starts_at > clock() and b.state in ('confirmed', 'requested', 'suggested', 'held') and (b.hold_expires > clock()) is not false),
        'has_record', exists (select from booking b where b.client_id = p_id and b.confirmed_at is not null and b.starts_at <= clock()
                                and b.state in ('confirmed', 'attended', 'no_show'))))::json;
end $$;

-- What is sealed about the last visits: for the program to open. The line of the course is asked for by `course`.
create or replace function client_record(p_id uuid) returns json
    language plpgsql stable
    as $$
declare
    c client;
begin
    select * into c from client where id = p_id and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    return json_build_object('id', c.id, 'name', c.name,
        'course', (select b.id from booking b where b.client_id = p_id and b.confirmed_at is not null and b.state in ('confirmed', 'attended', 'no_show') order by b.starts_at desc limit 1),
        'plan_of', (select b.id from home_plan h join booking b on b.id = h.booking_id where b.client_id = p_id order by h.written_at desc limit 1),
        'plan', (select care_plan_newest(b) from booking b where b.id = (select h.booking_id from home_plan h join booking o on o.id = h.booking_id where o.client_id = p_id order by h.written_at desc limit 1)),
        'noted', coalesce((select json_agg(json_build_object('id', x.id, 'day', say_date_full(local_day(x.starts_at, x.zone), x.country), 'service', x.service_name) order by x.starts_at desc)
                           from (select b.*, l.country from booking b join location l on l.id = b.location_id where b.client_id = p_id and exists (select from session_note s where s.booking_id = b.id) order by b.starts_at desc limit 10) x), '[]'),
        'more', (select count(*) > 10 from booking b where b.client_id = p_id and exists (select from session_note s where s.booking_id = b.id)));
end $$;

-- --- Blocking

-- p_block: its id, to which the reason was sealed. The same again changes nothing but the reason.
create or replace function client_block_save(p_id uuid, p_block uuid, p_sealed text) returns json
    language plpgsql
    as $$
declare
    c client;
begin
    select * into c from client where id = p_id and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    delete from client_block where client_id = p_id and therapist_id = c.therapist_id;
    insert into client_block (id, therapist_id, client_id, account_id, emails, phones, sealed, blocked_at)
    select p_block, c.therapist_id, c.id, c.account_id,
           coalesce(array_agg(distinct email_mark(b.client_email)) filter (where b.client_email is not null), '{}'),
           coalesce(array_agg(distinct phone_mark(b.client_phone, therapist_country(c.therapist_id))) filter (where phone_key(b.client_phone, therapist_country(c.therapist_id)) is not null), '{}'),
           p_sealed, clock()
    from booking b where b.client_id = p_id;
    perform client_holds_end(p_block);
    insert into audit (account_id, action, object) values (auth.account(), 'client.blocked', p_block::text);
    return client_page(p_id, null);
end $$;

create or replace function client_block_remove(p_block uuid) returns json
    language plpgsql
    as $$
begin
    delete from client_block where id = p_block and therapist_id = auth.therapist();
    return case when practice_noted(found, 'client.unblocked', p_block::text) then json_build_object('removed', true) end;
end $$;

create or replace function clients_blocked() returns json
    language sql stable
    as $$
    select json_build_object('blocks', coalesce(json_agg((client_block_json(k)::jsonb || jsonb_build_object('client', c.id, 'name', c.name))::json order by k.blocked_at desc, k.id), '[]'))
    from client_block k left join client c on c.id = k.client_id where k.therapist_id = auth.therapist() having auth.therapist() is not null
    $$;

-- What the form for the next visit begins with.
create or replace function client_begins(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('name', c.name, 'email', b.client_email, 'phone', b.client_phone, 'service', b.service_id)
    from client c left join lateral (select x.* from booking x where x.client_id = c.id order by x.starts_at desc limit 1) b on true
    where c.id = p_id and c.therapist_id = auth.therapist()
    $$;

grant execute on function clients_json, clients_page, name_fits, clients_found, client_state_text, client_visit_row, client_block_json, client_page, client_record,
    client_block_save, client_block_remove, clients_blocked, client_begins to unknot_web;
