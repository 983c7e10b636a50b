-- Who may have the key of which client. `unknot keyd` asks with the proof that came with the request and gets the wrapped key or a refusal; it can ask
-- nothing else. Every key that is given out is written down first, in the same transaction.

-- A visit for which its therapist may read what its client answered: asked for, booked, or over for no longer than records are kept.
create or replace function key_in_care(b booking) returns boolean
    language sql stable
    as $$
    select b.state in ('requested', 'suggested', 'confirmed') or (b.state = 'held' and (b.made_by = 'therapist' or b.clearance_asked is not null))
        or (b.state in ('attended', 'no_show') and clock() < record_until(b))
    $$;

-- Until when the law wants the record of a visit: so many years after it, and of somebody under age so many after they come of age.
create or replace function record_until(b booking) returns timestamptz
    language sql stable
    as $$
    select greatest(b.ends_at + make_interval(years => r.years),
                    (select max(c.adult_from) from safety_check c where c.booking_id = b.id) + make_interval(years => r.minor_years))
    from retention_of(b.location_id) r
    $$;

create or replace function retention_of(p_location int) returns retention
    language sql stable
    as $$
    select r from retention r join location l on l.id = p_location and r.country in ('', l.country) and r.region in ('', l.region)
    order by r.country desc, r.region desc limit 1
    $$;

-- The live key of whoever holds this token, that of the booking first.
create or replace function key_of(p_holder bytea, p_linked uuid) returns client_key
    language plpgsql stable
    as $$
begin
    return (select k from client_key k where k.wrapped is not null and (k.id = p_linked or k.holder = p_holder) order by k.id is distinct from p_linked limit 1);
end $$;

-- The proof: a session, a booking's token, or both. p_new: {"id","epoch","wrapped"} of a key that is kept if there is none (a booking made in a
-- transaction that is not over is not seen here, so a guest's token alone can have one). Answers {"status": ok, none, denied, limited, destroyed or stale, "id",
-- "epoch","wrapped"}.
-- The row of the log is committed before the key is given out, but the reader does not wait for the disk: a crash of the database server may cost the rows
-- of the last moments (three times wal_writer_delay), never a key, which is on the disk before what it sealed. Committed with the page's own transaction
-- the row would be the web process's to roll back.
-- Statements of its own rather than functions called: their plans are kept, and a page waits for this.
create or replace function key_open(p_session text, p_token text, p_booking uuid, p_why text, p_new json default null) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
    holder_hash bytea := sha256(convert_to(nullif(p_token, ''), 'UTF8'));
    own_id int;
    own_account uuid;
    k client_key;
    used int;
begin
    perform set_config('synchronous_commit', 'off', true), set_config('app.session', coalesce(p_session, ''), true), set_config('app.booking', coalesce(p_token, ''), true);
    select * into b from booking where id = p_booking;
    if b.id is null and p_why = 'proof of a credential' then
        return key_of_proofs(p_booking, p_why, p_new);
    end if;
    if (b.state <> 'held' or b.confirmed_at is not null or b.requested_at is not null) and auth.at_desk() then
        return json_build_object('status', 'denied'); -- a front desk, whatever link it holds
    end if;
    if b.token_hash <> holder_hash and exists (select from booking o where o.token_hash = holder_hash and o.therapist_id = b.therapist_id and care_course(o) = care_course(b)) then
        holder_hash := b.token_hash; -- another visit of the same client, booked from the page of one
    elsif holder_hash is null or (b.id is not null and b.token_hash <> holder_hash) then
        own_id := auth.therapist();
        if own_id is null or b.id is null or b.therapist_id <> own_id or not key_in_care(b) then
            return json_build_object('status', 'denied');
        elsif not auth.proved_wholly() then
            return json_build_object('status', 'stale');
        end if;
        own_account := auth.account();
        holder_hash := b.token_hash;
    end if;
    for step in 1 .. 2 loop
        if b.client_key_id is not null then
            select * into k from client_key c where c.id = b.client_key_id and c.wrapped is not null;
        end if;
        if k.id is null then
            select * into k from client_key c where c.holder = holder_hash and c.wrapped is not null;
        end if;
        exit when k.id is not null or p_new is null or step = 2;
        insert into client_key (id, holder, epoch, wrapped)
        select (p_new ->> 'id')::uuid, holder_hash, e.epoch, decode(p_new ->> 'wrapped', 'hex') from key_epoch e
        where e.epoch = (p_new ->> 'epoch')::int and e.replaced_at is null for share of e
        on conflict do nothing;
    end loop;
    if k.id is null then
        return json_build_object('status', case when exists (select from client_key c where c.holder = holder_hash and c.wrapped is null) then 'destroyed' else 'none' end);
    end if;

    -- asked too often: a client 600 in a minute (each page of the form is one, or two), a therapist 120, and 2,000 in a day; "account_id is null" rather
    -- than "reader = 'client'", by which the plan would walk through all clients' rows of the last days
    if own_account is null then
        select count(*) into used from (select from key_use u where u.client_key_id = k.id and u.account_id is null and u.at > now() - interval '1 minute' limit 600) x;
    else
        select greatest((select 5 * count(*) from (select from key_use u where u.account_id = own_account and u.at > now() - interval '1 minute' limit 120) x),
                        (select 600 * (count(*) / 2000) from (select from key_use u where u.account_id = own_account and u.at > now() - interval '1 day' limit 2000) x)) into used;
    end if;
    if used >= 600 then
        return json_build_object('status', 'limited');
    end if;
    insert into key_use (at, client_key_id, booking_id, reader, account_id, reader_name, why)
    values (clock_timestamp(), k.id, p_booking, case when own_account is null then 'client' else 'therapist' end, own_account,
            case when own_id is not null then (select t.name from therapist t where t.id = own_id) end, p_why);
    return json_build_object('status', 'ok', 'id', k.id, 'epoch', k.epoch, 'wrapped', encode(k.wrapped, 'hex'));
