-- What a practice offers: each service with its rules. Invoker's rights.

create or replace function practice_service(s service) returns json
    language sql stable
    as $$
    select json_build_object('id', s.id, 'name', s.name, 'about', s.about, 'minutes', s.minutes, 'price', case when s.price % 100 = 0 then (s.price / 100)::text else to_char(s.price / 100.0, 'FM9999990.00') end,
        'currency', s.currency, 'price_text', say_money(s.price, s.currency), 'buffer_before', s.buffer_before, 'buffer_after', s.buffer_after,
        'buffers', case when s.buffer_before > 0 and s.buffer_after > 0 then s.buffer_before || ' minutes before and ' || s.buffer_after || ' after are kept free'
                        when s.buffer_before > 0 then s.buffer_before || ' minutes before are kept free'
                        when s.buffer_after > 0 then s.buffer_after || ' minutes after are kept free' end)
    $$;

create or replace function practice_currency() returns text
    language sql stable
    as $$
    select coalesce((select s.currency from service s where s.therapist_id = auth.therapist() order by s.id limit 1),
                    (select case l.country when 'US' then 'USD' when 'CA' then 'CAD' when 'GB' then 'GBP' when 'AU' then 'AUD' else 'EUR' end
                     from location l where l.therapist_id = auth.therapist() order by l.id limit 1), 'USD')
    $$;
comment on function practice_currency is 'what a new service of this therapist is priced in';

create or replace function practice_service_new() returns json
    language sql stable
    as $$ select json_build_object('currency', practice_currency(), 'buffer_before', 0, 'buffer_after', 0) where auth.therapist() is not null $$;

create or replace function practice_services() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug,
        'services', (select coalesce(json_agg(practice_service(s) order by s.position, s.id), '[]') from service s where s.therapist_id = t.id and s.retired_at is null))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_service_one(p_id int) returns json
    language sql stable
    as $$ select practice_service(s) from service s where s.id = p_id and s.therapist_id = auth.therapist() and s.retired_at is null $$;

-- p_id null: a new one. Bookings keep the name, length and price they were made with.
create or replace function practice_service_save(p_id int, p_name text, p_about text, p_minutes int, p_price int, p_before int, p_after int) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if p_id is null then
        insert into service (therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, position)
        select me, p_name, p_about, p_minutes, p_price, practice_currency(), p_before, p_after, coalesce((select max(s.position) + 1 from service s where s.therapist_id = me), 1);
    else
        update service set name = p_name, about = p_about, minutes = p_minutes, price = p_price, buffer_before = p_before, buffer_after = p_after
        where id = p_id and therapist_id = me and retired_at is null;
        if not found then
            return null;
        end if;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'service.saved', me::text);
    return practice_services();
end $$;

create or replace function practice_service_retire(p_id int) returns json
    language plpgsql
    as $$
begin
    update service set retired_at = now() where id = p_id and therapist_id = auth.therapist() and retired_at is null;
    if not found then
        return null;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'service.retired', p_id::text);
    return practice_services();
end $$;

grant execute on function practice_service, practice_currency, practice_service_new, practice_services, practice_service_one, practice_service_save,
    practice_service_retire to unknot_web;
