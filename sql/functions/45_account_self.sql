-- What somebody who is signed in sees and does of their own account. Accounts, sessions and links are closed to the web role: each of these functions
-- looks at auth.account() first, and gives or changes what is that account's alone.

create or replace function account_me() returns account
    language sql stable
    as $$ select a from account a where a.id = auth.account() $$;

-- One line of a visit, for lists.
create or replace function account_visit(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('id', b.id, 'day', say_day_of(b.starts_at, b.zone, l.country), 'time', say_time(b.starts_at, b.zone, l.country), 'zone_name', say_zone(b.starts_at, b.zone),
            'start', rfc3339(b.starts_at), 'service', b.service_name, 'therapist', booking_therapist(b.therapist_id), 'place', case when b.at_home then 'At your address' else l.town end,
            'reference', b.reference, 'state', b.state, 'price', money_json(b.price, b.currency),
            'is_requested', b.state = 'requested', 'is_suggested', b.state = 'suggested', 'is_cancelled', b.state in ('cancelled', 'declined', 'expired'), 'is_no_show', b.state = 'no_show', 'is_attended', b.state = 'attended',
            'is_kept_for', b.state = 'held', 'has_answers', exists (select from safety_check c where c.id = b.safety_id and c.sealed is not null), 'was_asked', b.safety_id is not null)
        from location l where l.id = b.location_id);
end $$;

-- Whether a visit is still to come: what was asked for and not answered in time is not.
create or replace function account_coming(b booking) returns boolean
    language sql stable
    as $$ select b.ends_at > clock() and b.state in ('confirmed', 'requested', 'suggested') and not booking_lapses(b) $$;

-- GET /account. Of what is over the last p_past visits.
create or replace function account_page(p_past int) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me account := account_me();
    coming json := (select json_agg(account_visit(b) order by b.starts_at) from booking b where b.client_account_id = me.id and account_coming(b));
    past json := (select json_agg(account_visit(b) order by b.starts_at desc) from (
        select * from booking x where x.client_account_id = me.id and not account_coming(x) order by x.starts_at desc limit p_past) b);
    waiting json := (select json_agg((waiting_json(w)::jsonb || jsonb_build_object('id', w.id))::json order by w.confirmed_at) from waiting w
        where lower(w.email) = me.email_key and me.email_verified_at is not null and w.confirmed_at is not null and w.ended_at is null);
    saved int := (select count(*) from saved_therapist s where s.account_id = me.id);
begin
    if me.id is null then
        return null;
    end if;
    return json_build_object('name', me.name, 'verified', me.email_verified_at is not null, 'coming', coalesce(coming, '[]'), 'has_coming', coming is not null,
        'past', coalesce(past, '[]'), 'has_past', past is not null, 'more', json_array_length(coalesce(past, '[]')) = p_past,
        'waiting', coalesce(waiting, '[]'), 'has_waiting', waiting is not null, 'saved', saved, 'has_saved', saved > 0);
end $$;

