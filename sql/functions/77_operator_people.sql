-- The second step of somebody who lost it, as operators see and take it off: two of them, see 75_operator_acts.sql. What the factors keep is read by nobody;
-- an operator learns their kind and days.

create or replace function operator_person(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('id', a.id, 'name', a.name, 'email', a.email, 'role', a.role, 'own', a.id = auth.account(), 'closed', a.disabled_at is not null,
        'two', (select two_operators from credential_setting), 'days', (select confirm_days from credential_setting),
        'factors', (select coalesce(json_agg(json_build_object('kind', f.kind, 'word', case f.kind when 'app' then 'Code app' else 'Passkey' end, 'since', say_date_site(f.made_at),
                        'used', say_date_site(f.used_at)) order by f.made_at, f.id), '[]') from factor f where f.account_id = a.id),
        'has_factor', exists (select from factor f where f.account_id = a.id),
        'codes', (select count(*) from recovery_code c where c.account_id = a.id and c.used_at is null),
        'devices', (select count(*) from session s where s.account_id = a.id and s.expires_at > now()),
        'waits', exists (select from proposal p where p.account_id = a.id and p.outcome is null and p.expires_at > clock()),
        'can', a.id <> auth.account() and exists (select from factor f where f.account_id = a.id) and not exists (select from proposal p where p.account_id = a.id and p.outcome is null and p.expires_at > clock()),
        'proposals', (select coalesce(json_agg(proposal_json(p) order by p.proposed_at desc), '[]') from proposal p where p.account_id = a.id),
        'has_proposals', exists (select from proposal p where p.account_id = a.id))
    from account a where a.id = p_id and auth.is_operator()
    $$;

-- → {"done","waits"} or a problem; null for nobody's account.
create or replace function operator_propose_reset(p_id uuid, p_reason text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    made proposal;
begin
    perform from account where id = p_id and auth.is_operator() for update;
    if not found then
        return null;
    elsif p_id = auth.account() then
        return operator_problem('reason', 'This is your own account. Other operators do this for you');
    elsif not exists (select from factor f where f.account_id = p_id) then
        return operator_problem('reason', 'This account has no second step');
    elsif exists (select from proposal p where p.account_id = p_id and p.outcome is null and p.expires_at > clock()) then
        return operator_problem('reason', 'This was proposed already, and waits for another operator');
    end if;
    made := act_begin('account.reset', null, null, '{}', p_reason, p_id);
    return json_build_object('done', made.outcome is not null, 'waits', made.outcome is null, 'id', made.id);
end $$;

grant execute on function operator_person, operator_propose_reset to unknot_web;