end $$;

-- The key of a therapist's proofs (p_account) for whoever is signed in: an operator opens, the therapist seals (and has no page that opens).
create or replace function key_of_proofs(p_account uuid, p_why text, p_new json) returns json
    language plpgsql
    as $$
declare
    me constant uuid := auth.account();
    operates constant boolean := auth.is_operator();
    holder_hash constant bytea := sha256(convert_to('proofs of ' || p_account, 'UTF8'));
    k client_key;
begin
    if me is null or operates and p_new is not null or not operates and (me <> p_account or auth.therapist() is null) then
        return json_build_object('status', 'denied');
    end if;
    insert into client_key (id, holder, epoch, wrapped, look_at, proofs_of)
    select (p_new ->> 'id')::uuid, holder_hash, e.epoch, decode(p_new ->> 'wrapped', 'hex'), 'infinity', p_account from key_epoch e
    where p_new is not null and e.epoch = (p_new ->> 'epoch')::int and e.replaced_at is null
      and not exists (select from client_key c where c.holder = holder_hash and c.wrapped is not null) for share of e
    on conflict do nothing;
    select * into k from client_key c where c.holder = holder_hash and c.wrapped is not null;
    if k.id is null then
        return json_build_object('status', case when exists (select from client_key c where c.holder = holder_hash) then 'destroyed' else 'none' end);
    elsif (select count(*) from (select from key_use u where u.account_id = me and u.at > now() - interval '1 minute' limit 120) x) >= 120 then
        return json_build_object('status', 'limited');
    end if;
    insert into key_use (at, client_key_id, booking_id, reader, account_id, reader_name, why)
    select clock_timestamp(), k.id, p_account, case when operates then 'operator' else 'therapist' end, me, a.name, p_why from account a where a.id = me;
    return json_build_object('status', 'ok', 'id', k.id, 'epoch', k.epoch, 'wrapped', encode(k.wrapped, 'hex'));
end $$;

-- --- Epochs

-- All that are in use, and the last of those that were.
create or replace function key_epochs() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce(json_agg(json_build_object('epoch', e.epoch, 'proof', encode(e.proof, 'hex'), 'destroyed', e.destroyed_at is not null, 'age_days', extract(day from now() - e.made_at)::int,
        'keys', (select count(*) from client_key c where c.epoch = e.epoch and c.wrapped is not null)) order by e.epoch), '[]')
    from key_epoch e where e.destroyed_at is null or e.epoch > (select max(epoch) - 20 from key_epoch)
    $$;

