-- The mail of the evening of a visit is no more: one asks how the visit went (0035), another for a review (0043). What still waits is not owed.
delete from outbox where kind = 'booking-review' and state = 'waiting';
