-- Clinicians recommend therapists for kinds of complaint. An operator looks a clinician up in a register and records it; a secret link goes to them by mail.
-- Never mixed with reviews: it counts in no score.

create or replace function clinician_valid(c clinician) returns boolean
    language sql stable
    as $$ select c.ended_at is null and c.checked_until >= (clock() at time zone 'UTC')::date $$;

-- What the profile says, of those whose check holds. The owner's rights: a clinician's row has an address in it, which stays here.
create or replace function profile_recommended(p_therapist int) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return (
    select json_build_object('list', json_agg(json_build_object('name', c.name, 'profession', c.profession, 'register', c.register, 'number', c.number, 'checked', say_date(c.checked_on, site_country()), 'by', c.checked_by,
        'tie', nullif(m.tie, ''), 'month', to_char(m.made_at, 'FMMonth YYYY'),
        'complaints', (select string_agg(g.label, ', ' order by g.position, g.id) from recommendation_tag x join tag g on g.id = x.tag_id where x.clinician_id = c.id and x.therapist_id = p_therapist))
        order by m.made_at desc, c.id))
    from recommendation m join clinician c on c.id = m.clinician_id where m.therapist_id = p_therapist and clinician_valid(c) having count(*) > 0);
end $$;
comment on function profile_recommended is 'null when nobody does';

-- The page behind the secret link; p_slug: the therapist to begin with. Null without a link that holds.
create or replace function recommend_page(p_slug text, p_ticked text[] default '{}') returns json
    language sql stable
    as $$
    select json_build_object('name', c.name, 'profession', c.profession, 'register', c.register, 'number', c.number, 'valid', clinician_valid(c), 'until', say_date(c.checked_until, site_country()), 'therapist', p_slug,
        'complaints', (select json_agg(json_build_object('slug', g.slug, 'label', g.label, 'on', g.slug = any (p_ticked)) order by g.position, g.id) from tag g where g.kind = 'complaint' and g.retired_at is null),
        'list', (select coalesce(json_agg(json_build_object('slug', b.t ->> 'slug', 'therapist', b.t ->> 'name', 'tie', nullif(m.tie, ''), 'since', to_char(m.made_at, 'FMMonth YYYY'),
                    'complaints', (select string_agg(g.label, ', ' order by g.position, g.id) from recommendation_tag x join tag g on g.id = x.tag_id where x.clinician_id = c.id and x.therapist_id = m.therapist_id))
                    order by m.made_at desc, m.therapist_id), '[]')
                 from recommendation m cross join lateral (select booking_therapist(m.therapist_id) as t) b where m.clinician_id = c.id))
    from clinician c where c.token_hash = auth.token_hash('app.booking') and c.ended_at is null
    $$;