-- From now on this epoch wraps; one that is known already is left as it is. Answers its proof, as kept.
create or replace function key_epoch_begin(p_epoch int, p_proof bytea) returns text
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into key_epoch (epoch, proof) select p_epoch, p_proof where not exists (select from key_epoch where epoch >= p_epoch) on conflict do nothing;
    update key_epoch set replaced_at = now() where epoch < p_epoch and replaced_at is null and exists (select from key_epoch n where n.epoch = p_epoch);
    return (select encode(proof, 'hex') from key_epoch where epoch = p_epoch);
end $$;

-- Some keys that older epochs wrap: [{"id","epoch","wrapped"}], null when there are none.
create or replace function key_rewrap_take(p_count int) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_agg(x) from (
        select c.id, c.epoch, encode(c.wrapped, 'hex') as wrapped from client_key c join key_epoch e on e.epoch = c.epoch
        where c.wrapped is not null and e.replaced_at is not null order by c.epoch limit p_count) x
    $$;

-- The same keys wrapped by p_epoch. One that was erased, or rewrapped by another keyd, meanwhile stays as it is.
create or replace function key_rewrap_put(p_epoch int, p_keys json) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    update client_key c set epoch = p_epoch, wrapped = decode(x.wrapped, 'hex')
    from json_to_recordset(p_keys) x (id uuid, epoch int, wrapped text)
    where c.id = x.id and c.epoch = x.epoch and c.wrapped is not null;
    get diagnostics n = row_count;
    return n;
end $$;

