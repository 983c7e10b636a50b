-- A therapist sees a booking from the moment it is booked. Before that somebody only holds a time and answers questions: that is
-- nobody's business yet, and if it comes to nothing it never was.
drop policy therapist_reads on booking;
create policy therapist_reads on booking for select to unknot_web
    using (therapist_id = (select auth.therapist()) and confirmed_at is not null);
drop policy therapist_moves on booking;
create policy therapist_moves on booking for update to unknot_web
    using (therapist_id = (select auth.therapist()) and confirmed_at is not null);

-- Answers that end in STOP are deleted at once, also when the hold ran out while they were given.
drop policy guest_gone on booking;
create policy guest_gone on booking for delete to unknot_web
    using (state in ('held', 'expired') and token_hash = (select auth.token_hash('app.booking')));
