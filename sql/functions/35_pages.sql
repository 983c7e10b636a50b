-- Servers keep the pages that are the same for every visitor in memory (src/http/cache.c) and listen on channel unknot_pages for what changes. The
-- payload is the subject: a therapist's slug, or '' for everybody. Any of them drops the lists too (search). Equal ones of a transaction are one.
--
-- NOTIFY takes a lock of the whole database from just before COMMIT until it is done, so commits that notify queue up one behind the other:
-- each hold is one such commit. Where the disk does not make them wait (`make bench`) that takes 4 % of the CPU and 7 % of the holds a second; where each waits
-- for its disk, 16 at once, 40 %.

create or replace function pages_changed() returns trigger
    language plpgsql
    as $$
begin
    if not bulk_load() then
        perform pg_notify('unknot_pages', coalesce(tg_argv[0], ''));
    end if;
    return null;
end $$;

create or replace function pages_changed_of_therapist() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        perform pg_notify('unknot_pages', slug) from therapist where id in (select therapist_id from changed);
    end if;
    return null;
end $$;

do $$
declare
    t text;
begin
    -- of one therapist: tables with a therapist_id
    foreach t in array array['slot_claim', 'location', 'service', 'service_location', 'service_room', 'service_tag', 'time_off', 'outside_busy', 'holiday_closed', 'travel', 'credential', 'review', 'review_reply', 'review_pain_mean', 'recommendation', 'recommendation_tag', 'therapist_tag', 'therapist_not', 'discipline'] loop
        execute format('create or replace trigger pages_follow_insert after insert on %I referencing new table as changed for each statement execute function pages_changed_of_therapist()', t);
        execute format('create or replace trigger pages_follow_update after update on %I referencing new table as changed for each statement execute function pages_changed_of_therapist()', t);
        execute format('create or replace trigger pages_follow_delete after delete on %I referencing old table as changed for each statement execute function pages_changed_of_therapist()', t);
    end loop;
    -- of everybody
    foreach t in array array['therapist', 'hours', 'season', 'special_day', 'holiday', 'location_tag', 'tag_kind', 'tag', 'guidance', 'evidence', 'credential_kind', 'register', 'term', 'place', 'map_shape', 'finder_rule', 'finder_limit', 'finder_note',
        'finder_private', 'questionnaire', 'clinician'] loop
        execute format('create or replace trigger pages_follow after insert or update or delete or truncate on %I for each statement execute function pages_changed()', t);
    end loop;
end $$;

-- What the web role changes in the listing follows from the tables above. The worker moves it with the clock, the owner mends it: the lists alone
-- show it, so its subject is no therapist's.
create or replace trigger pages_follow after insert or update or delete on listing for each statement
    when (session_user <> 'unknot_web') execute function pages_changed('the listing');