-- p_therapist: a slug, or the address of a profile as it was copied. Again for the same one: in place of what was said before.
create or replace function recommend_save(p_therapist text, p_complaints text[], p_tie text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    c clinician;
    t int := (select id from therapist where published and slug = lower(substring(p_therapist from '([A-Za-z0-9-]+)/?(?:[?#].*)?$')));
    tags int[] := array(select id from tag where kind = 'complaint' and retired_at is null and slug = any (p_complaints));
begin
    select * into c from clinician where token_hash = auth.token_hash('app.booking') and ended_at is null for update;
    if not found then
        return null;
    elsif not clinician_valid(c) then
        return review_problem('check-over', null, 'Our check of your registration has run out. Write to whoever runs this site.');
    elsif t is null then
        return review_problem('no-therapist', 'therapist', 'Nobody is listed under this address. Copy it from the therapist''s page.');
    elsif cardinality(tags) = 0 then
        return review_problem('no-complaint', 'complaint', 'Choose at least one from the list');
    end if;
    insert into recommendation values (c.id, t, coalesce(p_tie, ''), clock())
    on conflict (clinician_id, therapist_id) do update set tie = excluded.tie, made_at = excluded.made_at;
    delete from recommendation_tag where clinician_id = c.id and therapist_id = t;
    insert into recommendation_tag select c.id, t, x from unnest(tags) x;
    return recommend_page(null);
end $$;

create or replace function recommend_withdraw(p_slug text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    c clinician;
begin
    select * into c from clinician where token_hash = auth.token_hash('app.booking') and ended_at is null;
    if not found then
        return null;
    end if;
    delete from recommendation where clinician_id = c.id and therapist_id = (select id from therapist where slug = p_slug);
    return recommend_page(null);
end $$;

-- A plain link to pass on: no account, no third party.
create or replace function recommend_share(p_slug text, p_origin text) returns json
    language sql stable
    as $$
    select json_build_object('slug', t.slug, 'name', t.name, 'link', p_origin || '/therapists/' || t.slug, 'town', l.town,
        'mailto', 'mailto:?subject=' || replace(url_encode('A massage therapist: ' || t.name), '+', '%20') || '&body=' || replace(url_encode(p_origin || '/therapists/' || t.slug), '+', '%20'))
    from therapist t left join lateral (select town from location where therapist_id = t.id order by id limit 1) l on true
    where t.slug = p_slug and t.published
    $$;

-- --- The operator's side

create or replace function operator_clinician_json(c clinician) returns json
    language sql stable
    as $$
    select json_build_object('id', c.id, 'name', c.name, 'profession', c.profession, 'register', c.register, 'number', c.number, 'email', c.email, 'on', c.checked_on, 'until', c.checked_until,
        'checked_on', say_date(c.checked_on, site_country()), 'checked_until', say_date(c.checked_until, site_country()), 'by', c.checked_by, 'ended', c.ended_at is not null, 'valid', clinician_valid(c),
        'lapsed', c.ended_at is null and not clinician_valid(c), 'recommends', (select count(*) from recommendation m where m.clinician_id = c.id))
    $$;
create or replace function operator_clinicians() returns json
    language sql stable
    as $$
    select json_build_object('clinicians', coalesce((select json_agg(operator_clinician_json(c) order by c.ended_at is not null, c.checked_until, c.id) from clinician c), '[]'), 'counts', review_case_counts(), 'has_clinicians', exists (select from clinician))
    where auth.is_operator()
    $$;
-- p_id null: a new one
create or replace function operator_clinician(p_id int) returns json
    language sql stable
    as $$
    select json_build_object('clinician', (select operator_clinician_json(c) from clinician c where c.id = p_id), 'today', current_date, 'suggest_until', current_date + 365,
        'name', c.name, 'profession', c.profession, 'register', c.register, 'number', c.number, 'email', c.email, 'on', coalesce(c.checked_on, current_date), 'until', coalesce(c.checked_until, current_date + 365))
    from (select 1) one left join clinician c on c.id = p_id
    where auth.is_operator() and (p_id is null or c.id is not null)
    $$;

create or replace function clinician_tell(p_id int) returns void
    language sql
    as $$
    insert into outbox (kind, audience, recipient, data, due_at)
    select 'clinician-link', 'client', c.email, json_build_object('name', c.name, 'clinician', c.id), clock() from clinician c where c.id = p_id
    $$;

-- p_key: of a new one's link, whose token is the transaction's app.booking. A check is made anew by saving; a new address gets the link.
create or replace function operator_clinician_save(p_id int, p_form json, p_key uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me text := (select name from account where id = auth.account());
    since date := (p_form ->> 'on')::date;
    till date := (p_form ->> 'until')::date;
    was clinician;
    c clinician;
begin
    select * into was from clinician where id = p_id and ended_at is null for update;
    if not auth.is_operator() or p_id is not null and was.id is null then
        return null;
    elsif since > current_date or since < current_date - 365 then
        return review_problem('bad-day', 'on', 'The day you checked it lies within the last year');
    elsif till <= since or till > since + 366 then
        return review_problem('bad-day', 'until', 'The check holds until a day after it, for a year at most');
    end if;
    if p_id is null then
        insert into clinician (key, token_hash, name, profession, register, number, email, checked_on, checked_until, checked_by)
        values (p_key, auth.token_hash('app.booking'), p_form ->> 'name', p_form ->> 'profession', p_form ->> 'register', p_form ->> 'number', p_form ->> 'email', since, till, me) returning * into c;
    else
        update clinician set name = p_form ->> 'name', profession = p_form ->> 'profession', register = p_form ->> 'register', number = p_form ->> 'number', email = p_form ->> 'email',
            checked_on = since, checked_until = till, checked_by = me where id = p_id returning * into c;
    end if;
    if was.email is distinct from c.email then
        perform clinician_tell(c.id);
    end if;
    insert into audit (account_id, action, object, detail)
    values (auth.account(), 'clinician.checked', c.id::text, json_build_object('register', c.register, 'number', c.number, 'on', since, 'until', till, 'by', me));
    return operator_clinician(c.id);
end $$;

-- p_act: link (by mail, once more), end (the link and all recommendations stop)
create or replace function operator_clinician_act(p_id int, p_act text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not auth.is_operator() or not exists (select from clinician where id = p_id and ended_at is null for update) then
        return null;
    end if;
    if p_act = 'end' then
        update clinician set ended_at = clock() where id = p_id;
    else
        perform clinician_tell(p_id);
    end if;
    insert into audit (account_id, action, object, detail) values (auth.account(), 'clinician.' || p_act, p_id::text, '{}');
    return operator_clinician(p_id);
end $$;

grant execute on function clinician_valid, profile_recommended, recommend_page, recommend_save, recommend_withdraw, recommend_share, operator_clinician_json, operator_clinicians, operator_clinician,
    operator_clinician_save, operator_clinician_act to unknot_web;
