-- The front desk of a practice: all its therapists' days, and visits booked, moved, cancelled and marked for them. A front desk has no row of bookings
-- (row-level security shows it none): it sees what these functions say of them, which is never what a client answered, what came of that but for whether the
-- visit is booked, a note, a plan or a file.

-- The therapists for whom the caller may do this.
create or replace function desk_therapists() returns int[]
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
begin
    return case when mine is null then '{}' else array(select t.id from practice_member m join therapist t on t.account_id = m.account_id where m.practice_id = mine order by t.id) end;
end $$;

grant execute on function desk_therapists to unknot_web, unknot_worker;
