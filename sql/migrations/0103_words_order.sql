-- "Cheapest", "nearest" and "near me" ask for an order of the list near a place, and where there is none, for a place.
alter table vocabulary drop constraint vocabulary_sense_check, add constraint vocabulary_sense_check check (sense in ('value', 'time', 'order', 'filler', 'part', 'other')),
    drop constraint vocabulary_check1, add constraint vocabulary_means_check check ((sense in ('time', 'order')) = (means <> ''));
comment on column vocabulary.sense is 'value: names values of taxonomies; time: a day or a part of one; order: how the list is ordered near a place; filler: narrows nothing; other: asks for what no search has; part: only a word within a phrase';
comment on column vocabulary.means is 'of a time: today, tomorrow, +2 (in two days), week, weekend, monday … sunday, morning, afternoon, evening, or hours as 11-14; two of these with a space between; of an order: best, nearest, soonest, price, rating';
