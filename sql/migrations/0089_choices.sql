-- The program keeps what a form offers: it need not be put together beforehand.
drop trigger if exists choices_follow on tag;
drop function if exists choices_follow();
drop table tag_choices;
