-- What a therapist enters of credentials, with the proofs; and what the checks of them are called. Writing is the owner's, after asking whose it is: so the
-- columns of a check are nobody's to forge.

-- Whether a number looks as those of its register do; null: nobody knows what they look like.
create or replace function number_fits(p_key text, p_mask text) returns boolean
    language sql immutable parallel safe
    as $$
    select case when p_mask <> '' and p_key <> '' then p_key ~ ('^' || replace(replace(p_mask, '#', '[0-9]'), '@', '[A-Z]') || '$') end
    $$;

-- A number that is entered, and is not like the others of its register: what they look like.
create or replace function number_warning(c credential) returns text
    language plpgsql stable
    as $$
begin
    return (
        select 'The numbers of ' || r.body || ' look different' || coalesce(': ' || nullif(r.number_hint, ''), '') || '. If yours is right, leave it as it is.'
        from register r where r.id = c.register_id and not number_fits(c.number_key, r.number_mask));
end $$;

create or replace function credential_waits(c credential) returns boolean
    language sql stable
    as $$ select c.renewed_at is not null or c.result is null and c.checked_on is null $$;
comment on function credential_waits is 'an operator has to look at it';

create or replace function result_words(p_result text) returns text
    language sql immutable parallel safe
    as $$
    select case p_result when 'register' then 'Found on the register, in force' when 'document' then 'Document seen, not looked up' when 'not_found' then 'Not found on the register'
                         when 'differs' then 'The register says something else' when 'inactive' then 'On the register, but not in force' when 'withdrawn' then 'Our check was withdrawn' end
    $$;

-- A credential as its therapist sees it.
create or replace function practice_credential(c credential) returns json
    language sql stable
    as $$
    select json_build_object('id', c.id, 'kind', c.kind, 'word', credential_word(c.kind), 'title', c.title, 'issuer', c.issuer, 'number', nullif(c.number, ''),
        'register', (select json_build_object('body', r.body, 'lookup', nullif(r.lookup, ''), 'region', nullif(r.region, '')) from register r where r.id = c.register_id),
        'issued_on', say_date(c.issued_on, here), 'valid_until', say_date(c.valid_until, here), 'warning', number_warning(c),
        'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours,
        'waits', credential_waits(c), 'handed_in', say_date_for(coalesce(c.renewed_at, c.handed_in_at), c.therapist_id), 'renewed', c.renewed_at is not null, 'renew_until', say_date(c.renew_until, here),
        'checked', s.state = 'checked', 'lapsed', s.state = 'lapsed', 'refused', c.result not in ('register', 'document'), 'result', result_words(c.result), 'note', c.result_note,
        'checked_on', say_date(c.checked_on, here), 'checked_until', say_date(c.checked_until, here), 'checked_where', c.checked_where,
        'ends_soon', s.state = 'checked' and c.checked_until <= (clock() at time zone 'UTC')::date + 60,
        'proof', (select json_build_object('on', say_date_for(p.made_at, c.therapist_id), 'ending', upper(p.ending)) from credential_proof p where p.credential_id = c.id order by p.made_at desc limit 1))
    from (select credential_state(c.checked_on, c.checked_until) as state, country_for(c.therapist_id) as here offset 0) s
    $$;

