-- The one clock of free times, holds and the listing. A test that lets days pass puts its own in place, inside its transaction.

create or replace function clock() returns timestamptz
    language sql stable parallel safe
    as $$ select now() $$;

grant execute on function clock to unknot_web, unknot_worker;
