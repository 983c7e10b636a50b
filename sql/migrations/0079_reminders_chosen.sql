-- Reminders that a client chose other than the usual one, by the time of the visit: looked for among all visits of eight days it took a minute for a million
-- therapists, each half minute.
create index booking_reminders_chosen on booking (starts_at) where state = 'confirmed' and reminders <> '{1440}';
