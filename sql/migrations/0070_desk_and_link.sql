-- A front desk that has its client's link in the browser reads the questions of a held booking aloud and writes down what it hears. What is booked it changes
-- as a front desk, by name, and never as the client.
create policy desk_never on booking as restrictive for update to unknot_web
    using (not (select auth.at_desk()) or state = 'held' and coalesce(confirmed_at, requested_at) is null) with check (true);
create policy desk_never on calendar_feed as restrictive to unknot_web using (not (select auth.at_desk()));
