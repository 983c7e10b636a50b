-- Along the visits in the order of their time, see visit_walk. What is behind was looked at when it fell due, so what is changed there later is not found: who asks
-- for more than that looks twice, the second time some days later.

create or replace function walk_behind() returns interval
    language sql immutable
    as $$ select interval '30 seconds' $$;
comment on function walk_behind is 'so far a walk that looks once stays behind the clock: what was confirmed in time is then committed, since no statement and no client may take so long';

-- Where to go on, and nobody else does until the transaction is over; null when somebody does. p_oldest: what lies before is not looked for any more.
create or replace function visit_walk_begin(p_what text, p_oldest timestamptz) returns visit_walk
    language plpgsql
    as $$
declare
    w visit_walk;
begin
    insert into visit_walk (what, upto, id) values (p_what, p_oldest, '00000000-0000-0000-0000-000000000000') on conflict do nothing;
    select * into w from visit_walk v where v.what = p_what for update skip locked;
    if w.upto < p_oldest then
        w.upto := p_oldest;
        w.id := '00000000-0000-0000-0000-000000000000';
    end if;
    return w;
end $$;

-- p_last: the last of the visits that were looked at, by the time that counts; null when there was none more until p_until.
create or replace function visit_walk_end(p_what text, p_last timestamptz, p_id uuid, p_until timestamptz) returns void
    language sql
    as $$
    update visit_walk set upto = coalesce(p_last, p_until), id = coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') where what = p_what and upto <= coalesce(p_last, p_until)
    $$;
