-- What some of the demo's therapists say of their times, so that a visitor sees it: rules of services, holidays, time off, hours for a part of the year,
-- days that differ, the way between two rooms.

create or replace function sample.times() returns void
    language plpgsql
    as $$
begin
    update service s set mode = 'request', answer_hours = 24 where s.minutes = 75;
    update service s set clients = 'returning' where s.therapist_id % 8 = 5 and s.minutes = 30;
    update service s set cancel_fee = s.price / 400 * 100, move_notice = 720, move_fee = s.price / 1000 * 100 where s.therapist_id % 3 = 1;
    update service s set most_a_day = 2 where s.therapist_id % 7 = 4 and s.minutes = 90;
    update service s set step = 15 where s.therapist_id % 11 = 6;
    update service s set notice = 1440 where s.therapist_id % 9 = 8;
    -- as if from before services said of what they consist
    update service s set techniques_stated = false where s.therapist_id % 23 = 5;
    insert into service_location (service_id, location_id, therapist_id)
    select s.id, l.id, s.therapist_id from service s join location l on l.therapist_id = s.therapist_id and l.name <> 'Second room'
    where s.minutes = 90 and exists (select from location o where o.therapist_id = s.therapist_id and o.name = 'Second room');
    insert into travel (therapist_id, location_a, location_b, minutes)
    select a.therapist_id, a.id, b.id, 15 + 5 * (a.therapist_id % 5) from location a join location b on b.therapist_id = a.therapist_id and b.id > a.id;
    insert into holiday_closed (therapist_id, holiday_id)
    select t.id, h.id from therapist t join holiday h on h.country = 'US' and h.id in ('us-thanksgiving', 'us-christmas', 'us-new-year', 'us-independence', 'us-labor') where t.id % 2 = 0;
    insert into time_off (therapist_id, starts, ends)
    select t.id, current_date + 9 + t.id % 20, current_date + 9 + t.id % 20 + 2 + t.id % 4 from therapist t where t.id % 5 = 4;
    insert into time_off_note (time_off_id, therapist_id, note) select f.id, f.therapist_id, 'Course away from home' from time_off f where f.therapist_id % 10 = 4;
    insert into special_day (location_id, day, kind, open)
    select l.id, current_date + 5 + l.id % 9, case when l.id % 8 = 3 then 'closed' else 'instead' end, case when l.id % 8 = 3 then '{}' else '{[600,780)}' end::int4multirange from location l where l.id % 4 = 3;
    with made as (
        insert into season (location_id, name, valid_from, valid_until)
        select l.id, 'Winter hours', current_date + 20, current_date + 80 from location l where l.therapist_id % 10 = 3 returning id, location_id
    )
    insert into hours (location_id, weekday, starts, ends, season_id) select m.location_id, h.weekday, h.starts, least(h.ends, time '16:00'), m.id
    from made m join hours h on h.location_id = m.location_id and h.season_id is null where h.starts < time '15:00';
end $$;
