-- Leaving: all data of one's own, and the end of an account. A closed account is out of use at once, and erased a week later; until then a link in a mail
-- opens it again. What the law makes a therapist keep of a visit stays with the therapist until its day.

-- The visits of an account that are still to come, with the secrets by which they can be cancelled: for the program.
create or replace function account_closing() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('is_client', me.role = 'client', 'is_therapist', me.role = 'therapist', 'is_operator', me.role = 'operator',
        'until', say_day((clock() at time zone 'UTC')::date + 7, site_country()),
        'coming', coalesce((select json_agg((account_visit(b)::jsonb || jsonb_build_object('key', booking_secret(b)))::json order by b.starts_at)
                            from booking b where b.client_account_id = me.id and account_coming(b)), '[]'),
        'has_coming', exists (select from booking b where b.client_account_id = me.id and account_coming(b)),
        'clients', c.n, 'has_clients', c.n > 0,
        'records', coalesce((select json_agg(json_build_object('therapist', r.name, 'until', say_date_long(r.until, site_country()), 'years', r.years) order by r.until) from (
            select t.name, max(local_day(b.ends_at + make_interval(years => (retention_of(b.location_id)).years), b.zone)) as until, max((retention_of(b.location_id)).years) as years
            from booking b join therapist t on t.id = b.therapist_id
            where b.client_account_id = me.id and b.state in ('confirmed', 'attended', 'no_show') group by t.name) r), '[]'),
        'has_records', exists (select from booking b where b.client_account_id = me.id and b.state in ('confirmed', 'attended', 'no_show')))
    from account_me() me cross join lateral (
        select count(*) as n from booking b join therapist t on t.id = b.therapist_id where t.account_id = me.id and account_coming(b)) c
    where me.id is not null
    $$;

