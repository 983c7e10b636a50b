-- At a full hour there are reminders for all of its visits, of a large directory tens of thousands, and each of them was due before the code for which somebody
-- waits with a hold of ten minutes. What somebody waits for goes first.
create index outbox_awaited on outbox (due_at)
    where state = 'waiting' and kind not in ('booking-day-before', 'booking-reminder', 'booking-after', 'booking-look-back', 'booking-review-ask');