-- The secret from which the token of a visit, or of a place on a waiting list, is made: null when it is not the caller's. A visit's opens health answers,
-- so it is for who proved to be its client within minutes, however long a device is kept signed in.
create or replace function account_visit_key(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select json_build_object('id', b.id, 'key', booking_secret(b)) from booking b where b.id = p_id and b.client_account_id = auth.account() and auth.proved() $$;

create or replace function account_waiting_key(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('key', w.key) from waiting w, account_me() me
    where w.id = p_id and lower(w.email) = me.email_key and me.email_verified_at is not null and w.confirmed_at is not null
    $$;

-- What stands in the form of a booking for a client who is signed in: {"name","email","phone"}, the number of the last visit that has one.
create or replace function account_prefill() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('name', me.name, 'email', me.email,
        'phone', (select b.client_phone from booking b where b.client_account_id = me.id and b.client_phone is not null order by b.starts_at desc limit 1))
    from account_me() me where me.role = 'client'
    $$;

create or replace function account_settings() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('name', me.name, 'email', me.email, 'verified', me.email_verified_at is not null, 'is_client', me.role = 'client', 'is_therapist', me.role = 'therapist',
        'is_operator', me.role = 'operator', 'since', say_date_long((me.created_at at time zone 'UTC')::date, site_country()),
        'factors', exists (select from factor f where f.account_id = me.id), 'devices', d.n, 'one_device', d.n = 1)
    from account_me() me cross join lateral (select count(*) as n from session s where s.account_id = me.id and s.expires_at > now()) d where me.id is not null
    $$;

create or replace function account_rename(p_name text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update account set name = p_name where id = auth.account();
    if not found then
        return null;
    end if;
    perform account_noted(auth.account(), 'account.renamed');
    return '{}';
end $$;

-- --- Proof of the password, anew

-- As sign_in_lookup, of whoever is signed in.
create or replace function account_proof(p_address text, p_device text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('email', me.email, 'hash', me.password_hash, 'wait', sign_in_wait(sign_in_buckets(me.email, p_address, p_device)))
    from account_me() me where me.id is not null
    $$;

create or replace function account_proved(p_right boolean, p_address text, p_device text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me account := account_me();
begin
    if me.id is null then
        return null;
    elsif p_right then
        update session set proved_at = now() where token_hash = auth.token_hash('app.session');
    else
        perform sign_in_failed(sign_in_buckets(me.email, p_address, p_device));
    end if;
    return '{}';
end $$;

-- p_old: the hash that was proved. Every session ends, and one with a new token begins here.
create or replace function account_password(p_old text, p_new text, p_token text, p_agent text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    who account;
    kept boolean;
    factored boolean;
begin
    update account set password_hash = p_new where id = auth.account() and password_hash = p_old returning * into who;
    if who.id is null then
        return null;
    end if;
    delete from session where account_id = who.id and token_hash <> auth.token_hash('app.session');
    update mail_link set live = false where account_id = who.id and used_at is null and kind = 'reset';
    perform account_noted(who.id, 'account.password-changed', json_build_object('device', p_agent));
    perform account_tell(who.id, 'account-password');
    select s.kept, s.factored into kept, factored from session s where s.token_hash = auth.token_hash('app.session');
    return session_begin(who, p_token, p_agent, kept, factored);
end $$;

-- Asks for another address: the mail goes there, and says how things stand. p_asked: {"key","email","undo_key","undo_token"}.
create or replace function account_email(p_asked json, p_token text, p_code bytea, p_browser text, p_address text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me account := account_me();
    email text := p_asked ->> 'email';
    buckets text[] := mail_buckets(email, p_address, null);
    wait int := sign_in_wait(buckets);
    usable boolean := not exists (select from account a where a.email_key = lower(p_asked ->> 'email'));
    made uuid;
begin
    if me.id is null then
        return null;
    elsif wait > 0 then
        return json_build_object('wait', wait);
    end if;
    perform sign_in_failed(buckets);
    update mail_link set live = false where account_id = me.id and kind = 'email' and used_at is null;
    insert into mail_link (kind, key, token_hash, code_hash, browser_hash, live, account_id, email, undo_key, undo_hash, created_at, expires_at)
    values ('email', (p_asked ->> 'key')::uuid, sha256(convert_to(p_token, 'UTF8')), p_code, sha256(convert_to(p_browser, 'UTF8')), usable, me.id, email,
            (p_asked ->> 'undo_key')::uuid, sha256(convert_to(p_asked ->> 'undo_token', 'UTF8')), clock(), clock() + interval '10 minutes') returning id into made;
    insert into outbox (kind, mail_link_id, data, due_at) values (case when usable then 'account-email' else 'account-taken' end, made, '{}', clock());
    perform account_noted(me.id, 'account.email-asked');
    return '{"wait": 0}';
end $$;

-- --- Devices

create or replace function account_sessions() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('sessions', coalesce(json_agg(json_build_object('id', s.id, 'device', coalesce(nullif(s.device, ''), 'A program'), 'here', s.token_hash = auth.token_hash('app.session'),
        'since', say_ago(s.created_at), 'seen', say_ago(s.seen_at), 'kept', s.kept) order by s.token_hash = auth.token_hash('app.session') desc, s.seen_at desc), '[]'), 'many', count(*) > 1)
    from session s where s.account_id = auth.account() and s.expires_at > now()
    $$;

-- One of the others, or with null all of them.
create or replace function account_session_end(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from session where account_id = auth.account() and (id = p_id or p_id is null and token_hash <> auth.token_hash('app.session'));
    get diagnostics n = row_count;
    if n = 0 and p_id is not null then
        return null;
    elsif n > 0 then
        -- whoever ended the own one is nobody by now
        insert into audit (account_id, about, action, object, detail) select a, a, 'account.devices-ended', a::text, json_build_object('n', n) from auth.account() a where a is not null;
    end if;
    return json_build_object('ended', n);
end $$;

-- --- The record

-- What an action of the record was, in words. What has none is shown as it is kept.
create or replace function audit_words(p_action text) returns text
    language sql immutable
    as $$
    select coalesce((select said from (values
        ('account.made', 'Account made'), ('account.signed-in', 'Signed in'), ('account.signed-out', 'Signed out'), ('account.password-changed', 'Password changed'),
        ('account.password-reset', 'New password by mail'), ('account.email-asked', 'Another e-mail address asked for'), ('account.email-changed', 'E-mail address changed'),
        ('account.email-kept', 'Change of e-mail address undone'), ('account.renamed', 'Name changed'), ('account.devices-ended', 'Devices signed out'), ('account.exported', 'Own data downloaded'),
        ('account.second-asked', 'Password right, second step asked for'), ('account.second-refused', 'Wrong codes in the second step'), ('account.code-used', 'Signed in with a recovery code'),
        ('account.app-added', 'Code app added'), ('account.passkey-added', 'Passkey added'), ('account.factor-removed', 'Second step removed'), ('account.factors-reset', 'All second steps removed'), ('account.codes-made', 'New recovery codes'),
        ('account.closed', 'Account closed'), ('account.kept', 'Closed account opened again'), ('account.erased', 'Account deleted'),
        ('booking.requested', 'A time asked for'), ('booking.confirmed', 'Visit booked'), ('booking.cancelled', 'Visit canceled'), ('booking.moved', 'Visit moved'), ('booking.accepted', 'Request accepted'),
        ('booking.suggested', 'Another time suggested'), ('booking.kept', 'Time kept for a client'), ('block.saved', 'Time blocked'), ('answers.withdrawn', 'Health answers erased'), ('consent.signed', 'Consent countersigned'),
        ('note.written', 'Session note written'), ('note.corrected', 'Session note corrected'), ('plan.written', 'Home plan written'), ('plan.withdrawn', 'Home plan withdrawn'), ('message.asked', 'Question sent'),
        ('profile.changed', 'Profile changed'), ('place.changed', 'Place changed'), ('hours.changed', 'Hours changed'), ('service.saved', 'Service changed'), ('time_off.added', 'Time off added'),
        ('holidays.changed', 'Holidays changed'), ('travel.changed', 'Travel times changed'), ('question.saved', 'Own question changed'), ('credential.checked', 'Credential checked'), ('credential.refused', 'Credential not confirmed'), ('credential.entered', 'Credential handed in'), ('credential.renewed', 'Credential renewed'),
        ('credential.changed', 'Credential changed'), ('credential.removed', 'Credential removed'), ('credential.lapsed', 'Check of a credential ran out'), ('proof.sent', 'Proof of a credential sent'),
        ('act.proposed', 'Sensitive act proposed'), ('act.confirmed', 'Sensitive act agreed to by a second operator'), ('act.refused', 'Sensitive act not agreed to'),
        ('act.alone', 'Sensitive act by one operator alone'), ('discipline.answered', 'Decision answered'), ('credential-setting.changed', 'Settings of checks changed'),
        ('review.kept', 'Reported review kept'), ('review.removed', 'Review removed'), ('clinician.checked', 'Clinician checked'), ('incident.closed', 'Incident closed'), ('practice.desk-answers', 'Front desk may answer requests'), ('practice.desk-asks', 'Front desk may not answer requests'), ('room.closed', 'Room closed for a time'), ('room.opened', 'Room opened again'), ('client.blocked', 'Client blocked'), ('client.joined', 'Two clients joined as one person'),
        ('questionnaire.published', 'Questionnaire published'), ('questionnaire.signed', 'Signature under the rules recorded'),
        ('statements.brought', 'Statements about the back brought'), ('statements.used', 'Statements about the back in use'), ('statements.stopped', 'Statements about the back stopped'),
        ('statements.discarded', 'Draft of statements thrown away')) w (action, said)
        where w.action = p_action), upper(left(p_action, 1)) || translate(substr(p_action, 2), '._-', '   ')) -- most names are words already
    $$;

-- GET /account/activity: what the caller did, and what was done that concerns the caller. p_before: the last row of the page before.
create or replace function account_activity(p_before bigint) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    return (with page as (
        select a.* from audit a where (a.account_id = me or a.about = me) and a.id < coalesce(p_before, 9223372036854775807) order by a.id desc limit 51
    ), shown as (select * from page order by id desc limit 50)
    select json_build_object('rows', coalesce(json_agg(json_build_object('at', rfc3339(s.at), 'said_at', say_moment_site(s.at), 'what', audit_words(s.action), 'device', s.detail ->> 'device',
            'by', case when s.account_id is distinct from me then coalesce((select case o.role when 'operator' then 'The operator' else o.name end from account o where o.id = s.account_id), 'Somebody who was not signed in') end) order by s.id desc), '[]'),
        'next', case when (select count(*) from page) > 50 then min(s.id) end)
    from shown s);
end $$;

grant execute on function account_prefill, account_page, account_visit_key, account_waiting_key, account_settings, account_rename, account_proof, account_proved, account_password, account_email, account_sessions,
    account_session_end, account_activity to unknot_web;
