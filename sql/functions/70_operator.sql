-- What an operator sees and decides. Policies let an operator read every therapist and change the check of a credential; nothing here
-- opens a client's booking or answers.

create or replace function operator_credential(c credential) returns json
    language plpgsql stable
    as $$
declare
    here constant text := site_country();
begin
    return json_build_object('id', c.id, 'kind', c.kind, 'kind_word', credential_word(c.kind), 'title', c.title, 'issuer', c.issuer, 'number', nullif(c.number, ''),
        'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours,
        'valid_until', say_date(c.valid_until, here), 'state', credential_state(c.checked_on, c.checked_until),
        'issued_on', say_date(c.issued_on, here), 'warning', number_warning(c),
        'register', (select json_build_object('id', r.id, 'body', r.body, 'region', nullif(say_jurisdiction(r.country, r.region), ''), 'lookup', nullif(r.lookup, ''), 'open_data', nullif(r.open_data, ''),
                         'required', r.required, 'hint', nullif(r.number_hint, '')) from register r where r.id = c.register_id),
        'says', register_says(c), 'result', result_words(c.result), 'note', c.result_note, 'is_refused', c.result not in ('register', 'document'),
        'renewed', say_date_site(c.renewed_at), 'renew_until', say_date(c.renew_until, here),
        'proof', (select json_build_object('on', say_date_site(p.made_at), 'ending', upper(p.ending)) from credential_proof p where p.credential_id = c.id order by p.made_at desc limit 1),
        'is_unchecked', credential_waits(c), 'is_checked', credential_state(c.checked_on, c.checked_until) = 'checked',
        'is_lapsed', credential_state(c.checked_on, c.checked_until) = 'lapsed',
        'checked_on', say_date(c.checked_on, here), 'checked_until', say_date(c.checked_until, here),
        'checked_where', c.checked_where, 'checked_by', c.checked_by, 'waiting_since', say_date_site(coalesce(c.renewed_at, c.handed_in_at)));
end $$;

-- How many are counted one by one while somebody waits for a page; more than that is said to be more.
create or replace function operator_most() returns int language sql immutable parallel safe as $$ select 10000 $$;
create or replace function operator_said(p_n bigint) returns json
    language sql immutable
    as $$ select case when p_n > operator_most() then '"more than 10,000"' else p_n::text end::json $$;

create or replace function operator_counts() returns json
    language plpgsql stable
    as $$
declare
    most constant int := operator_most() + 1;
begin
    return json_build_object(
        'therapists', operator_said((select count(*) from (select from therapist limit most) x)), 'published', operator_said((select count(*) from (select from therapist where published limit most) x)),
        'unchecked', operator_said((select count(*) from (select from credential where renewed_at is not null or result is null and checked_on is null limit most) x)),
        'lapsed', operator_said((select count(*) from (select from credential where checked_until < current_date limit most) x)),
        'refused', operator_said((select count(*) from (select from credential where result not in ('register', 'document') limit most) x)),
        'checked', operator_said((select count(*) from (select from credential where checked_until >= current_date limit most) x)),
        'ending', operator_said((select count(*) from (select from credential where checked_until between current_date and current_date + 60 limit most) x)),
        'proposals', (select count(*) from proposal p where p.outcome is null and p.expires_at > clock()), 'incidents', operator_open_incidents());
end $$;

-- In whose name it stands, between its words too: each word of the middle whole, the first by its end, the last by its beginning. Names of published
-- therapists are found by their words (therapist_name), unless it is a piece of so many that one is met soon by going along the names.
create or replace function operator_name_query(p_q text) returns tsquery
    language plpgsql stable
    as $$
declare
    part constant text[] := string_to_array(fold(p_q), ' ');
    parts constant int := coalesce(cardinality(part), 0);
    words text[];
    uses bigint;
    made tsquery;
begin
    for i in 1 .. parts loop
        select array_agg(w.word), sum(w.uses) into words, uses from name_word w
        where w.word like case when i > 1 then '' else '%' end || part[i] || case when i < parts then '' else '%' end;
        if words is null then
            return 'none'::tsquery && '!none'::tsquery;
        elsif parts > 1 or uses <= operator_most() then
            made := coalesce(made && string_agg(w, ' | ')::tsquery, string_agg(w, ' | ')::tsquery) from unnest(words) w;
        end if;
    end loop;
    return made;
