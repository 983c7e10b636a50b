-- Therapists that were there before their names were kept. A statement of its own: what reads a table cannot empty it.
do $$
begin
    if not exists (select from unknot.therapist_name) and exists (select from unknot.therapist where published) then
        perform unknot.names_rebuild();
    end if;
end $$;
