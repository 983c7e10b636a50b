-- Two clients of one therapist who are one person. Where both come to have the same account that is known, and they are joined by themselves; else the therapist
-- says so. All visits with what was written of them, blocks and addresses are then of one; it is not taken apart again.

-- A block of one holds for both, by all that either was known by. Of two reasons the second goes to client_merged.
create or replace function client_merge_blocks(p_keep client, p_gone client) returns client_block
    language plpgsql
    as $$
declare
    mine client_block;
    other client_block;
begin
    select * into mine from client_block where client_id = p_keep.id and therapist_id = p_keep.therapist_id;
    select * into other from client_block where client_id = p_gone.id and therapist_id = p_keep.therapist_id;
    if mine.id is null and other.id is null then
        return null;
    elsif mine.id is null then
        update client_block set client_id = p_keep.id where id = other.id;
    else
        delete from client_block where id = other.id;
    end if;
    update client_block k set account_id = coalesce(k.account_id, other.account_id, p_keep.account_id, p_gone.account_id), blocked_at = least(mine.blocked_at, other.blocked_at),
        emails = array(select unnest(mine.emails) union select unnest(other.emails) union select email_mark(b.client_email) from booking b where b.client_id = p_keep.id and b.client_email is not null),
        phones = array(select unnest(mine.phones) union select unnest(other.phones)
                       union select phone_mark(b.client_phone, therapist_country(b.therapist_id)) from booking b where b.client_id = p_keep.id and phone_key(b.client_phone, therapist_country(b.therapist_id)) is not null)
    where k.client_id = p_keep.id and k.therapist_id = p_keep.therapist_id;
    return case when mine.id is not null then other end;
end $$;

-- → how many visits came over; null: these are not two clients of one therapist.
create or replace function client_merge(p_keep uuid, p_gone uuid, p_automatic boolean) returns int
    language plpgsql
    as $$
declare
    keep client;
    gone client;
    second client_block;
    n int;
begin
    perform from client where id in (p_keep, p_gone) order by id for update;
    select * into keep from client where id = p_keep;
    select * into gone from client where id = p_gone and therapist_id = keep.therapist_id and id <> keep.id;
    if gone.id is null then
        return null;
    end if;
    update booking set client_id = keep.id where client_id = gone.id;
    get diagnostics n = row_count;
    second := client_merge_blocks(keep, gone);
    update client_merged set client_id = keep.id where client_id = gone.id;
    insert into client_merged (client_id, therapist_id, account_id, email_key, phone_key, name, visits, automatic, block_id, sealed, merged_at)
    values (keep.id, keep.therapist_id, nullif(gone.account_id, keep.account_id), gone.email_key, gone.phone_key, gone.name, n, p_automatic, second.id, second.sealed, clock());
    delete from client where id = gone.id;
    update client set account_id = coalesce(keep.account_id, gone.account_id), email_key = coalesce(keep.email_key, gone.email_key), phone_key = coalesce(keep.phone_key, gone.phone_key) where id = keep.id;
    perform client_told(keep.id);
    return n;
end $$;

-- A visit of p_client has come to this account: who else is known by it is the same person, and is kept.
create or replace function clients_join(p_client uuid, p_account uuid) returns void
    language plpgsql
    as $$
declare
    other uuid;
begin
    select o.id into other from client me join client o on o.therapist_id = me.therapist_id and o.account_id = p_account and o.id <> me.id
    where me.id = p_client and coalesce(me.account_id, p_account) = p_account order by o.latest_at, o.id limit 1;
    if found then
        perform client_merge(other, p_client, true);
    end if;
end $$;

-- --- What the therapist says

-- Who may be the same as p_id: by what was typed, else by a number or a name that they share.
create or replace function client_likely(c client, p_q text) returns uuid[]
    language plpgsql stable
    as $$
begin
    if p_q is not null then
        return array(select (x ->> 'id')::uuid from json_array_elements(clients_found(p_q) -> 'clients') with ordinality y (x, n) where (x ->> 'id')::uuid <> c.id order by n);
    end if;
    return array(select o.id from client o where o.therapist_id = c.therapist_id and o.id <> c.id
                   and (o.phone_key = c.phone_key or exists (select from unnest(string_to_array(c.name_key, ' ')) a, unnest(string_to_array(o.name_key, ' ')) b where length(a) > 2 and a = b))
                 order by o.phone_key = c.phone_key desc nulls last, o.name_key = c.name_key desc, o.latest_at desc, o.id limit 20);
end $$;

-- p_with: who was chosen; then what will happen. Null: somebody is not the caller's.
create or replace function client_join_page(p_id uuid, p_with uuid, p_q text) returns json
    language plpgsql stable
    as $$
declare
    c client;
    other client;
    likely uuid[];
begin
    select * into c from client where id = p_id and therapist_id = auth.therapist();
    select * into other from client where id = p_with and therapist_id = c.therapist_id and id <> c.id;
    if c.id is null or p_with is not null and other.id is null then
        return null;
    end if;
    likely := case when other.id is null then client_likely(c, p_q) end;
    return json_build_object('id', c.id, 'mine', c.id, 'name', c.name, 'q', p_q, 'asks', other.id is null, 'two', case when other.id is not null then clients_json(array[c.id, other.id]) end,
        'with', case when other.id is not null then json_build_object('id', other.id, 'name', other.name) end,
        'blocks', other.id is not null and exists (select from client_block k where k.client_id in (c.id, other.id) and k.therapist_id = c.therapist_id),
        'two_accounts', c.account_id <> other.account_id, 'likely', case when likely is not null then clients_json(likely) end, 'none', cardinality(likely) = 0);
end $$;

-- → {"id"}, or a problem; null: not the caller's.
create or replace function client_join(p_id uuid, p_with uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me constant int := auth.therapist();
    n int;
begin
    if not exists (select from client where id = p_id and therapist_id = me) then
        return null;
    elsif p_id = p_with or not exists (select from client where id = p_with and therapist_id = me) then
        return practice_problem('with', 'Choose another client from the list');
    end if;
    perform listing_lock(me);
    n := client_merge(p_id, p_with, false);
    insert into audit (account_id, action, object, detail) values (auth.account(), 'client.joined', p_id::text, json_build_object('gone', p_with, 'visits', n));
    return json_build_object('id', p_id, 'visits', n);
end $$;

grant execute on function client_likely, client_join_page, client_join to unknot_web;