end $$;

-- Row by row a policy is asked before the order of names, so that the index would not be used: this asks who is calling and looks past the policies.
create or replace function operator_named(p_q text, p_after int, p_limit int) returns setof therapist
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    from_name text;
    like_q constant text := '%' || fold(p_q) || '%';
    by_words constant tsquery := operator_name_query(p_q);
begin
    select x.name into from_name from therapist x where x.id = p_after;
    if not auth.is_operator() or not found and p_after is not null then
        return;
    elsif by_words is null then
        return query select t.* from therapist t
                     where (p_q is null or fold(t.name) like like_q) and (t.name, t.id) > (coalesce(from_name, ''), coalesce(p_after, 0)) order by t.name, t.id limit p_limit;
    else
        return query select t.* from (select y.* from therapist_name n join therapist y on y.id = n.therapist_id where n.words @@ by_words
                                      union all select y.* from therapist y where not y.published) t
                     where fold(t.name) like like_q and (t.name, t.id) > (coalesce(from_name, ''), coalesce(p_after, 0)) order by t.name, t.id limit p_limit;
    end if;
end $$;

-- Fifty a page, by name; p_after is the id of the last one of the page before.
create or replace function operator_therapists(p_q text, p_after int) returns json
    language sql stable
    as $$
    with page as (
        select * from operator_named(p_q, p_after, 51)
    ), shown as (select * from page order by name, id limit 50)
    select json_build_object('counts', operator_counts(), 'q', p_q,
        'therapists', (select coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name, 'published', t.published,
            'town', (select l.town || ', ' || l.region from location l where l.therapist_id = t.id order by l.id limit 1),
            'blocked', nullif(k.blocked, 0), 'blocked_one', k.blocked = 1,
            'credentials', (select coalesce(json_agg(operator_credential(c) order by c.created_at), '[]') from credential c where c.therapist_id = t.id)) order by t.name, t.id), '[]')
                       from shown t cross join lateral (select operator_blocked(t.id) as blocked offset 0) k),
        'next', (select s.id from shown s where (select count(*) from page) > 50 order by s.name desc, s.id desc limit 1))
    where auth.is_operator()
    $$;

-- The first p_limit of a list, what waits longest or ends first before the others: unchecked (it waits), lapsed, ending (within 60 days), refused, checked.
create or replace function operator_credentials(p_state text, p_limit int) returns setof credential
    language plpgsql stable
    as $$
begin
    if p_state = 'unchecked' then
        return query select c.* from credential c where c.renewed_at is not null or c.result is null and c.checked_on is null order by coalesce(c.renewed_at, c.handed_in_at), c.id limit p_limit;
    elsif p_state = 'refused' then
        return query select c.* from credential c where c.result not in ('register', 'document') order by c.checked_until, coalesce(c.renewed_at, c.handed_in_at), c.id limit p_limit;
    else
        return query select c.* from credential c
                     where c.checked_until >= case p_state when 'lapsed' then date '-infinity' else current_date end
                       and c.checked_until <= case p_state when 'lapsed' then current_date - 1 when 'ending' then current_date + 60 else date 'infinity' end
                     order by c.checked_until, coalesce(c.renewed_at, c.handed_in_at), c.id limit p_limit;
    end if;
end $$;

create or replace function operator_queue(p_state text) returns json
    language plpgsql stable
    as $$
declare
    counts constant json := operator_counts();
begin
    return json_build_object('counts', counts, 'state', p_state, 'is_unchecked', p_state = 'unchecked', 'is_lapsed', p_state = 'lapsed', 'is_checked', p_state = 'checked',
        'is_ending', p_state = 'ending', 'is_refused', p_state = 'refused',
        'credentials', coalesce((select json_agg(json_build_object('therapist', json_build_object('slug', t.slug, 'name', t.name), 'credential', operator_credential(x.c)) order by x.nth)
                                 from (select c, row_number() over () as nth from operator_credentials(p_state, 50) c) x join therapist t on t.id = (x.c).therapist_id), '[]'),
        -- null when all of them are shown
        'more', (select counts -> p_state where (select count(*) from operator_credentials(p_state, 51)) > 50))
    where auth.is_operator();