create or replace function practice_credentials() returns json
    language sql stable
    as $$
    select json_build_object('slug', t.slug, 'published', t.published, 'suspended', t.suspended_at is not null, 'closed', unlicensed_json(t.id),
        'credentials', (select coalesce(json_agg(practice_credential(c) order by is_profession(c.kind) desc, c.created_at), '[]') from credential c where c.therapist_id = t.id),
        'has_credentials', exists (select from credential c where c.therapist_id = t.id),
        'discipline', (select coalesce(json_agg(discipline_json(d) order by d.dated desc), '[]') from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'has_discipline', exists (select from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'places', (select coalesce(json_agg(json_build_object('name', coalesce(nullif(l.name, ''), l.street), 'town', l.town, 'region', l.region,
                       'wanted', license_wanted(l.country, l.region), 'open', place_bookable(l.id)) order by l.id), '[]') from location l where l.therapist_id = t.id),
        'proof_days', (select proof_days from credential_setting))
    from therapist t where t.id = auth.therapist()
    $$;

-- A note of a board's or a court's decision, as everybody sees it.
create or replace function discipline_json(d discipline) returns json
    language sql stable
    as $$
    select json_build_object('id', d.id, 'source', d.source, 'link', nullif(d.link, ''), 'dated', d.dated, 'day', say_date(d.dated, here), 'words', d.words,
        'answer', d.answer, 'answered', say_date_for(d.answered_at, d.therapist_id), 'can_answer', d.answer is null)
    from (select country_for(d.therapist_id) as here offset 0) x
    $$;

-- The form. p_id null: a new one; p_typed: what was chosen, to be chosen again.
create or replace function practice_credential_form(p_id uuid, p_typed json default null) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    c credential;
    places constant text[] := array(select distinct l.country || '-' || place_region(l.country, l.region) from location l where l.therapist_id = me);
begin
    select * into c from credential x where x.id = p_id and x.therapist_id = me;
    if me is null or p_id is not null and c.id is null then
        return null;
    end if;
    return json_build_object('is_new', p_id is null, 'id', c.id, 'title', c.title, 'issuer', c.issuer, 'number', c.number, 'issued_on', c.issued_on, 'valid_until', coalesce(c.renew_until, c.valid_until),
        'renews', coalesce(c.checked_on is not null, false), 'shown', case when c.id is not null then practice_credential(c) end, 'today', (clock() at time zone 'UTC')::date,
        'kinds', (select json_agg(json_build_object('kind', k.kind, 'label', k.label, 'selected', k.kind = coalesce(p_typed ->> 'kind', c.kind)) order by k.position, k.kind)
                  from credential_kind k where k.offered or k.kind = c.kind),
        'near', (select coalesce(json_agg(register_option(r, p_typed, c) order by r.region, r.body), '[]') from register r
                 where r.retired_at is null and (r.country || '-' || r.region = any (places) or r.country || '-' = any (select left(x, 3) from unnest(places) x) and r.region = '')),
        'far', (select coalesce(json_agg(register_option(r, p_typed, c) order by r.country, r.region, r.body), '[]') from register r
                where r.retired_at is null and r.country <> '' and not (r.country || '-' || r.region = any (places) or r.country || '-' = any (select left(x, 3) from unnest(places) x) and r.region = '')));
end $$;

create or replace function register_option(r register, p_typed json, c credential) returns json
    language sql stable
    as $$
    select json_build_object('id', r.id, 'label', concat_ws(': ', nullif(say_jurisdiction(r.country, r.region), ''), r.body),
        'selected', case when p_typed is null then r.id is not distinct from c.register_id else r.id::text = p_typed ->> 'register' end)
    $$;

-- What is wrong with a form, null when it will do.
create or replace function credential_problem(c credential, p_form json) returns json
    language plpgsql stable
    as $$
declare
    today constant date := (clock() at time zone 'UTC')::date;
    until constant date := (p_form ->> 'valid_until')::date;
begin
    if until < today then
        return practice_problem('valid_until', 'This day has passed. Enter one that holds now');
    elsif until > today + 3660 then
        return practice_problem('valid_until', 'Enter a day within ten years');
    elsif c.checked_on is not null then
        return case when until is null then practice_problem('valid_until', 'Enter the day until which the renewed one holds') end;
    elsif not exists (select from credential_kind k where k.kind = p_form ->> 'kind' and (k.offered or k.kind = c.kind)) then
        return practice_problem('kind', 'Choose what it is from the list');
    elsif p_form ->> 'register' is not null and not exists (select from register r where r.id = (p_form ->> 'register')::int and r.retired_at is null) then
        return practice_problem('register', 'Choose a register from the list');
    elsif p_form ->> 'register' is null and p_form ->> 'issuer' is null then
        return practice_problem('issuer', 'Enter who issued it, or choose the register above');
    elsif (p_form ->> 'issued_on')::date > today then
        return practice_problem('issued_on', 'The day it was issued cannot be in the future');
    elsif (p_form ->> 'issued_on')::date > until then
        return practice_problem('valid_until', 'It must hold until after the day it was issued');
    end if;
    return null;
end $$;

-- p_id null: a new one, under p_new. One that was checked is renewed: the check counts until another one follows it. → {"id"} or a problem.
create or replace function practice_credential_save(p_id uuid, p_new uuid, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me constant int := auth.therapist();
    c credential;
    wrong json;
    at constant int := (p_form ->> 'register')::int;
begin
    select * into c from credential x where x.id = p_id and x.therapist_id = me for update;
    if me is null or p_id is not null and c.id is null then
        return null;
    end if;
    wrong := credential_problem(c, p_form);
    if wrong is not null then
        return wrong;
    elsif p_id is null and (select count(*) >= 30 from credential x where x.therapist_id = me) then
        return practice_problem(null, 'Thirty credentials are here already. Remove one first');
    end if;
    if c.checked_on is not null then
        update credential set renewed_at = clock(), renew_until = (p_form ->> 'valid_until')::date where id = c.id;
    elsif c.id is not null then
        update credential set kind = p_form ->> 'kind', register_id = at, number = coalesce(p_form ->> 'number', ''), issued_on = (p_form ->> 'issued_on')::date,
            valid_until = (p_form ->> 'valid_until')::date, title = coalesce(p_form ->> 'title', credential_word(p_form ->> 'kind')),
            issuer = coalesce(p_form ->> 'issuer', (select r.body from register r where r.id = at)), handed_in_at = case when result is null then handed_in_at else clock() end,
            result = null, result_on = null, result_note = null
        where id = c.id;
    else
        insert into credential (id, therapist_id, kind, register_id, number, issued_on, valid_until, title, issuer, handed_in_at)
        values (p_new, me, p_form ->> 'kind', at, coalesce(p_form ->> 'number', ''), (p_form ->> 'issued_on')::date, (p_form ->> 'valid_until')::date,
                coalesce(p_form ->> 'title', credential_word(p_form ->> 'kind')), coalesce(p_form ->> 'issuer', (select r.body from register r where r.id = at)), clock());
    end if;
    insert into audit (account_id, action, object) values (auth.account(), case when c.id is null then 'credential.entered' when c.checked_on is not null then 'credential.renewed' else 'credential.changed' end, coalesce(c.id, p_new)::text);
    return json_build_object('id', coalesce(c.id, p_new), 'published', (select published from therapist where id = me));
end $$;

create or replace function practice_credential_remove(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    delete from credential where id = p_id and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'credential.removed', p_id::text);
    return practice_credentials();
end $$;

-- A proof in place of an earlier one; its file follows in pieces.
create or replace function practice_proof_put(p_credential uuid, p_proof uuid, p_sealed text, p_ending text, p_pieces int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update credential set handed_in_at = case when checked_on is null and result is not null then clock() else handed_in_at end,
        renewed_at = case when checked_on is not null then clock() end,
        result = case when checked_on is not null then result end, result_on = case when checked_on is not null then result_on end, result_note = case when checked_on is not null then result_note end
    where id = p_credential and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    delete from credential_proof where credential_id = p_credential;
    insert into credential_proof (id, credential_id, sealed, ending, pieces, made_at) values (p_proof, p_credential, p_sealed, p_ending, p_pieces, clock());
    insert into audit (account_id, action, object) values (auth.account(), 'proof.sent', p_credential::text);
    return practice_credentials();
end $$;

create or replace function practice_proof_piece(p_proof uuid, p_n int, p_sealed text) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into credential_proof_piece (proof_id, n, sealed)
    select p.id, p_n, p_sealed from credential_proof p join credential c on c.id = p.credential_id
    where p.id = p_proof and c.therapist_id = auth.therapist() and p_n between 0 and p.pieces - 1;
    return found;
end $$;

-- Under whose name the keys of one's proofs lie.
create or replace function practice_proof_holder() returns text
    language sql stable
    as $$ select auth.account()::text where auth.therapist() is not null $$;

-- Proofs that were decided on long enough ago, and keys that seal nothing any more → how many were looked at.
create or replace function credential_proofs_due() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from credential_proof where id in (select id from credential_proof where erase_after <= clock() limit 50);
    get diagnostics n = row_count;
    perform key_destroy(k.id) from client_key k
    where k.proofs_of is not null and k.wrapped is not null and k.made_at < clock() - interval '1 day'
      and not exists (select from key_use u where u.client_key_id = k.id and u.at > clock() - interval '1 day')
      and not exists (select from credential_proof p join credential c on c.id = p.credential_id join therapist t on t.id = c.therapist_id where t.account_id = k.proofs_of);
    return n;
end $$;

grant execute on function number_fits, number_warning, credential_waits, result_words, practice_credential, practice_credentials, discipline_json, practice_credential_form, register_option, credential_problem,
    practice_credential_save, practice_credential_remove, practice_proof_put, practice_proof_piece, practice_proof_holder to unknot_web;
grant execute on function credential_proofs_due to unknot_worker;