-- Ends the epochs that wrap nothing any more and were replaced p_days ago or earlier; answers all that have ended: their files are to be destroyed.
create or replace function key_epoch_end(p_days int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update key_epoch e set destroyed_at = now()
    where e.replaced_at <= now() - make_interval(days => p_days) and e.destroyed_at is null
      and not exists (select from client_key c where c.epoch = e.epoch and c.wrapped is not null);
    return (select coalesce(json_agg(epoch order by epoch), '[]') from key_epoch where destroyed_at is not null);
end $$;

-- --- The bookings' side

-- A booking knows its client's key as soon as there is one; nobody names one by hand.
create or replace function booking_keyed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if tg_op = 'INSERT' then
        new.client_key_id := null;
    else
        new.client_key_id := (key_of(new.token_hash, null)).id;
    end if;
    return new;
end $$;
create or replace trigger booking_keyed_new before insert on booking for each row when (new.client_key_id is not null) execute function booking_keyed();
create or replace trigger booking_keyed before update of state, safety_id, safety_draft on booking for each row when (new.client_key_id is null) execute function booking_keyed();

-- --- Erasing

-- The key itself: nothing that it sealed opens again, and its copies in backups open nothing once their epoch has ended.
create or replace function key_destroy(p_key uuid) returns boolean
    language plpgsql
    as $$
begin
    update client_key set wrapped = null, destroyed_at = clock() where id = p_key and wrapped is not null and legal_hold is null;
    return found;
end $$;

-- When the last visit of this key was, and until when the law wants its record: null while there was none.
create or replace function key_record_until(p_key uuid) returns timestamptz
    language sql stable
    as $$
    select max(record_until(b)) from booking b join client_key k on k.id = p_key
    where (b.client_key_id = p_key or b.token_hash = k.holder) and b.state in ('confirmed', 'attended', 'no_show', 'requested', 'suggested')
    $$;

create or replace function key_erase_answers(p_key uuid) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    update safety_check c set sealed = null from booking b join client_key k on k.id = p_key
    where c.booking_id = b.id and (b.client_key_id = p_key or b.token_hash = k.holder) and c.sealed is not null;
    get diagnostics n = row_count;
    delete from clearance c using booking b, client_key k where k.id = p_key and c.booking_id = b.id and (b.client_key_id = p_key or b.token_hash = k.holder);
    update reopening r set draft = null, own_draft = null, begun_at = coalesce(r.begun_at, r.asked_at) from booking b, client_key k
    where r.booking_id = b.id and k.id = p_key and (b.client_key_id = p_key or b.token_hash = k.holder) and coalesce(r.draft, r.own_draft) is not null;
    delete from own_answer o using booking b, client_key k where o.booking_id = b.id and k.id = p_key and (b.client_key_id = p_key or b.token_hash = k.holder);
    delete from outcome o using booking b, client_key k where o.booking_id = b.id and k.id = p_key and (b.client_key_id = p_key or b.token_hash = k.holder);
    update day_check d set sealed = null from booking b, client_key k where d.booking_id = b.id and k.id = p_key and (b.client_key_id = p_key or b.token_hash = k.holder) and d.sealed is not null;
    update booking b set safety_draft = null from client_key k where k.id = p_key and (b.client_key_id = p_key or b.token_hash = k.holder) and b.safety_draft is not null;
    return n;
end $$;

-- The client of this booking wants what is sealed about them erased: `destroyed`: all of it, with its key; `kept`: their answers are erased, but there was
-- or will be a visit whose record the therapist has to keep; `held`: nothing, by an order of law; `none`: there is nothing. Null: it is not theirs.
create or replace function client_key_destroy(p_booking uuid) returns text
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k client_key;
begin
    select x.* into k from booking b, key_of(b.token_hash, b.client_key_id) x where b.id = p_booking and b.token_hash = auth.token_hash('app.booking');
    if not found then
        return null;
    elsif k.id is null then
        return 'none';
    elsif k.legal_hold is not null then
        return 'held';
    end if;
    perform key_erase_answers(k.id);
    if key_record_until(k.id) > clock() then
        return 'kept';
    end if;
    perform key_destroy(k.id);
    return 'destroyed';
end $$;

-- Of bookings that came to nothing: the keys that no other booking of the same client needs.
create or replace function key_forget(p_bookings uuid[]) returns void
    language sql
    as $$
    select key_destroy(k.id) from booking b join client_key k on k.holder = b.token_hash and k.wrapped is not null
    where b.id = any (p_bookings)
      and not exists (select from booking o where o.token_hash = b.token_hash and o.id <> all (p_bookings) and (o.confirmed_at is not null or o.state not in ('expired', 'cancelled', 'declined')))
    $$;

-- What has been kept long enough, some keys a call → how many were looked at.
create or replace function key_retention() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k client_key;
    ended timestamptz;
    answers timestamptz;
    records timestamptz;
    n int := 0;
begin
    delete from key_use where id in (select id from key_use where reader = 'client' and at < now() - interval '31 days' order by at limit 200);
    for k in select * from client_key where wrapped is not null and look_at <= clock() and legal_hold is null order by look_at limit 50 for update skip locked loop
        n := n + 1;
        select max(b.ends_at + make_interval(months => (retention_of(b.location_id)).answers_months)) into answers
        from booking b where b.client_key_id = k.id or b.token_hash = k.holder;
        records := key_record_until(k.id);
        if answers is null then -- its booking is gone
            delete from client_key where id = k.id;
        elsif answers <= clock() and coalesce(records, answers) <= clock() then
            perform key_erase_answers(k.id);
            perform key_destroy(k.id);
        else
            if answers <= clock() then
                perform key_erase_answers(k.id);
            end if;
            update client_key set look_at = greatest(clock() + interval '1 day', case when answers > clock() then least(answers, records) else records end) where id = k.id;
        end if;
    end loop;
    return n;
end $$;

-- --- Who has read

-- For the client: each time somebody opened what is sealed about them, newest first; their own reading is counted, not listed.
create or replace function client_key_uses(p_booking uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('own', count(*) filter (where u.reader = 'client'), 'has_others', count(*) filter (where u.reader <> 'client') > 0, 'others', coalesce(json_agg(json_build_object(
        'at', rfc3339(u.at), 'moment', say_moment(u.at, b.zone, l.country), 'who', u.reader_name, 'why', u.why) order by u.id desc) filter (where u.reader <> 'client'), '[]'))
    from booking b join location l on l.id = b.location_id
    -- by index each: the keys that live and those that are destroyed have one of their own
    left join lateral (select k.id from client_key k where k.id = b.client_key_id union select k.id from client_key k where k.holder = b.token_hash and k.wrapped is not null
                       union select k.id from client_key k where k.holder = b.token_hash and k.wrapped is null) k on true
    left join key_use u on u.client_key_id = k.id
    where b.id = p_booking and b.token_hash = auth.token_hash('app.booking') group by b.id
    $$;

grant execute on function key_open, key_epochs, key_epoch_begin, key_rewrap_take, key_rewrap_put, key_epoch_end to unknot_keyd;
grant execute on function client_key_destroy, client_key_uses to unknot_web;
grant execute on function key_retention to unknot_worker;