end $$;

-- p_specialism: as typed, null: as stored.
create or replace function operator_credential_one(p_id uuid, p_specialism text) returns json
    language sql stable
    as $$
    select json_build_object('therapist', json_build_object('slug', t.slug, 'name', t.name), 'credential', operator_credential(c),
        'today', site_today(), 'required', (select r.required from register r where r.id = c.register_id),
        -- the same number, entered by somebody else: one of them is wrong
        'twins', (select coalesce(json_agg(json_build_object('id', o.id, 'name', x.name, 'slug', x.slug)), '[]') from credential o join therapist x on x.id = o.therapist_id
                  where o.register_id = c.register_id and o.number_key = c.number_key and c.number_key <> '' and o.therapist_id <> c.therapist_id),
        'opened', operator_proof_opened(c.id), 'ended', case when c.valid_until < current_date then say_date(c.valid_until, site_country()) end,
        'suggest_until', greatest(current_date, least(coalesce(c.renew_until, c.valid_until), current_date + 365)),
        'is_training', not is_profession(c.kind), 'hours', c.hours,
        'kind', (select json_build_object('meaning', nullif(k.meaning, ''), 'checked_how', nullif(k.checked_how, ''), 'validity', nullif(k.validity, '')) from credential_kind k where k.kind = c.kind),
        'specialisms', (select json_agg(json_build_object('slug', g.slug, 'label', g.label, 'for_back', g.part = 'back_pain',
                            'selected', case when p_specialism is null then g.id is not distinct from c.specialism_id else g.slug = p_specialism end) order by g.position, g.id)
                        from tag g where g.kind = 'specialism' and (g.retired_at is null or g.id = c.specialism_id)),
        'history', (select coalesce(json_agg(json_build_object('at', say_moment_site(a.at), 'where', a.detail ->> 'where', 'until', say_date((a.detail ->> 'until')::date, site_country()), 'by', a.detail ->> 'by', 'result', a.detail ->> 'result', 'note', a.detail ->> 'note') order by a.id desc), '[]')
                    from audit a where a.action = 'credential.checked' and a.object = c.id::text))
    from credential c join therapist t on t.id = c.therapist_id where c.id = p_id and auth.is_operator()
    $$;

-- What is wrong with the days of a check: {"field","title"}, null when they will do.
create or replace function operator_check_problem(c credential, p_on date, p_until date) returns json
    language sql stable
    as $$
    select json_build_object('problem', true, 'field', x.field, 'title', x.title) from (values
        (p_on > greatest(current_date, site_today()), 'on', 'The day you checked it cannot be in the future'),
        (p_on < current_date - 365, 'on', 'The day you checked it cannot be more than a year ago'),
        (p_until is null, 'until', 'Enter the day until which the check holds'),
        (p_until <= p_on, 'until', 'The check must hold until a day after the one you made it on'),
        (p_until > p_on + 366, 'until', 'The check can hold for a year at most'),
        (p_until > coalesce(c.renew_until, c.valid_until), 'until', 'The check cannot hold longer than the credential, which ends on ' || say_date(coalesce(c.renew_until, c.valid_until), site_country()))
        ) x (wrong, field, title) where x.wrong limit 1
    $$;