-- p_key and p_token: of the link that opens it again. An operator cannot close the last operator's account; a therapist has no visits to come.
create or replace function account_close(p_key uuid, p_token text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me account := account_me();
    made uuid;
begin
    if me.id is null then
        return null;
    elsif exists (select from booking b join therapist t on t.id = b.therapist_id where t.account_id = me.id and account_coming(b)) then
        return '{"problem": "clients"}';
    elsif me.role = 'operator' and not exists (select from account a where a.role = 'operator' and a.disabled_at is null and a.id <> me.id) then
        return '{"problem": "last"}';
    end if;
    perform account_noted(me.id, 'account.closed');
    update account set disabled_at = clock(), closes_at = clock() + interval '7 days' where id = me.id;
    update therapist set published = false where account_id = me.id;
    update mail_link set live = false where account_id = me.id and used_at is null;
    insert into mail_link (kind, key, token_hash, live, account_id, email, created_at, expires_at)
    values ('close-undo', p_key, sha256(convert_to(p_token, 'UTF8')), true, me.id, me.email, clock(), clock() + interval '7 days') returning id into made;
    insert into outbox (kind, mail_link_id, data, due_at) values ('account-closed', made, '{}', clock());
    delete from session where account_id = me.id;
    return '{}';
end $$;

-- What is sealed about a client: the answers go, and the key where no record needs it.
create or replace function account_forget_answers(p_account uuid) returns void
    language plpgsql
    as $$
declare
    k client_key;
begin
    for k in select distinct x.* from booking b, key_of(b.token_hash, b.client_key_id) x where b.client_account_id = p_account and x.id is not null loop
        continue when k.legal_hold is not null;
        perform key_erase_answers(k.id);
        if key_record_until(k.id) is null or key_record_until(k.id) <= clock() then
            perform key_destroy(k.id);
        end if;
    end loop;
end $$;

-- Erases what was closed a week ago → how many. Records that name who wrote them keep an account without a name, an address or a password.
create or replace function account_erase() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    a account;
    n int := 0;
begin
    for a in select * from account where closes_at <= clock() and email not like 'erased-%' order by closes_at limit 20 for update skip locked loop
        perform account_forget_answers(a.id);
        update waiting set ended_at = clock(), ended_why = 'left' where lower(email) = a.email_key and ended_at is null;
        update booking set client_account_id = null where client_account_id = a.id;
        insert into audit (action, object) values ('account.erased', a.id::text);
        if a.role = 'client' then
            delete from account where id = a.id;
        else
            delete from saved_therapist where account_id = a.id;
            delete from mail_link where account_id = a.id;
            perform profile_forget(a.id);
            update account set name = 'Account deleted', email = 'erased-' || id || '@invalid', password_hash = null, email_verified_at = null where id = a.id;
        end if;
        n := n + 1;
    end loop;
    return n;
end $$;

-- --- All data of one's own

create or replace function account_practice(p_therapist int) returns json
    language sql stable
    as $$
    select json_build_object('profile', to_jsonb(t) - 'id' - 'account_id',
        'tags', (select json_agg(g.label order by g.label) from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = t.id),
        'does_not_work_with', (select json_agg(g.label order by g.label) from therapist_not x join tag g on g.id = x.tag_id where x.therapist_id = t.id),
        'places', (select json_agg(to_jsonb(l) - 'therapist_id' order by l.id) from location l where l.therapist_id = t.id),
        'hours', (select json_agg(to_jsonb(h) order by h.location_id, h.weekday, h.starts) from hours h join location l on l.id = h.location_id where l.therapist_id = t.id),
        'services', (select json_agg(to_jsonb(s) - 'therapist_id' order by s.id) from service s where s.therapist_id = t.id),
        'credentials', (select json_agg(to_jsonb(c) - 'therapist_id' order by c.created_at) from credential c where c.therapist_id = t.id),
        'time_off', (select json_agg(to_jsonb(o) - 'therapist_id' order by o.starts) from time_off o where o.therapist_id = t.id),
        'visits', (select count(*) from booking b where b.therapist_id = t.id and b.confirmed_at is not null))
    from therapist t where t.id = p_therapist
    $$;
comment on function account_practice is 'what a therapist entered of the own practice; clients'' data are the clients''';

-- All but the visits: account_export_visits.
create or replace function account_export() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me account := account_me();
begin
    if me.id is null then
        return null;
    end if;
    perform account_noted(me.id, 'account.exported');
    return json_build_object('made', rfc3339(clock()), 'said_made', say_moment_site(clock()),
        'account', json_build_object('name', me.name, 'email', me.email, 'role', me.role, 'made', rfc3339(me.created_at), 'said_made', say_moment_site(me.created_at),
                                     'email_confirmed', rfc3339(me.email_verified_at), 'said_email_confirmed', say_moment_site(me.email_verified_at)),
        'devices', account_sessions() -> 'sessions',
        'saved', coalesce((select json_agg(json_build_object('therapist', t.name, 'slug', t.slug, 'at', rfc3339(s.saved_at), 'said_at', say_moment_site(s.saved_at)) order by s.saved_at) from saved_therapist s join therapist t on t.id = s.therapist_id where s.account_id = me.id), '[]'),
        'waiting', coalesce((select json_agg(waiting_json(w) order by w.created_at) from waiting w where lower(w.email) = me.email_key and me.email_verified_at is not null), '[]'),
        'activity', coalesce((select json_agg(json_build_object('at', rfc3339(x.at), 'said_at', say_moment_site(x.at), 'what', audit_words(x.action), 'action', x.action, 'object', x.object, 'detail', x.detail) order by x.id desc)
                              from (select * from audit a where a.account_id = me.id or a.about = me.id order by a.id desc limit 5000) x), '[]'),
        'practice', (select account_practice(t.id) from therapist t where t.account_id = me.id));
end $$;

-- Some visits of the export, the oldest first: {"visits","sealed","more"}. "sealed": what the program opens for it, and leaves out of it; "course": the visit is
-- the first one of its course, whose line speaks for all of them.
create or replace function account_export_visits(p_from int, p_count int) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    with mine as materialized (select b, l.country from booking b join location l on l.id = b.location_id where b.client_account_id = auth.account() order by b.starts_at, b.id offset p_from limit p_count)
    select json_build_object(
        'visits', (select coalesce(json_agg((booking_document((m.b).id)::jsonb || jsonb_build_object('said_date', say_date_full(local_day((m.b).starts_at, (m.b).zone), m.country), 'history', booking_history((m.b).id, 'client'), 'consents', consents_json(m.b)))::json order by (m.b).starts_at, (m.b).id), '[]') from mine m),
        'sealed', (select coalesce(json_agg(json_build_object('id', (m.b).id, 'lead', coalesce((m.b).series_id, (m.b).id), 'key', booking_secret(m.b), 'month_first', month_first(m.country), 'answers', c.sealed, 'own', o.sealed, 'messages', care_messages(m.b, 'client'),
                        'course', not exists (select from booking e where e.client_account_id = (m.b).client_account_id and e.therapist_id = (m.b).therapist_id and care_course(e) = care_course(m.b)
                                              and (e.starts_at, e.id) < ((m.b).starts_at, (m.b).id))) order by (m.b).starts_at, (m.b).id), '[]')
                   from mine m left join safety_check c on c.id = (m.b).safety_id left join own_answer o on o.booking_id = (m.b).id),
        'more', (select count(*) = p_count from mine))
    from account_me() me where me.id is not null
    $$;

grant execute on function account_closing, account_close, account_export, account_export_visits to unknot_web;
