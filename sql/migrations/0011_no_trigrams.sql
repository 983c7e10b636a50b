-- What was typed is found by slips, sounds, first letters and beginnings alone: letters in common found nothing more and cost the most.
drop index vocabulary_trgm;
drop index name_word_trgm;
drop index town_word_trgm;
