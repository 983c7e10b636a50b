-- A word that people type and nothing here is asked by ("couples", "knee") is known as such: it is said to be left out, and taken neither for a name nor for a
-- little town.
alter table vocabulary drop constraint vocabulary_sense_check, add constraint vocabulary_sense_check check (sense in ('value', 'time', 'filler', 'part', 'other'));
comment on column vocabulary.sense is 'value: names values of taxonomies; time: a day or a part of one; filler: narrows nothing; other: asks for what no search has; part: only a word within a phrase';
comment on column vocabulary.means is 'of a time: today, tomorrow, overmorrow, week, weekend, monday … sunday, morning, afternoon, evening, or hours as 11-14; two of these with a space between';