-- The decision. p_result: register (found there, in force) or document (seen, not looked up): it is checked; not_found, differs, inactive: it is not, and p_note says why.
-- Of a renewal that is refused the earlier check goes on to its day. p_specialism and p_hours: of training, what it was about and how long it took.
create or replace function operator_check(p_id uuid, p_where text, p_on date, p_until date, p_specialism text, p_hours int, p_result text, p_note text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me text := (select name from account where id = auth.account());
    c credential;
    wrong json;
    training boolean;
    about int := (select id from tag where kind = 'specialism' and slug = p_specialism);
    good constant boolean := p_result in ('register', 'document');
begin
    select * into c from credential where id = p_id and auth.is_operator() for update;
    if not found then
        return null;
    elsif p_specialism is not null and about is null then
        return operator_problem('specialism', 'Choose what it was about from the list');
    elsif not good and c.checked_until >= current_date and c.renewed_at is null then
        return operator_problem('result', 'This one is checked. To take that back, use “Withdraw the check” below');
    elsif not good and p_note is null then
        return operator_problem('note', 'Say to the therapist what is wrong, and what to do');
    end if;
    training := not is_profession(c.kind);
    wrong := operator_check_problem(c, p_on, case when good then p_until else p_on + 1 end);
    if wrong is not null then
        return wrong;
    elsif good then
        update credential set checked_where = p_where, checked_on = p_on, checked_until = p_until, checked_by = me, result = p_result, result_on = p_on, result_note = p_note,
            valid_until = coalesce(renew_until, valid_until), renewed_at = null, renew_until = null,
            specialism_id = case when training then about end, hours = case when training then p_hours end where id = p_id;
    elsif c.checked_until >= current_date then
        update credential set renewed_at = null, renew_until = null, result_note = p_note where id = p_id;
    else
        update credential set checked_where = null, checked_on = null, checked_until = null, checked_by = null, result = p_result, result_on = p_on, result_note = p_note, renewed_at = null, renew_until = null
        where id = p_id;
    end if;
    update credential_proof set erase_after = clock() + make_interval(days => (select proof_days from credential_setting)) where credential_id = p_id;
    insert into audit (account_id, action, object, detail) values (auth.account(), case when good then 'credential.checked' else 'credential.refused' end, p_id::text,
        json_build_object('where', p_where, 'on', p_on, 'until', case when good then p_until end, 'by', me, 'specialism', p_specialism, 'hours', p_hours, 'result', p_result, 'note', p_note));
    perform credential_told(p_id, 'therapist-credential');
    return operator_credential_one(p_id, null);
end $$;

-- --- Proofs: for operators, and each opening is on record

create or replace function operator_proof(p_credential uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('id', p.id, 'holder', t.account_id, 'sealed', p.sealed, 'ending', p.ending, 'pieces', p.pieces, 'on', to_char(p.made_at, 'YYYY-MM-DD'))
    from credential_proof p join credential c on c.id = p.credential_id join therapist t on t.id = c.therapist_id
    where p.credential_id = p_credential and auth.is_operator() order by p.made_at desc limit 1
    $$;

create or replace function operator_proof_piece(p_proof uuid, p_n int) returns text
    language sql stable
    as $$ select x.sealed from credential_proof_piece x where x.proof_id = p_proof and x.n = p_n and auth.is_operator() $$;

-- Who had the key of this therapist's proofs, and when.
create or replace function operator_proof_opened(p_credential uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce(json_agg(json_build_object('who', x.reader_name, 'at', say_moment_site(x.at)) order by x.id desc), '[]') from (
        select u.* from credential c join therapist t on t.id = c.therapist_id join client_key k on k.proofs_of = t.account_id join key_use u on u.client_key_id = k.id
        where c.id = p_credential and auth.is_operator() and u.reader = 'operator' order by u.id desc limit 10) x
    $$;

-- To the therapist, by mail: that something is to be read about one of their credentials.
create or replace function credential_told(p_credential uuid, p_kind text, p_more json default '{}') returns void
    language sql
    as $$
    insert into outbox (kind, audience, recipient, data, due_at)
    select p_kind, 'therapist', a.email, (jsonb_build_object('name', t.name, 'title', c.title, 'checked', c.checked_until >= current_date, 'ends', say_date(c.checked_until, country_for(t.id))) || p_more::jsonb)::json, clock()
    from credential c join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where c.id = p_credential and a.disabled_at is null
    $$;

grant execute on function operator_credential, operator_most, operator_said, operator_counts, operator_name_query, operator_named, operator_therapists, operator_credentials, operator_queue, operator_credential_one, operator_check_problem,
    operator_check, operator_proof, operator_proof_piece, operator_proof_opened to unknot_web;
