-- What a result says of a row of listing stands with its offer too, which a result reads anyway: a search looked up each of its 20 rows in listing once more.

alter table listing_offer add column merit smallint, add column rating real, add column score real, add column first_day date, add column due timestamptz;
update listing_offer o set merit = l.merit, rating = l.rating, score = l.score, first_day = l.first_day, due = l.due from listing l where l.location_id = o.location_id and l.class = o.class;
alter table listing_offer alter merit set not null, alter rating set not null, alter score set not null, alter first_day set not null, alter due set not null;
comment on column listing_offer.merit is 'with rating, score, first_day and due as in its row of listing, so that a result need not read that as well';
