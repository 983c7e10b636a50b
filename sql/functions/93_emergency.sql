-- Whom to call, by country, as an operator looks after it. What an operator saves is theirs: the seed leaves it alone.

create or replace function operator_numbers() returns json
    language sql stable
    as $$
    select json_build_object('rows', (select json_agg(json_build_object('country', country, 'name', say_country(country), 'emergency', emergency, 'urgent_line', urgent_line, 'helpline', helpline, 'basis', basis,
        'edited', edited_at is not null) order by say_country(country)) from emergency_number)) where auth.is_operator()
    $$;

create or replace function operator_number(p_country text) returns json
    language sql stable
    as $$
    select json_build_object('country', country, 'name', say_country(country), 'emergency', emergency, 'urgent_line', urgent_line, 'helpline', helpline, 'basis', basis, 'edited', say_stamp(edited_at))
    from emergency_number where country = p_country and auth.is_operator()
    $$;

create or replace function operator_number_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'basis', 'general knowledge') where auth.is_operator() $$;

create or replace function operator_number_save(p_country text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    named text := coalesce(p_country, upper(p_form ->> 'country'));
    before json := operator_number(p_country);
begin
    if not auth.is_operator() or (p_country is not null and before is null) then
        return null;
    elsif p_country is null and named is null then
        return operator_problem('country', 'Enter the country as two letters, such as US');
    elsif p_country is null and named !~ '^[A-Z]{2}$' then
        return operator_problem('country', 'Enter two letters, such as US');
    elsif p_country is null and exists (select from emergency_number where country = named) then
        return operator_problem('country', 'There are numbers of this country already');
    end if;
    insert into emergency_number (country, emergency, urgent_line, helpline, basis, edited_at)
    values (named, p_form ->> 'emergency', p_form ->> 'urgent_line', p_form ->> 'helpline', p_form ->> 'basis', now())
    on conflict (country) do update set emergency = excluded.emergency, urgent_line = excluded.urgent_line, helpline = excluded.helpline, basis = excluded.basis, edited_at = excluded.edited_at;
    perform operator_wrote('emergency.' || case when p_country is null then 'added' else 'changed' end, named, before, operator_number(named));
    return operator_number(named);
end $$;

grant execute on function operator_numbers, operator_number, operator_number_new, operator_number_save to unknot_web;
